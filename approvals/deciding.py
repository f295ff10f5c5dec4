"""How a team has decided of late: how much of it by itself, and how long answers took. Of teams, never of persons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from approvals.models import Decision
from approvals.readings import figures
from approvals.readings.due import AnswerTime, answer_time
from approvals.usual import middle
from teams.calendars import calendars
from teams.models import Team
from teams.permissions import Person
from teams.working_time import WorkingCalendar

SPAN = timedelta(days=90)
MOST_READ = 2000
LOCAL = ("member", "team")


@dataclass(frozen=True, slots=True)
class Asked:
    """One first judgement: its outcome, when it was, and when the deal was answered; None while it waits."""

    outcome: str
    at: datetime
    answered_at: datetime | None


def of_team(team: Team, person: Person, request: HttpRequest) -> tuple[str, Mapping[str, Any]] | None:
    """Return the section of the team's page."""
    now = timezone.now()
    rows = Decision.objects.filter(revision__deal__team=team, number=1, at__gte=now - SPAN).order_by("-at", "-id")
    columns = ("outcome", "at", "revision_id", "revision__deal__latest_id", "revision__deal__answered_at")
    asked = [
        Asked(outcome, at, answered_at if revision == latest else None)
        for outcome, at, revision, latest, answered_at in rows.values_list(*columns)[:MOST_READ]
    ]
    if not asked:
        return None
    calendar = calendars(now).of(None)
    local = sum(one.outcome in LOCAL for one in asked)
    context = {
        "count": len(asked),
        "days": SPAN.days,
        "local": figures.percent(Decimal(100 * local) / len(asked), most_places=0),
        "at_once": figures.percent(
            Decimal(100 * sum(one.outcome == "member" for one in asked)) / len(asked), most_places=0
        ),
        "colleagues": usual(asked, "team", calendar),
        "committees": usual(asked, "committee", calendar),
    }
    return "approvals/_section_deciding.html", context


def usual(asked: Iterable[Asked], outcome: str, calendar: WorkingCalendar) -> AnswerTime | None:
    """Return the median time to the answers that had this outcome; None where there was none."""
    times = [
        answer_time(one.at, one.answered_at, calendar)
        for one in asked
        if one.outcome == outcome and one.answered_at is not None
    ]
    if not times:
        return None
    return AnswerTime(middle(one.worked for one in times), middle(one.wall for one in times))
