"""Loading the demo company as a whole, in one transaction."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F

from approvals.ticking import lapse_due, look_at_cases, pass_on_silence, recount_electorates
from insights.actions import propose_widenings
from insights.demo.founding import found
from insights.demo.history import import_history
from insights.demo.learning import learn
from insights.demo.past import Past
from insights.demo.waiting import leave_waiting
from journal.models import Channel, Message
from journal.record import record
from journal.refusals import Conflict
from teams.models import User
from teams.organisation import organisation

SEED = 20_26
DAYS = 400
LIVED_DAYS = 150
DEALS = 300
LIVED_SHARE = 0.4
QUIET_AFTER = timedelta(days=3)


@transaction.atomic
def load(*, at: datetime, deals: int = DEALS, progress: Callable[[int], None] = lambda _lived: None) -> None:
    """Make the demo company with its past up to `at`; all of it or nothing.

    The older deals are imported history; the last five months are lived through by the actions that people use.

    Raises: Conflict `not_empty` where somebody is here already, `not_a_demo` outside demo mode.
    """
    if not settings.DEMO:
        raise Conflict("not_a_demo", "The demo company is for demo mode: set DEMO=1.")
    if User.objects.exists():
        raise Conflict("not_empty", "There are people here already; the demo company needs an empty database.")
    start = _morning(at - timedelta(days=DAYS))
    found(at=start, until=at)
    random = Random(SEED)  # noqa: S311 - a story to tell, no secret
    lived = round(deals * LIVED_SHARE)
    began = at - timedelta(days=LIVED_DAYS)
    import_history(random, since=start, until=began - timedelta(days=40), deals=deals - lived, at=began)
    Past(random, until=at - timedelta(days=1)).live(since=began, deals=lived, progress=progress)
    _come_due(at)
    leave_waiting(at=at)
    learn(at=at)
    propose_widenings(at=at - timedelta(minutes=20))
    _quieten(at)
    record("demo.loaded", subject=("organisation", "1"), by=None, at=at, data={"seed": SEED, "deals": deals})


def _morning(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(9), ZoneInfo(organisation().time_zone))


def _come_due(at: datetime) -> None:
    """Do what the worker would do in its first minute, so that nobody sees a yes that is over, or a case forgotten."""
    for due in (lapse_due, pass_on_silence, look_at_cases, recount_electorates):
        due(at)


def _quieten(at: datetime) -> None:
    """Nobody wants last year's mail: it counts as delivered, and older messages as read."""
    Message.objects.filter(channel=Channel.MAIL, delivered_at=None).update(delivered_at=F("due_at"), lease_until=None)
    Message.objects.filter(channel=Channel.INBOX, read_at=None, due_at__lt=at - QUIET_AFTER).update(read_at=at)
