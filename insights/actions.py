"""Replays: asked for, taken further chunk by chunk, cancelled."""

import json
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from insights.models import OPEN_STATES, Replay, ReplayChange, ReplayState
from insights.plans import Plan, read_plan, version_plan
from insights.replay import CHUNK, Choice, Chunk, judge_chunk, past_deals
from insights.tallies import merged, summary
from journal.record import record
from journal.refusals import Conflict, Invalid
from mandates.documents import document_of
from mandates.engine import ENGINE_VERSION, canonical, check_mandate
from mandates.models import MandateVersion
from teams.models import Team, User
from teams.permissions import About
from teams.standing import require_today

LEASE = timedelta(minutes=2)
# a chunk that was begun so often and never counted is not begun again
TRIES = 5


@transaction.atomic
def ask_replay(
    *,
    version: MandateVersion,
    by: User,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
    team: Team | None = None,
    family: str = "",
) -> Replay:
    """Have past deals judged by this version, in the background; asking the same twice gives the same replay.

    Locks the version; freezes what judges. `since` and `until` are both inclusive, `family` takes what lies below it.
    Raises: NotAllowed; Invalid `period_turned`, `incomplete`, `no_team`, `no_deals`; Conflict `replay_open` while
    another replay of the version is under way, `no_default_committee`.
    """
    require_today("replay.ask", by=by, at=at)
    version = MandateVersion.objects.select_for_update(of=("self",)).select_related("mandate").get(pk=version.pk)
    asked = {"since": since, "until": until, "team": team, "family": family}
    under_way = Replay.objects.filter(version=version, state__in=OPEN_STATES).first()
    if under_way is not None:
        if all(getattr(under_way, name) == value for name, value in asked.items()):
            return under_way
        raise Conflict("replay_open", _("A replay of this version is under way. Wait for it, or cancel it first."))
    plan = _checked(version, at=at, since=since, until=until, team=team)
    total = past_deals(plan, Choice(since, until, family)).count()
    if not total:
        raise Invalid("no_deals", _("No approved or closed deal matches. Choose a longer period or all teams."))
    replay = Replay.objects.create(
        version=version,
        asked_by=by,
        asked_at=at,
        total=total,
        plan=plan.stored(),
        sha256=version.sha256,
        engine_version=ENGINE_VERSION,
        **asked,
    )
    _tell("replay.asked", replay, by=by, at=at, data={"deals": total})
    return replay


def _checked(
    version: MandateVersion, *, at: datetime, since: date | None, until: date | None, team: Team | None
) -> Plan:
    if since and until and since > until:
        raise Invalid("period_turned", _("The first day lies after the last."), path="until")
    if check_mandate(document_of(version)):
        raise Invalid("incomplete", _("This version is not complete yet. Mend what its page names, then replay it."))
    plan = version_plan(version, at=at, only=team)
    if not plan.before:
        raise Invalid("no_team", _("No team is to hold this version yet. Give it to a team, then replay it."))
    return plan


@transaction.atomic
def cancel_replay(*, replay: Replay, by: User, at: datetime) -> Replay:
    """Stop a replay; what was counted so far stays to be read.

    Locks the replay. Raises: NotAllowed; Conflict `replay_over`.
    """
    replay = Replay.objects.select_for_update(of=("self",)).select_related("version__mandate").get(pk=replay.pk)
    require_today("replay.cancel", by=by, at=at, about=About(owner_id=replay.asked_by_id))
    if replay.state not in OPEN_STATES:
        raise Conflict("replay_over", _("This replay is over already. Load the page again."))
    replay.state, replay.finished_at, replay.lease_until = ReplayState.CANCELLED, at, None
    replay.edition += 1
    replay.save(update_fields=["state", "finished_at", "lease_until", "edition"])
    _tell("replay.cancelled", replay, by=by, at=at, data={"deals": replay.done_count})
    return replay


def advance(*, replay: Replay, at: datetime, size: int = CHUNK) -> bool:
    """Judge the next chunk of a replay and count it; say whether this worker did.

    The chunk is taken by compare-and-set for the time of a lease and judged outside any transaction; it counts only
    if nobody cancelled or took it over meanwhile. So a worker that dies between chunks, or within one, costs its
    lease and nothing else.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    mine = Replay.objects.filter(free, pk=replay.pk, edition=replay.edition, state__in=OPEN_STATES)
    taken = mine.update(
        state=ReplayState.RUNNING, lease_until=at + LEASE, attempts=F("attempts") + 1, edition=replay.edition + 1
    )
    if not taken:
        return False
    replay = Replay.objects.select_related("version__mandate").get(pk=replay.pk)
    if replay.attempts > TRIES:
        return _close(replay, ReplayState.FAILED, at=at)
    choice = Choice(replay.since, replay.until, replay.family)
    chunk = judge_chunk(read_plan(replay.plan), choice, after=replay.cursor, size=size)
    return _book(replay, chunk, at=at, is_last=chunk.count < size)


@transaction.atomic
def _book(replay: Replay, chunk: Chunk, *, at: datetime, is_last: bool) -> bool:
    """Add a chunk to the sums, if it is still this worker's to add."""
    counted = replay.done_count + chunk.count
    done = Replay.objects.filter(pk=replay.pk, edition=replay.edition, state=ReplayState.RUNNING).update(
        cursor=replay.cursor if chunk.last is None else chunk.last,
        done_count=counted,
        total=counted if is_last else max(replay.total, counted),
        result=canonical(merged(json.loads(replay.result), chunk.tally)),
        attempts=0,
        lease_until=None,
        edition=replay.edition + 1,
    )
    if not done:
        return False
    ReplayChange.objects.bulk_create(
        ReplayChange(
            replay=replay,
            deal=change.deal,
            number=change.number,
            then=change.then,
            before=change.before,
            after=change.after,
        )
        for change in chunk.changes
    )
    if is_last:
        _close(Replay.objects.select_related("version__mandate").get(pk=replay.pk), ReplayState.DONE, at=at)
    return True


@transaction.atomic
def _close(replay: Replay, state: ReplayState, *, at: datetime) -> bool:
    """End a replay and tell who asked for it, unless somebody else has ended it."""
    open_still = Replay.objects.filter(pk=replay.pk, edition=replay.edition, state__in=OPEN_STATES)
    if not open_still.update(state=state, finished_at=at, lease_until=None, edition=replay.edition + 1):
        return False
    found = summary(json.loads(replay.result))
    verb = "replay.finished" if state == ReplayState.DONE else "replay.failed"
    data = {"deals": found.deals, "wider": found.wider, "narrower": found.narrower}
    _tell(verb, replay, by=None, at=at, data=data, tell=[replay.asked_by_id])
    return True


def _tell(
    verb: str, replay: Replay, *, by: User | None, at: datetime, data: dict[str, int], tell: list[int] | None = None
) -> None:
    """Record an event in the mandate's timeline; an answer that somebody waits for comes to the inbox, not by mail."""
    mandate = replay.version.mandate
    record(
        verb,
        subject=("mandate", mandate.code),
        by=None if by is None else by.pk,
        at=at,
        data={"replay": replay.pk, "code": mandate.code, "version": replay.version.number, **data},
        tell=tell or [],
        mail=False,
        link=f"/mandates/{mandate.code}/versions/{replay.version.number}/replay/",
    )
