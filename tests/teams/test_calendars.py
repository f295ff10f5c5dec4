"""Working calendars: drafts, versions in force, what is frozen, and who works by which."""

from datetime import date, datetime, timedelta
from typing import Any

import holidays
import pytest
from django.db import DatabaseError, transaction

from approvals.models import Case
from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from teams import actions
from teams.actions.calendars import Terms
from teams.calendar_reading import differences, examples, shown
from teams.calendars import calendars, of_version, working_due
from teams.holidays import own_days, public_holidays
from teams.models import Calendar, CalendarDay, CalendarVersion, Committee
from tests.factories import COMMITTEE_PRICE, World, submitted, world

pytestmark = pytest.mark.django_db
WEEK = ("09:00-17:00",) * 5 + ("", "")


def terms(**changes: Any) -> Terms:
    values = {"time_zone": "Europe/Brussels", "country": "BE", "subdivision": "", "week": WEEK, "own_days": ""}
    return Terms(**(values | changes))


def calendar(made: World, at: datetime, code: str = "own", starts_on: date | None = None, **changes: Any) -> Calendar:
    """A calendar with a first version in force from today."""
    known = actions.create_calendar(by=made.nora, at=at, code=code, name=code.title(), terms=terms(**changes))
    in_force(made, known, at, starts_on or made.today)
    return known


def in_force(made: World, known: Calendar, at: datetime, starts_on: date) -> CalendarVersion:
    version = known.versions.get(state="draft")
    return actions.put_calendar_in_force(version=version, by=made.nora, at=at, edition=None, starts_on=starts_on)


@pytest.fixture
def made() -> World:
    return world()


@pytest.fixture
def at(made: World) -> datetime:
    return made.at


def test_create_calendar_writes_its_draft_with_every_holiday_and_events(made: World, at: datetime) -> None:
    known = actions.create_calendar(
        by=made.nora, at=at, code="by", name="Bavaria", terms=terms(country="DE", subdivision="BY")
    )
    version = known.versions.get()
    assert (version.number, version.state, version.starts_on) == (1, "draft", None)
    assert (version.first_on, version.last_on) == (date(2025, 1, 1), date(2036, 12, 31))
    written = set(version.days.values_list("on", flat=True))
    assert written == set(holidays.country_holidays("DE", subdiv="BY", years=range(2025, 2037)))
    assert date(2027, 5, 27) in written
    assert list(Event.objects.order_by("sequence").values_list("verb", flat=True)) == [
        "calendar.created",
        "calendar.drafted",
    ]


def test_put_calendar_in_force_holds_from_its_day_for_whoever_works_by_it(made: World, at: datetime) -> None:
    known = calendar(made, at, week=("08:00-12:00",) * 5 + ("", ""))
    desk = made.committees["deal-desk"]
    actions.choose_calendar(committee=desk, by=made.nora, at=at, edition=None, calendar=known)
    desk.refresh_from_db()
    # Monday, ten o'clock in Brussels: two hours today, four tomorrow, two the day after
    assert working_due(at, hours=8, committee=desk) == at + timedelta(days=2)
    assert working_due(at, hours=8, committee=made.committees["finance"]) == at + timedelta(days=1)
    submitted(made, price=COMMITTEE_PRICE)
    due = dict(Case.objects.values_list("committee__code", "due_at"))
    assert due == {"deal-desk": at + timedelta(days=2), "finance": at + timedelta(days=1)}


def test_versions_of_a_calendar_hold_each_for_its_days(made: World, at: datetime) -> None:
    known = calendar(made, at)
    actions.draft_calendar(
        calendar=known, by=made.nora, at=at, edition=None, terms=terms(week=("13:00-17:00",) * 5 + ("", ""))
    )
    in_force(made, known, at, made.today + timedelta(days=1))
    made.organisation.calendar = known
    # seven hours of Monday, four of Tuesday afternoon, one of Wednesday's
    works = calendars(at, of=made.organisation).of(None)
    assert working_due(at, hours=12, of=made.organisation) == at + timedelta(days=2, hours=4)
    assert [len(works.hours_of(made.today + timedelta(days=day))) for day in (0, 1)] == [1, 1]


