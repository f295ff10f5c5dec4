"""Telling a committee that somebody on it has left: one administrator may end it all, but not in silence."""

from collections.abc import Iterable
from datetime import datetime

from journal.record import record
from teams.actions.answering import who_answer
from teams.actions.committees import link_of
from teams.models import CommitteeSeat, User


def announce_departure(seats: Iterable[CommitteeSeat], *, by: User, at: datetime) -> None:
    """Record on each committee that a seat has ended with its holder's account; inside that action.

    Tells who chairs the committee, and all administrators and executives: a new member takes two of them.
    """
    answering = who_answer(at)
    for seat in seats:
        chairs = CommitteeSeat.objects.filter(committee=seat.committee_id, is_chair=True, ended_on=None)
        told = {*answering, *chairs.values_list("user_id", flat=True)} - {by.pk, seat.user_id}
        record(
            "committee.left",
            subject=("committee", seat.committee.code),
            by=by.pk,
            at=at,
            data={"user": seat.user_id, "code": seat.committee.code, "is_chair": seat.is_chair, "seat": seat.pk},
            about=[("user", str(seat.user_id))],
            tell=sorted(told),
            link=link_of(seat.committee),
        )
