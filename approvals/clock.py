"""The time left for a case or a round of consent, as its reader is told it: the calendar, the zone and the words."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils import timezone

from approvals.models import Case, ConsentRound
from approvals.readings.due import AnswerTime, TimeLeft, answer_time, time_left
from teams.calendars import Calendars, calendars
from teams.models import Organisation


@dataclass(frozen=True, slots=True)
class Clock:
    """One moment for a whole page, in the zone of its reader."""

    now: datetime
    zone: tzinfo
    calendars: Calendars

    def of_case(self, case: Case) -> TimeLeft | None:
        """What is left for a case; nothing once it is closed."""
        if case.state != Case.State.OPEN:
            return None
        calendar = self.calendars.of(case.committee)
        return time_left(case.due_at, self.now, calendar, zone=self.zone, paused_at=case.paused_at)

    def of_round(self, round: ConsentRound) -> TimeLeft | None:
        """What is left for a round of consent; nothing once it is closed."""
        if round.state != ConsentRound.State.OPEN:
            return None
        return time_left(round.due_at, self.now, self.calendars.of(None), zone=self.zone)

    def answered(self, case: Case) -> AnswerTime | None:
        """How long a case took; nothing while it is open, or if it was never answered."""
        if case.closed_at is None or case.state not in (Case.State.APPROVED, Case.State.DECLINED, Case.State.COUNTERED):
            return None
        return answer_time(case.opened_at, case.closed_at, self.calendars.of(case.committee))


def clock_of(organisation: Organisation) -> Clock:
    """The clock of a page that is read now, in the zone that its reader has chosen."""
    now = timezone.now()
    return Clock(now, timezone.get_current_timezone(), calendars(now, of=organisation))
