"""Whether granting a version takes authority away: where what it would end allows more, and from when it may do so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from mandates.catalogue import rates_on
from mandates.documents import document_of
from mandates.engine import canonical
from mandates.engine.compare import Difference
from mandates.models import MandateVersion, VersionPeriod
from mandates.periods import day_begins
from mandates.reaching import differences
from teams.models import Team
from teams.organisation import organisation, today


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a version takes away from another one that would judge without it."""

    other: MandateVersion
    differences: tuple[Difference, ...]
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """From when a version may judge: `at`, on the day `first`.

    `narrowings` is what it takes away then, which needs a reason; `too_soon` is what it would take away without notice
    on the day that was wanted, empty where that day will do.
    """

    at: datetime
    first: date
    narrowings: tuple[Narrowing, ...] = ()
    too_soon: tuple[Narrowing, ...] = ()


def narrowings(version: MandateVersion, starts_at: datetime, at: datetime) -> tuple[Narrowing, ...]:
    """Return what `version`, in force from `starts_at`, takes away from those that it would end then. Reads only.

    Narrower anywhere counts, and so does what could not be decided: the team is promised notice rather once too often.
    """
    rows = VersionPeriod.objects.filter(mandate=version.mandate_id).exclude(version=version)
    lasting = rows.exclude(ends_at__lte=starts_at).exclude(Q(ends_at__isnull=False) & Q(ends_at=F("starts_at")))
    others = {period.version_id: period.version for period in lasting.select_related("version").order_by("id")}
    found = [_taken(other, version, today(starts_at), at) for other in others.values()]
    return tuple(one for one in found if one.differences or one.teams)


def _taken(other: MandateVersion, version: MandateVersion, day: date, at: datetime) -> Narrowing:
    before, after = _from_day(other, day), _from_day(version, day)
    same = before["currency"] == after["currency"]
    rates: Mapping[str, str] = {} if same else rates_on(today(at))
    found = differences(canonical(before), canonical(after), rates)
    kept = set(version.holders.values_list("team_id", flat=True))
    lost = Team.objects.filter(held_versions__version=other).exclude(pk__in=kept).order_by("name")
    return Narrowing(other, tuple(one for one in found if _is_narrower(one)), tuple(lost))


def allows_more(before: Mapping[str, Any], after: Mapping[str, Any], at: datetime) -> bool:
    """Say whether the later document allows, or may allow, anything that the earlier one does not."""
    rates: Mapping[str, str] = {} if before["currency"] == after["currency"] else rates_on(today(at))
    found = differences(canonical(before), canonical(after), rates)
    return any(one.kind == "wider" or (one.kind == "undecided" and one.toward == "wider") for one in found)


def _is_narrower(one: Difference) -> bool:
    return one.kind == "narrower" or (one.kind == "undecided" and one.toward == "narrower")


def _from_day(version: MandateVersion, day: date) -> dict[str, Any]:
    """Return a document as far as it is still to judge: days that are over take nothing from anybody."""
    document = document_of(version)
    first = day.isoformat()
    return {**document, "valid_from": first, "valid_until": max(str(document["valid_until"]), first)}


def earliest(version: MandateVersion, *, wanted: date | None, at: datetime) -> Start:
    """Return from when the version may be in force: the first moment at which it takes nothing away, or with notice.

    `wanted`: the first day asked for. Both documents are valid. Reads only.
    """
    known = organisation()
    day = today(at, of=known)
    first = max(one for one in (wanted, version.valid_from, day) if one is not None)
    begins = at if first == day else day_begins(first, known.time_zone)
    taken = narrowings(version, begins, at)
    notice = day + timedelta(days=known.notice_days)
    if not taken or first >= notice:
        return Start(begins, first, taken)
    after = day_begins(notice, known.time_zone)
    for ends_at in _ends(version, begins, after):
        if not narrowings(version, ends_at, at):
            return Start(ends_at, today(ends_at, of=known), too_soon=taken)
    return Start(after, notice, narrowings(version, after, at), too_soon=taken)


def _ends(version: MandateVersion, begins: datetime, until: datetime) -> list[datetime]:
    """Return when what judges ends by itself before the notice period is over: nothing is taken away after that."""
    rows = VersionPeriod.objects.filter(mandate=version.mandate_id, ends_at__gt=begins, ends_at__lt=until)
    return sorted({period.ends_at for period in rows if period.ends_at is not None})
