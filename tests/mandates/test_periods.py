"""Which stretch of days a date's budget belongs to."""

from datetime import date

import pytest

from mandates.periods import span_of

VALID = {"valid_from": date(2026, 3, 1), "valid_until": date(2027, 2, 28)}


@pytest.mark.parametrize(
    ("period", "on", "starts_on", "ends_on"),
    [
        ("month", date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        ("month", date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        ("quarter", date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        ("quarter", date(2026, 12, 1), date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 7, 15), date(2026, 1, 1), date(2026, 12, 31)),
        ("validity", date(2026, 7, 15), date(2026, 3, 1), date(2027, 2, 28)),
    ],
)
def test_span_of_a_date_has_its_first_and_last_day(period: str, on: date, starts_on: date, ends_on: date) -> None:
    assert span_of(period, on, **VALID) == (starts_on, ends_on)


def test_span_of_an_unknown_period_is_an_error() -> None:
    with pytest.raises(ValueError, match="week"):
        span_of("week", date(2026, 1, 1), **VALID)
