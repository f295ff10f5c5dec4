"""The locks of one change to a deal, always in the same order: team, budgets, deal, its open cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Max
from django.utils.translation import gettext as _

from approvals.electorates import place_of
from approvals.judging import hold_keys
from approvals.models import Case, Deal, Revision
from journal.refusals import Conflict
from mandates import budgets
from mandates.models import CharterVersion, MandateVersion, VersionPeriod, VersionStep
from mandates.snapshots import Authority, authority
from teams.models import CustomerTeam, Organisation, Team
from teams.organisation import organisation, today


@dataclass(frozen=True, slots=True)
class Locked:
    """A deal that nobody else changes until the transaction ends, and what may judge it.

    `team` judges the question at hand; `place` is who looks after the customer on `day`, which is today.
    """

    deal: Deal
    team: Team
    place: CustomerTeam | None
    authority: Authority
    cases: tuple[Case, ...]
    organisation: Organisation
    day: date


def lock_deal(deal_id: int, *, at: datetime, next_revision: bool = False) -> Locked:
    """Lock a deal with all that its judgement depends on, inside the caller's transaction.

    `next_revision`: the question is a new revision, which the customer's team of today answers for; otherwise it is
    the latest revision, judged by the deal's own team, whose version may have been superseded meanwhile.
    Raises: Conflict `deal_changed` where the deal moved between reading and locking; Deal.DoesNotExist.
    """
    settings = organisation()
    day = today(at, of=settings)
    deal = _read(deal_id)
    place = place_of(deal.customer_id, day)
    team = place.team if next_revision and place is not None else deal.team
    lock_teams({deal.team_id, team.pk})
    seen, deal = deal, _read(deal_id)
    pinned = None if next_revision else pinned_version(deal.latest)
    live = authority(team=team, at=_moment(team, at), pinned=pinned)
    budgets.locked(
        versions=live.versions,
        team=team,
        customer=deal.customer,
        on=_day_of(deal, day, next_revision),
        at=at,
        revisions=hold_keys(deal),
    )
    if next_revision and (place := _place_again(deal, place, day)) is not None:
        team = place.team
    deal = _read(deal_id, lock=True)
    if (deal.team_id, deal.customer_id) != (seen.team_id, seen.customer_id):
        raise _changed()
    return Locked(deal, team, place, live, _open_cases(deal), settings, day)


def _open_cases(deal: Deal) -> tuple[Case, ...]:
    """Lock what is open about the deal, which is nothing before it was ever submitted."""
    if deal.latest_id is None:
        return ()
    cases = Case.objects.select_for_update(no_key=True).filter(deal=deal, state=Case.State.OPEN)
    return tuple(cases.order_by("id"))


def _place_again(deal: Deal, seen: CustomerTeam | None, day: date) -> CustomerTeam | None:
    """Return who looks after the customer now that the teams are locked: a customer moves under the same locks.

    INVARIANT: no revision is judged by the mandate of a team that has handed the customer over.
    Raises: Conflict `deal_changed` where it is another team than the one that was locked.
    """
    place = place_of(deal.customer_id, day)
    if (place and place.team_id) != (seen and seen.team_id):
        raise _changed()
    return place


def _changed() -> Conflict:
    return Conflict("deal_changed", _("Somebody else has just changed this deal. Load the page again."))


def lock_deals(deal_ids: Iterable[int], *, judged: Iterable[int] = (), at: datetime) -> None:
    """Lock several deals at once, in the order of their ids, and for those in `judged` what judging them again needs.

    The caller has locked the teams. `lock_deal` may follow for each of them: it finds everything locked already.
    """
    again = list(Deal.objects.select_related("team", "customer", "latest").filter(pk__in=set(judged)).order_by("pk"))
    asked = []
    for deal in again:
        live = authority(team=deal.team, at=_moment(deal.team, at), pinned=pinned_version(deal.latest))
        asked.append((live.versions, deal.team, deal.customer, at.date() if deal.latest is None else deal.latest.on))
    if asked:
        budgets.locked_together(asked, [key for deal in again for key in hold_keys(deal)], at)
    ids = {*deal_ids, *(deal.pk for deal in again)}
    list(Deal.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    open_cases = Case.objects.select_for_update(of=("self",), no_key=True).filter(deal__in=ids, state=Case.State.OPEN)
    list(open_cases.order_by("id"))


def lock_draft(deal_id: int) -> Deal:
    """Lock a deal's row alone, for changes to its draft, which nothing else depends on."""
    return _read(deal_id, lock=True)


def lock_teams(team_ids: Iterable[int]) -> None:
    """Lock team rows in the order of their ids: the first lock of every transaction that judges."""
    # "no key": rows that merely refer to the team may be written meanwhile
    teams = Team.objects.select_for_update(no_key=True).filter(pk__in=set(team_ids)).order_by("pk")
    list(teams.values_list("pk", flat=True))


def pinned_version(revision: Revision | None) -> MandateVersion | None:
    """Return the version that judged the revision when it was submitted."""
    if revision is None:
        return None
    first = revision.decisions.select_related("mandate_version__mandate").order_by("number").first()
    return None if first is None else first.mandate_version


def _moment(team: Team, at: datetime) -> datetime:
    """Return when authority is asked for: whoever waited for the locks judges after what it waited for.

    INVARIANT: a mandate that was revoked, suspended or narrowed, and a charter that was replaced, before the team was
    locked judge nothing any more, even where `at` was read a moment before.
    """
    stopped = VersionStep.objects.filter(version__holders__team=team).aggregate(last=Max("at"))["last"]
    granted = VersionPeriod.objects.filter(
        mandate__versions__holders__team=team, starts_at__lte=F("version__answered_at")
    )
    begun = granted.aggregate(last=Max("starts_at"))["last"]
    bound = CharterVersion.objects.aggregate(last=Max("answered_at"))["last"]
    return max(moment for moment in (at, stopped, begun, bound) if moment is not None)


def _read(deal_id: int, *, lock: bool = False) -> Deal:
    deals = Deal.objects.select_related("team", "customer", "latest")
    if lock:
        deals = deals.select_for_update(of=("self",), no_key=True)
    return deals.get(pk=deal_id)


def _day_of(deal: Deal, day: date, next_revision: bool) -> date:
    return day if next_revision or deal.latest is None else deal.latest.on