def test_calendar_in_force_is_frozen_in_the_database(made: World, at: datetime) -> None:
    """Seen to fail: without `AppendOnly` on the versions; without the trigger on new days."""
    version = calendar(made, at).versions.get()
    attempts = [
        lambda: CalendarVersion.objects.filter(pk=version.pk).update(week=[""] * 7),
        lambda: CalendarVersion.objects.filter(pk=version.pk).update(starts_on=made.today + timedelta(days=9)),
        lambda: CalendarDay.objects.filter(version=version).update(hours="09:00-12:00"),
        lambda: CalendarDay.objects.filter(version=version)[0].delete(),
        lambda: CalendarDay.objects.create(version=version, on=made.today, hours="", name="Bridge"),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_calendar_in_force_keeps_its_holidays_when_the_library_changes(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = made.committees["deal-desk"]
    known = calendar(made, at)
    actions.choose_calendar(committee=desk, by=made.nora, at=at, edition=None, calendar=known)
    desk.refresh_from_db()
    friday = datetime.fromisoformat("2026-12-24T16:00+01:00")
    before = working_due(friday, hours=2, committee=desk)
    monkeypatch.setattr("teams.holidays.public_holidays", lambda *given: ())
    monkeypatch.setattr("teams.organisation._days_off", lambda *given: frozenset())
    assert working_due(friday, hours=2, committee=desk) == before == datetime.fromisoformat("2026-12-28T10:00+01:00")


def test_draft_calendar_takes_the_place_of_an_earlier_draft(made: World, at: datetime) -> None:
    known = calendar(made, at)
    for name in ("One", "Two"):
        actions.draft_calendar(
            calendar=known, by=made.nora, at=at, edition=None, terms=terms(own_days=f"2026-12-31 {name}")
        )
    assert list(known.versions.order_by("number").values_list("number", "state")) == [
        (1, "in_force"),
        (2, "discarded"),
        (3, "draft"),
    ]
    actions.discard_calendar_draft(version=known.versions.get(number=3), by=made.nora, at=at)
    with pytest.raises(Conflict) as refused:
        in_force_again = known.versions.get(number=3)
        actions.put_calendar_in_force(version=in_force_again, by=made.nora, at=at, edition=None, starts_on=made.today)
    assert refused.value.code == "no_draft"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"subdivision": "BY"}, "subdivision"),
        ({"week": ("9 to 5", *WEEK[1:])}, "monday"),
        ({"week": (*WEEK[:4], "13:00-17:00, 09:00-12:00", "", "")}, "friday"),
        ({"week": ("",) * 7}, "monday"),
        ({"own_days": "Christmas Eve"}, "own_days"),
        ({"own_days": "2026-02-30 Never"}, "own_days"),
        ({"own_days": "2026-12-24 12:00-09:00 Backwards"}, "own_days"),
    ],
)
def test_calendar_that_nothing_could_be_due_by_is_refused(
    made: World, at: datetime, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_calendar(by=made.nora, at=at, code="own", name="Own", terms=terms(**changes))
    assert refused.value.path == path
    assert not Event.objects.exists()


def test_calendar_of_yesterday_or_of_nobody_is_refused(made: World, at: datetime) -> None:
    known = actions.create_calendar(by=made.nora, at=at, code="own", name="Own", terms=terms())
    with pytest.raises(Invalid) as late:
        in_force(made, known, at, made.today - timedelta(days=1))
    with pytest.raises(Invalid) as chosen:
        actions.choose_calendar(committee=made.committees["finance"], by=made.nora, at=at, edition=None, calendar=known)
    with pytest.raises(NotAllowed):
        actions.draft_calendar(calendar=known, by=made.ines, at=at, edition=None, terms=terms())
    assert (late.value.code, chosen.value.code) == ("in_the_past", "calendar_not_in_force")
    assert Committee.objects.filter(calendar=known).count() == 0


def test_own_days_are_read_a_line_each_and_go_before_public_holidays() -> None:
    read = own_days(
        "12-24 09:00-12:00 Christmas Eve\n\n2027-05-07\n02-29 Leap day\n12-25 10:00-11:00 Staffed", 2026, 2028
    )
    assert [(day.on.isoformat(), day.hours) for day in read] == [
        ("2026-12-24", "09:00-12:00"),
        ("2026-12-25", "10:00-11:00"),
        ("2027-05-07", ""),
        ("2027-12-24", "09:00-12:00"),
        ("2027-12-25", "10:00-11:00"),
        ("2028-02-29", ""),
        ("2028-12-24", "09:00-12:00"),
        ("2028-12-25", "10:00-11:00"),
    ]
    assert read[0].name == "Christmas Eve"


def test_public_holidays_are_named_in_the_language_of_their_country() -> None:
    names = {day.on: day.name for day in public_holidays("DE", "BY", 2027, 2027)}
    assert names[date(2027, 1, 6)] == "Heilige Drei K\u00f6nige"
    assert public_holidays("", "", 2027, 2027) == ()


def test_differences_of_two_versions_name_hours_and_days(made: World, at: datetime) -> None:
    known = calendar(made, at)
    week = ("09:00-17:00",) * 4 + ("09:00-12:00", "", "")
    changed = terms(week=week, own_days="2026-12-31 09:00-12:00 Old year")
    actions.draft_calendar(calendar=known, by=made.nora, at=at, edition=None, terms=changed)
    old, new = (shown(known.versions.get(number=number)) for number in (1, 2))
    changes = {row["label"]: row["after"] for row in differences(old, new, made.today) if not row["change"]}
    assert changes == {"Friday": "09:00\u201312:00", "31 Dec 2026": "Old year: 09:00\u201312:00"}
    told = examples(of_version(old.version), new.version, at, [8])
    assert [(one.hours, one.differs) for one in told] == [(8, False), (8, True)]
