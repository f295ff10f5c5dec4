"""Replays that wait to be taken further, whichever worker finds them."""

from datetime import datetime

from insights.actions import advance
from insights.models import OPEN_STATES, Replay

# How many chunks one turn judges: a turn of the embedded worker must not keep the mail waiting for long.
ROUNDS = 4


def advance_due(at: datetime) -> int:
    """Take every open replay further, one chunk each in turn; count the chunks."""
    done = 0
    for _round in range(ROUNDS):
        due = list(Replay.objects.filter(state__in=OPEN_STATES).order_by("id"))
        moved = sum(advance(replay=replay, at=at) for replay in due)
        done += moved
        if not moved:
            break
    return done
