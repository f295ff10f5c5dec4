"""Seats and votes as the list of people that a page shows."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import Case, ConsentSeat, Elector, Recusal, Vote
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
    recused = {one.user_id: one for one in case.recusals.all()}
    people = []
    for elector in sorted(case.electors.all(), key=lambda one: one.user.name):
        shown = _answer(elector, cast.get(elector.user_id), recused.get(elector.user_id))
        role = _("chair") if elector.is_chair else ""
        if elector.substitution is not None:
            role = _("for %(name)s, who was away") % {"name": elector.substitution.member.name}
        elif elector.user_id == case.passed_to_id:
            role = _("answers it alone")
        people.append({"name": elector.user.name, "initials": initials(elector.user.name), "role": role, **shown})
    return people


def _answer(elector: Elector, vote: Vote | None, recusal: Recusal | None) -> dict[str, str]:
    """Return what an elector said, and why it counts no more where the right was lost."""
    if elector.lost_at is not None:
        said = vote.reason if vote else ""
        return {"vote": "lost", "vote_text": _("votes no more: %s") % elector.get_lost_why_display(), "say": said}
    if recusal is not None:
        return {"vote": "recused", "vote_text": _("recused"), "say": recusal.reason}
    if vote is None:
        return {"vote": "waiting", "vote_text": _("not voted"), "say": ""}
    return {"vote": vote.choice, "vote_text": vote.get_choice_display(), "say": vote.reason}
