"""Seats and votes as the list of people that a page shows."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import Case, ConsentSeat
from teams.templatetags.people import initials


def seats_as_people(seats: Sequence[ConsentSeat]) -> list[dict[str, Any]]:
    """Return the colleagues asked, each with the answer once given."""
    return [
        {
            "name": seat.user.name,
            "initials": initials(seat.user.name),
            "vote": seat.answer or "waiting",
            "vote_text": seat.get_answer_display() if seat.answer else _("not answered yet"),
            "say": seat.reason,
        }
        for seat in seats
    ]


def votes_as_people(case: Case) -> list[dict[str, Any]]:
    """Return the electorate of a case, each with the vote once cast; reads prefetched rows only."""
    cast = {vote.user_id: vote for vote in case.votes.all()}
    people = []
    for elector in sorted(case.electors.all(), key=lambda one: one.user.name):
        vote = cast.get(elector.user_id)
        people.append(
            {
                "name": elector.user.name,
                "initials": initials(elector.user.name),
                "vote": vote.choice if vote else "waiting",
                "vote_text": vote.get_choice_display() if vote else _("not voted"),
                "say": vote.reason if vote else "",
            }
        )
    return people
