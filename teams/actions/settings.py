"""The organisation's own settings."""

from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Invalid
from teams.actions.calendars import expect_in_force
from teams.actions.writing import change, same_edition
from teams.models import Calendar, Committee, Organisation, User
from teams.organisation import organisation
from teams.standing import require_today


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is set for the whole organisation; `tolerance` is in 1/10000 of a percent."""

    name: str
    time_zone: str
    calendar: Calendar | None
    currency: str
    default_committee: Committee | None
    approval_days: int
    tolerance: int
    consent_days: int
    notice_days: int
    carries_budgets: bool = False
    citations_suggest: int = 3
    vote_again_above: int | None = 100_000
    margin_good: int = 40
    margin_fair: int = 20
    trusts_records: bool = True
    trust_days: int = 180
    trust_deals: int = 20
    trust_won: int = 60
    trust_near: int = 5
    trust_step: int = 10
    trust_wide: int = 25


HUNDRED = 100
AT_LEAST_ONE = (
    "approval_days",
    "consent_days",
    "citations_suggest",
    "trust_days",
    "trust_deals",
    "trust_near",
    "trust_step",
)
NAMES = tuple(field.name for field in fields(Settings))
TOLD = frozenset(NAMES) - {"name"}


@transaction.atomic
def change_organisation(*, by: User, at: datetime, edition: int | None, to: Settings) -> Organisation:
    """Change the organisation's settings; what is judged, asked or due already keeps the ones it began with.

    Raises: NotAllowed, Conflict `stale_edition`, Invalid.
    """
    require_today("organisation.manage", by=by, at=at)
    locked = Organisation.objects.select_for_update().get(pk=organisation().pk)
    same_edition(locked, edition)
    _sensible(to)
    values = {name: getattr(to, name) for name in NAMES} | {"name": to.name.strip()}
    if data := change(locked, values, told=TOLD):
        link = "/settings/organisation/"
        record("organisation.changed", subject=("organisation", "1"), by=by.pk, at=at, data=data, link=link)
    return locked


def _sensible(to: Settings) -> None:
    """Raises: Invalid for what no working day, due date or approval could be reckoned with."""
    if to.time_zone not in available_timezones():
        raise Invalid("unknown_time_zone", _("Choose one of the time zones offered."), path="time_zone")
    expect_in_force(to.calendar)
    if not (len(to.currency) == 3 and to.currency.isascii() and to.currency.isalpha() and to.currency.isupper()):
        raise Invalid("unknown_currency", _("A currency is its code of three letters, like EUR."), path="currency")
    if to.default_committee and not to.default_committee.is_active:
        raise Invalid("committee_inactive", _("This committee no longer works."), path="default_committee")
    if not to.margin_fair < to.margin_good <= 100:
        detail = _("Fair begins below good, and good ends at 100 %.")
        raise Invalid("bands_out_of_order", detail, path="margin_fair")
    for path in AT_LEAST_ONE:
        if getattr(to, path) < 1:
            raise Invalid("too_small", _("This is at least 1."), path=path)
    for path in ("trust_won", "trust_wide", "trust_step"):
        if getattr(to, path) > HUNDRED:
            raise Invalid("too_large", _("This is at most 100."), path=path)
