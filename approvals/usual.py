"""How long answers usually take: the median of the real answer times of the last ninety days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from approvals.models import Case, ConsentRound
from teams.calendars import Calendars
from teams.models import Committee, Team
from teams.working_time import WorkingCalendar, worked_each

LOOKED_AT = timedelta(days=90)
ANSWERED = (Case.State.APPROVED, Case.State.DECLINED, Case.State.COUNTERED)


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of `count` answer times in working time; no `worked` where nothing was answered."""

    count: int = 0
    worked: timedelta | None = None


NOTHING = Usual()


def of_committees(committees: Collection[Committee], at: datetime, calendars: Calendars) -> dict[int, Usual]:
    """Return how long each committee usually takes, from the question to its answer; one query for all of them."""
    cases = Case.objects.filter(committee__in=committees, state__in=ANSWERED)
    rows = cases.filter(closed_at__gt=at - LOOKED_AT, closed_at__lte=at)
    found: dict[int, list[tuple[datetime, datetime]]] = {one.pk: [] for one in committees}
    for committee, opened_at, closed_at in rows.values_list("committee_id", "opened_at", "closed_at"):
        found[committee].append((opened_at, closed_at or at))
    return {one.pk: _usual(found[one.pk], calendars.of(one)) for one in committees}


def of_colleagues(team: Team, at: datetime, calendars: Calendars) -> Usual:
    """Return how long it usually takes until the colleagues of a team have consented; one query."""
    rounds = ConsentRound.objects.filter(state=ConsentRound.State.CONSENTED, revision__deal__team=team)
    rows = rounds.filter(closed_at__gt=at - LOOKED_AT, closed_at__lte=at)
    times = rows.values_list("opened_at", "closed_at")
    return _usual([(opened_at, closed_at or at) for opened_at, closed_at in times], calendars.of(None))


def _usual(periods: Iterable[tuple[datetime, datetime]], calendar: WorkingCalendar) -> Usual:
    times = list(worked_each(calendar, periods))
    return Usual(len(times), middle(times)) if times else NOTHING


def middle(times: Iterable[timedelta]) -> timedelta:
    """Return the median of some times; there is at least one."""
    return timedelta(seconds=median(time.total_seconds() for time in times))
