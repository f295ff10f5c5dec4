"""Taking replays further: a part is judged by one worker, counted once, and the last one brings them to their end."""

import json
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import F, Q

from insights.actions.asking import tell
from insights.court import Court
from insights.models import OPEN_STATES, Replay, ReplayChange, ReplayPart, ReplayState
from insights.plans import read_plan
from insights.replay import Choice, Found, Part, judge_part
from insights.spending import read_use, spent
from insights.tallies import merged, summary
from mandates.engine import canonical

LEASE = timedelta(minutes=2)
# a part that was begun so often and never counted is not begun again
TRIES = 5


def advance(*, replay: Replay, at: datetime) -> bool:
    """Judge the next free part of a replay and count it, or bring it to its end; say whether this worker did.

    A part is taken by compare-and-set for the time of a lease and judged outside any transaction; it counts only if
    nobody cancelled the replay or took the part over meanwhile. So a worker that dies between parts, or within one,
    costs its lease and nothing else, and any number of workers may take parts of one replay at once.
    """
    part = _take(replay, at)
    if part is not None:
        if part.attempts > TRIES:
            return _close(part.replay, ReplayState.FAILED, at=at)
        choice = Choice(part.replay.since, part.replay.until, part.replay.family)
        bounds = Part(part.first_deal, part.last_deal, part.count)
        found = judge_part(_court(part.replay.pk, part.replay.plan), choice, bounds)
        if not _book(part, found, at=at):
            return False
    if ReplayPart.objects.filter(replay=replay, done_at__isnull=True).exists():
        return part is not None
    return _finish(replay, at=at) or part is not None


@lru_cache(maxsize=4)
def _court(_replay: int, plan: str) -> Court:
    """The benches of one replay; a worker meets part after part of it."""
    return Court(read_plan(plan))


def _take(replay: Replay, at: datetime) -> ReplayPart | None:
    """Take the first part that no worker is at; None where there is none."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    due = ReplayPart.objects.filter(free, replay=replay, done_at__isnull=True, replay__state__in=OPEN_STATES)
    while True:
        part = due.order_by("number").only("pk", "edition").first()
        if part is None:
            return None
        taken = due.filter(pk=part.pk, edition=part.edition).update(
            lease_until=at + LEASE, attempts=F("attempts") + 1, edition=part.edition + 1
        )
        if taken:
            Replay.objects.filter(pk=replay.pk, state=ReplayState.WAITING).update(state=ReplayState.RUNNING)
            return ReplayPart.objects.select_related("replay__version__mandate").get(pk=part.pk)


@transaction.atomic
def _book(part: ReplayPart, found: Found, *, at: datetime) -> bool:
    """Add a part to the sums, if it is still this worker's to add. Locks the replay."""
    replay = Replay.objects.select_for_update(of=("self",)).get(pk=part.replay_id)
    if replay.state not in OPEN_STATES:
        return False
    uses = {side: [use.stored() for use in some] for side, some in found.uses.items()}
    mine = ReplayPart.objects.filter(pk=part.pk, edition=part.edition, done_at__isnull=True)
    if not mine.update(done_at=at, lease_until=None, edition=part.edition + 1, uses=json.dumps(uses)):
        return False
    replay.done_count += found.count
    # deals that were decided since it was asked are judged too; those that went away are not waited for
    replay.total += found.count - part.count
    replay.result = canonical(merged(json.loads(replay.result), found.tally))
    replay.edition += 1
    replay.save(update_fields=["done_count", "total", "result", "edition"])
    ReplayChange.objects.bulk_create(
        ReplayChange(
            replay=replay,
            deal=change.deal,
            number=change.number,
            then=change.then,
            before=change.before,
            after=change.after,
        )
        for change in found.changes
    )
    return True


def _finish(replay: Replay, *, at: datetime) -> bool:
    """Use the budgets deal after deal, once every part is done, and end the replay; one worker does."""
    replay = Replay.objects.select_related("version__mandate").get(pk=replay.pk)
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    mine = Replay.objects.filter(free, pk=replay.pk, edition=replay.edition, state__in=OPEN_STATES)
    if not mine.update(lease_until=at + LEASE, attempts=F("attempts") + 1, edition=replay.edition + 1):
        return False
    replay.refresh_from_db()
    if replay.attempts > TRIES:
        return _close(replay, ReplayState.FAILED, at=at)
    return _close(replay, ReplayState.DONE, at=at, spending=_spending(replay))


def _spending(replay: Replay) -> str:
    """Return what became of the budgets of both sides, as JSON; {} where there are none."""
    budgets = read_plan(replay.plan).budgets
    if not budgets:
        return "{}"
    parts = [json.loads(uses) for uses in replay.parts.order_by("number").values_list("uses", flat=True)]
    found = {
        side: spent(rows, (read_use(use) for part in parts if part for use in part.get(side, ())))
        for side, rows in budgets.items()
    }
    return canonical(found)


@transaction.atomic
def _close(replay: Replay, state: ReplayState, *, at: datetime, spending: str = "{}") -> bool:
    """End a replay and tell who asked for it, unless somebody else has ended it."""
    open_still = Replay.objects.filter(pk=replay.pk, edition=replay.edition, state__in=OPEN_STATES)
    ended = open_still.update(
        state=state, finished_at=at, lease_until=None, spending=spending, edition=replay.edition + 1
    )
    if not ended:
        return False
    ReplayPart.objects.filter(replay=replay).update(uses="[]")
    replay.refresh_from_db()
    found = summary(json.loads(replay.result))
    verb = "replay.finished" if state == ReplayState.DONE else "replay.failed"
    data = {"deals": found.deals, "wider": found.wider, "narrower": found.narrower}
    tell(verb, replay, by=None, at=at, data=data, people=[replay.asked_by_id])
    return True
