"""Public holidays and a calendar's own days, as the days that a new version writes down."""

import hashlib
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays as library
from django.utils.translation import gettext as _

from journal.refusals import Invalid
from teams.working_time import NoSpans, spans, text_of

LINE = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})(?:\s+([\d:.h\-\u2013,;\s]*\d))?(?:\s+(\S.*))?")
LONGEST = 300
LOOK_BACK = 10
SOURCE = f"holidays {version('holidays')}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is worked otherwise; `hours` as `working_time.spans` reads them, empty for a day off."""

    on: date
    hours: str
    name: str
    is_own: bool = False


@lru_cache(maxsize=1)
def regions() -> dict[str, list[str]]:
    """The countries whose public holidays are known, each with its regions."""
    return {code: list(parts) for code, parts in library.list_supported_countries(include_aliases=False).items()}


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, first_year: int, last_year: int) -> tuple[Day, ...]:
    """The public holidays of these years, named in the country's own language; none without a country."""
    if not country:
        return ()
    known = library.country_holidays(country, subdiv=subdivision or None)
    language = known.default_language if known.supported_languages else None
    years = range(max(first_year, known.start_year), min(last_year, known.end_year) + 1)
    found = library.country_holidays(country, subdiv=subdivision or None, years=years, language=language)
    return tuple(Day(on, "", name[:200]) for on, name in sorted(found.items()))


def last_year_of(country: str, year: int) -> int:
    """The last year until `year` whose public holidays the library knows."""
    if not country:
        return year
    # some holidays follow the moon, and are known for fewer years than the others: the library warns
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for last in range(min(year, library.country_holidays(country).end_year), year - LOOK_BACK, -1):
            try:
                library.country_holidays(country, years=last)
            except UserWarning:
                continue
            return last
    return year - LOOK_BACK


def own_days(text: str, first_year: int, last_year: int) -> tuple[Day, ...]:
    """Read one day a line: `2026-12-24 09:00-12:00 Christmas Eve`, without hours a day off, without a year every year.

    Raises: Invalid, path `own_days`, naming the line.
    """
    found: dict[date, Day] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            for day in _days_of(line.strip(), number, first_year, last_year):
                found[day.on] = day
    if len({day.name for day in found.values()}) > LONGEST:
        raise Invalid("too_many_days", _("These are too many days of your own."), path="own_days")
    return tuple(found[on] for on in sorted(found))


def _days_of(line: str, number: int, first_year: int, last_year: int) -> Iterator[Day]:
    match = LINE.fullmatch(line)
    if match is None:
        raise _unreadable(line, number)
    year, month, day, hours, name = match.groups()
    try:
        worked = text_of(spans(hours or ""))
        years = range(first_year, last_year + 1) if year is None else (int(year),)
        # the 29th of February is a day in leap years only; a whole line that is never a day is a mistake
        dates = [made for one in years if (made := _date(one, int(month), int(day))) is not None]
    except NoSpans:
        raise _unreadable(line, number) from None
    if not dates:
        raise _unreadable(line, number)
    yield from (Day(on, worked, (name or _("own day"))[:200], is_own=True) for on in dates)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _unreadable(line: str, number: int) -> Invalid:
    detail = _('Line %(number)s, "%(line)s", is no day. Write it like 2026-12-24 09:00-12:00 Christmas Eve.')
    return Invalid("unreadable_day", detail % {"number": number, "line": line[:60]}, path="own_days")


def all_days(public: Iterable[Day], own: Iterable[Day]) -> tuple[Day, ...]:
    """Both together; one's own word goes before a public holiday."""
    found = {day.on: day for day in (*public, *own)}
    return tuple(found[on] for on in sorted(found))


def fingerprint(zone: str, week: Iterable[str], days: Iterable[Day]) -> str:
    """The hash of all that a version says about when is worked."""
    document = [zone, list(week), [[day.on.isoformat(), day.hours, day.name] for day in days]]
    return hashlib.sha256(json.dumps(document, ensure_ascii=False).encode()).hexdigest()
