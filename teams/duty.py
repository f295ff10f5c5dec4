"""Who is on duty for a committee: the member whose turn it is on its rota, or whoever stands in meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from teams.absences import away_on, substitutes_on
from teams.models import CommitteeSeat, DutyTurn, User, holds_on


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A turn that runs today; while its member is away a substitute answers, where the committee allowed one."""

    turn: DutyTurn
    is_away: bool
    stand_in: User | None

    @property
    def answers(self) -> User | None:
        """Who answers first today; None where the member is away and nobody stands in."""
        return self.stand_in if self.is_away else self.turn.user


def turns(committee_id: int) -> QuerySet[DutyTurn]:
    """Return the turns of a committee that hold a day, the earliest first."""
    rows = DutyTurn.objects.filter(~Q(ended_on=F("started_on")), committee=committee_id)
    return rows.select_related("user", "committee").order_by("started_on", "pk")


def turns_ahead(committee_id: int, day: date) -> QuerySet[DutyTurn]:
    """Return the turns that run on `day` or begin later."""
    return turns(committee_id).filter(Q(ended_on=None) | Q(ended_on__gt=day))


def duty_on(committee_ids: Collection[int], day: date) -> dict[int, OnDuty]:
    """Return who is on duty on `day`, by committee; whoever lost the seat is not."""
    rows = running(day).filter(committee__in=list(committee_ids)).select_related("user", "committee")
    found = {turn.committee_id: turn for turn in rows}
    away = away_on(day, [turn.user_id for turn in found.values()]) if found else frozenset()
    return {
        committee: OnDuty(turn, turn.user_id in away, _stand_in(turn, day) if turn.user_id in away else None)
        for committee, turn in found.items()
    }


def running(day: date) -> QuerySet[DutyTurn]:
    """Return the turns that run on `day` and whose members still sit on the committee."""
    seated = CommitteeSeat.objects.filter(
        holds_on(day), committee=OuterRef("committee"), user=OuterRef("user"), user__is_active=True
    )
    return DutyTurn.objects.filter(holds_on(day)).filter(Exists(seated))


def _stand_in(turn: DutyTurn, day: date) -> User | None:
    named = [row for row in substitutes_on([turn.committee], day) if row.member_id == turn.user_id]
    return named[0].substitute if named else None


def on_duty(committee_id: int, day: date, *, planned_until: datetime) -> User | None:
    """Return the member whose turn it is on `day`, if it was planned by then and that person is still seated."""
    planned = Q(planned_at=None) | Q(planned_at__lte=planned_until)
    turn = running(day).filter(planned, committee=committee_id).select_related("user").first()
    return None if turn is None else turn.user


def chair_of(committee_id: int, day: date) -> User | None:
    """Return who chairs the committee on `day`."""
    seats = CommitteeSeat.objects.filter(holds_on(day), committee=committee_id, is_chair=True, user__is_active=True)
    seat = seats.select_related("user").first()
    return None if seat is None else seat.user


def first_to_answer(committee_id: int, day: date, votes: Mapping[int, int], *, opened_at: datetime) -> User | None:
    """Return to which member a case passes on silence: who is on duty, else the chair; one whose vote can be cast.

    `votes` says for each member who casts their vote; where that person is away, the other one is asked. A turn that
    was planned after the case opened does not count: nobody gains a right over a pending case.
    """
    people = (on_duty(committee_id, day, planned_until=opened_at), chair_of(committee_id, day))
    asked = [person for person in people if person is not None and person.pk in votes]
    away = away_on(day, [votes[person.pk] for person in asked])
    present = [person for person in asked if votes[person.pk] not in away]
    return next(iter(present or asked), None)
