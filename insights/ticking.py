"""What falls due by itself: replays to be taken further, look-backs to be asked."""

from datetime import datetime

from django.conf import settings
from django.db.models import F, Q

from insights.actions import advance
from insights.actions.look_backs import ask
from insights.models import OPEN_STATES, LookBack, Replay, ReplayPart
from insights.waking import wake_replay
from teams.organisation import today

# How many parts one turn judges: a turn of the embedded worker must not keep the mail waiting for long.
ROUNDS = 4
# how many look-backs one turn asks
MOST_ASKED = 200


def advance_due(at: datetime) -> int:
    """Take every open replay further, one part each in turn; count the parts.

    Where there is a broker, its workers are asked instead: for what a worker that died, or a broker that was away,
    has left behind.
    """
    due = Replay.objects.filter(state__in=OPEN_STATES).order_by("id")
    if settings.REDIS_URL:
        return sum(wake_replay(replay.pk, _free(replay, at)) for replay in due)
    done = 0
    for _round in range(ROUNDS):
        moved = sum(advance(replay=replay, at=at) for replay in due.all())
        done += moved
        if not moved:
            break
    return done


def ask_due(at: datetime) -> int:
    """Ask the look-backs whose day has come, each in its own transaction; count them."""
    due = LookBack.objects.filter(asked_at=None, due_on__lte=today(at)).order_by("due_on", "id")
    standing = due.filter(Q(cause=LookBack.Cause.DAY) | Q(deal__state=F("cause")))
    return sum(ask(pk, at) for pk in list(standing.values_list("pk", flat=True)[:MOST_ASKED]))


def _free(replay: Replay, at: datetime) -> int:
    """Return how many parts nobody is at; one, for its end, where every part is done."""
    left = ReplayPart.objects.filter(replay=replay, done_at__isnull=True)
    free = left.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=at)).count()
    return free if free or left.exists() else 1
