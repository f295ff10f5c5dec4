"""P14: timers act once: two schedulers, a clock that jumps, four time zones, daylight saving."""

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from approvals.models import Case, Deal, Decision, Elector, Revision
from approvals.ticking import look_at_cases
from journal.models import Channel, Event, Message
from teams.actions import choose_calendar, create_calendar, put_calendar_in_force
from teams.actions.calendars import Terms
from teams.calendars import calendars
from teams.models import Committee, CommitteeSeat
from teams.working_time import after_hours
from tests.approvals.asking import case_of
from tests.factories import World, submitted, terms
from tests.test_promises.racing import race

WEEK = ("09:00-12:30, 13:30-17:00",) * 5 + ("", "")
# Clocks change on 14 and 28 March and on 4 April 2027; in Kolkata never.
ZONES = {
    "brussels": ("Europe/Brussels", "BE"),
    "new-york": ("America/New_York", "US"),
    "auckland": ("Pacific/Auckland", "NZ"),
    "kolkata": ("Asia/Kolkata", "IN"),
}
ASKED = datetime(2027, 3, 10, 8, tzinfo=UTC)
HOURS = 160
LAST = datetime(2027, 4, 30, tzinfo=UTC)
Row = TypeVar("Row", Case, Deal, Decision, Revision)


def committees(made: World) -> list[Committee]:
    """Four committees, each with a calendar of its own zone."""
    found = []
    for code, (zone, country) in ZONES.items():
        known = Terms(zone, country, "", WEEK, "")
        calendar = create_calendar(by=made.nora, at=made.at, code=code, name=code, terms=known)
        version = calendar.versions.get()
        put_calendar_in_force(version=version, by=made.nora, at=made.at, edition=None, starts_on=made.today)
        committee = Committee.objects.create(code=f"in-{code}", name=code, answer_hours=HOURS * 2)
        CommitteeSeat.objects.create(committee=committee, user=made.ines, started_on=made.today)
        found.append(choose_calendar(committee=committee, by=made.nora, at=made.at, edition=None, calendar=calendar))
    return found


def timers(made: World, count: int) -> list[int]:
    """So many open cases of four committees, each to be looked at after another number of working hours."""
    first = case_of(submitted(made, terms=terms(("TRAIN-1", "4", "800.00"))))
    deals = _copies(first.deal, [{"reference": f"T-{number}", "latest": None} for number in range(count // 4)])
    Deal.objects.bulk_create(deals)
    revisions = Revision.objects.bulk_create(_copies(first.revision, [{"deal": deal} for deal in deals]))
    decisions = Decision.objects.bulk_create(_copies(first.decision, [{"revision": one} for one in revisions]))
    for deal, revision in zip(deals, revisions, strict=True):
        deal.latest = revision
    Deal.objects.bulk_update(deals, ["latest"], batch_size=500)
    works = calendars(ASKED)
    dues = {one: [after_hours(works.of(one), ASKED, hours) for hours in range(1, HOURS)] for one in committees(made)}
    changes = [
        {"deal": deal, "revision": revision, "decision": decision, "committee": one, "opened_at": ASKED}
        | {"looks_at": due[number % len(due)], "due_at": LAST + timedelta(days=60)}
        for number, (deal, revision, decision) in enumerate(zip(deals, revisions, decisions, strict=True))
        for one, due in dues.items()
    ]
    cases = Case.objects.bulk_create(_copies(first, changes), batch_size=500)
    Elector.objects.bulk_create((Elector(case=case, user=made.ines) for case in cases), batch_size=1000)
    Case.objects.filter(pk=first.pk).update(looks_at=None)
    return [case.pk for case in cases]


def _copies(row: Row, changes: Sequence[dict[str, object]]) -> list[Row]:
    made = []
    for change in changes:
        fresh = copy.copy(row)
        fresh._state = copy.copy(row._state)
        fresh._state.fields_cache = {}
        fresh.pk = None
        fresh._state.adding = True
        for name, value in change.items():
            setattr(fresh, name, value)
        made.append(fresh)
    return made


def jumping(moments: Sequence[datetime]) -> list[datetime]:
    """A clock that goes on, jumps a fortnight ahead and back again, stands still, and ends behind them all."""
    ahead = [moment + timedelta(days=14) for moment in moments[:2]]
    return [*moments[:2], ahead[0], moments[1], moments[1], *moments[2:], moments[0], LAST, LAST]


def act_once(made: World, count: int) -> None:
    """Let two schedulers with jumping clocks look at so many timers; each acts once, and none before its time.

    Seen to fail: without reading the case again under its lock; with `looks_at` left as it was.
    """
    keys = timers(made, count)
    set_for = dict(Case.objects.filter(pk__in=keys).values_list("pk", "looks_at"))
    days = [ASKED + timedelta(days=day) for day in (0, 4, 18, 19, 25, 33)]

    def scheduler(clock: Sequence[datetime]) -> Callable[[], int]:
        return lambda: sum(look_at_cases(moment) for moment in clock)

    done = race([scheduler(jumping(days)), scheduler(jumping(days[::-1]))])
    assert sum(one for one in done if isinstance(one, int)) == count, done
    events = Event.objects.filter(verb="case.reminded").order_by("sequence")
    acted = Counter(int(event.subject_id) for event in events)
    assert set(acted) == set(keys)
    assert set(acted.values()) == {1}
    # the in-app message too: one for each timer
    told = Counter(Message.objects.filter(event__in=events, channel=Channel.INBOX).values_list("event", flat=True))
    assert (len(told), set(told.values())) == (count, {1})
    late = Case.objects.filter(pk__in=keys).values_list("pk", "reminded_at")
    assert all(at is not None and at >= set_for[key] for key, at in late)
    assert look_at_cases(LAST) == 0


@pytest.mark.django_db(transaction=True)
def test_timers_of_two_schedulers_with_jumping_clocks_act_once(company: World) -> None:
    act_once(company, 40)


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_ten_thousand_timers_act_once(company: World) -> None:
    act_once(company, 10_000)


@pytest.mark.django_db(transaction=True)
def test_timers_in_four_zones_keep_their_wall_time_over_the_clock_changes(company: World) -> None:
    """The same working hours later, wherever the clock has changed meanwhile."""
    works = calendars(ASKED)
    for committee in committees(company):
        calendar = works.of(committee)
        monday = datetime(2027, 3, 8, 10, tzinfo=calendar.zone)
        dues = [after_hours(calendar, monday, 35 * weeks).astimezone(calendar.zone) for weeks in range(6)]
        assert {(due.hour, due.minute) for due in dues} == {(10, 0)}
        assert dues[5].date() >= date(2027, 4, 12)


def test_clocks_change_between_the_timers() -> None:
    """The moments lie on both sides of a clock change in three of the four zones."""
    changed = set()
    for name, (zone, _country) in ZONES.items():
        offsets = {ASKED.astimezone(ZoneInfo(zone)).utcoffset(), LAST.astimezone(ZoneInfo(zone)).utcoffset()}
        if len(offsets) == 2:
            changed.add(name)
    assert changed == {"brussels", "auckland"} or changed == {"brussels", "auckland", "new-york"}
