"""Who is on duty for a committee: the member whose turn it is on its rota."""

from collections.abc import Iterable
from datetime import date

from teams.models import CommitteeSeat, DutyTurn, User, holds_on


def on_duty(committee_id: int, day: date) -> User | None:
    """Return the member whose turn it is on `day`, if that person still sits on the committee."""
    seated = CommitteeSeat.objects.filter(holds_on(day), committee=committee_id, user__is_active=True)
    turns = DutyTurn.objects.filter(holds_on(day), committee=committee_id, user__in=seated.values("user"))
    turn = turns.select_related("user").first()
    return None if turn is None else turn.user


def chair_of(committee_id: int, day: date) -> User | None:
    """Return who chairs the committee on `day`."""
    seats = CommitteeSeat.objects.filter(holds_on(day), committee=committee_id, is_chair=True, user__is_active=True)
    seat = seats.select_related("user").first()
    return None if seat is None else seat.user


def first_to_answer(committee_id: int, day: date, among: Iterable[int]) -> User | None:
    """Return to whom a case passes on silence: the member on duty, else the chair, if one of `among`."""
    asked = set(among)
    for person in (on_duty(committee_id, day), chair_of(committee_id, day)):
        if person is not None and person.pk in asked:
            return person
    return None
