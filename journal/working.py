"""Run the periodic work that is due, each piece once however many workers share it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from journal import ticking
from journal.models import TickRun

log = structlog.get_logger(__name__)


def tick_due(at: datetime, *, all_of_it: bool = False, going_on: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Run each registered function whose interval has passed; return how much each did.

    A worker takes a run by compare-and-set on its row. A function that fails is reported and left to its next turn,
    so that it cannot stop the others. `all_of_it` runs everything, due or not.
    """
    last = dict(TickRun.objects.values_list("name", "ran_at"))
    done: dict[str, int] = {}
    for ticker in ticking.registered():
        if not going_on():
            break
        if _take(ticker, last.get(ticker.name), at, all_of_it):
            done[ticker.name] = _run(ticker, at)
    return done


def _take(ticker: ticking.Ticker, last: datetime | None, at: datetime, anyway: bool) -> bool:
    """Take this run for this worker alone; a clock that was set back waits for no more than one interval."""
    if last is None:
        return TickRun.objects.get_or_create(name=ticker.name, defaults={"ran_at": at})[1]
    if not anyway and abs(at - last) < ticker.every:
        return False
    return bool(TickRun.objects.filter(name=ticker.name, ran_at=last).update(ran_at=at))


def _run(ticker: ticking.Ticker, at: datetime) -> int:
    try:
        return ticker.resolve()(at=at)
    except Exception:  # the edge of the program: one broken piece of work must not stop the others
        log.exception("tick_failed", tick=ticker.name)
        return 0
