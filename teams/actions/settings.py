"""The organisation's own settings."""

from datetime import datetime, time
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Invalid
from teams.actions.writing import change, same_edition
from teams.models import Committee, Organisation, User
from teams.organisation import has_calendar, organisation
from teams.standing import require_today

TOLD = frozenset(
    {
        "time_zone",
        "country",
        "workday_starts_at",
        "workday_ends_at",
        "currency",
        "default_committee",
        "approval_days",
        "tolerance",
        "consent_days",
        "notice_days",
    }
)


@transaction.atomic
def change_organisation(
    *,
    by: User,
    at: datetime,
    edition: int | None,
    name: str,
    time_zone: str,
    country: str,
    workday_starts_at: time,
    workday_ends_at: time,
    currency: str,
    default_committee: Committee | None,
    approval_days: int,
    tolerance: int,
    consent_days: int,
    notice_days: int,
) -> Organisation:
    """Change the organisation's settings; what is judged, asked or due already keeps the ones it began with.

    `tolerance` is in 1/10000 of a percent. Raises: NotAllowed, Conflict `stale_edition`, Invalid.
    """
    require_today("organisation.manage", by=by, at=at)
    locked = Organisation.objects.select_for_update().get(pk=organisation().pk)
    same_edition(locked, edition)
    _sensible(time_zone, country, currency, workday_starts_at, workday_ends_at)
    _counts(approval_days, consent_days)
    if default_committee and not default_committee.is_active:
        raise Invalid("committee_inactive", _("This committee no longer works."), path="default_committee")
    values = {
        "name": name.strip(),
        "time_zone": time_zone,
        "country": country,
        "workday_starts_at": workday_starts_at,
        "workday_ends_at": workday_ends_at,
        "currency": currency,
        "default_committee": default_committee,
        "approval_days": approval_days,
        "tolerance": tolerance,
        "consent_days": consent_days,
        "notice_days": notice_days,
    }
    if data := change(locked, values, told=TOLD):
        record(
            "organisation.changed",
            subject=("organisation", "1"),
            by=by.pk,
            at=at,
            data=data,
            link="/settings/organisation/",
        )
    return locked


def _sensible(time_zone: str, country: str, currency: str, starts_at: time, ends_at: time) -> None:
    if time_zone not in available_timezones():
        raise Invalid("unknown_time_zone", _("Choose one of the time zones offered."), path="time_zone")
    if not has_calendar(country):
        raise Invalid("unknown_calendar", _("The public holidays of this country are not known."), path="country")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Invalid("unknown_currency", _("A currency is its code of three letters, like EUR."), path="currency")
    if starts_at >= ends_at:
        raise Invalid("working_day", _("The working day ends after it starts."), path="workday_ends_at")


def _counts(approval_days: int, consent_days: int) -> None:
    for path, figure in (("approval_days", approval_days), ("consent_days", consent_days)):
        if figure < 1:
            raise Invalid("too_small", _("This is at least 1."), path=path)
