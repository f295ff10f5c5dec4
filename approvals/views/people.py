"""Seats and votes as the list of people that a page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.countering import read
from approvals.models import Case, ConsentSeat, CounterProposal, Elector, PastVote, Recusal, Vote
from approvals.readings.figures import MARGIN
from approvals.voting import AGAINST
from mandates.sentences import figures_text
from teams.duty import OnDuty
from teams.templatetags.people import initials


@dataclass(frozen=True, slots=True)
class Words:
    """For whom figures are written out: what products are called, in which currency, and whether margins are told."""

    products: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    sees_cost: bool = False

    def conditions(self, figures: str, until: date | None) -> str:
        """Return the conditions of a yes as a sentence; empty where there are none to tell."""
        known = [one for one in read(figures) if self.sees_cost or one["metric"] not in MARGIN]
        said = ""
        if known:
            said = _("If: %(figures)s.") % {"figures": figures_text(known, self.currency, products=self.products)}
        if until is None:
            return said
        return f"{said} {_('Good until %(day)s.') % {'day': date_format(until)}}".strip()


UNNAMED = Words()


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


def votes_as_people(case: Case, words: Words = UNNAMED, duty: OnDuty | None = None) -> list[dict[str, Any]]:
    """Return the electorate of a case, each with the vote once cast; reads prefetched rows only.

    `duty`: who is on duty today, where that still matters.
    """
    cast = {vote.user_id: vote for vote in case.votes.all()}
    recused = {one.user_id: one for one in case.recusals.all()}
    people = []
    for elector in sorted(case.electors.all(), key=lambda one: one.user.name):
        shown = _answer(case, elector, cast.get(elector.user_id), recused.get(elector.user_id), words)
        role = _("chair") if elector.is_chair else ""
        if elector.substitution is not None:
            role = _("for %(name)s, who was away") % {"name": elector.substitution.member.name}
        elif elector.user_id == case.passed_to_id:
            role = _("answers it alone")
        if _answers_first(case, elector, duty):
            role = ", ".join(part for part in (role, _("on duty, answers first")) if part)
        people.append({"name": elector.user.name, "initials": initials(elector.user.name), "role": role, **shown})
    return people


def _answers_first(case: Case, elector: Elector, duty: OnDuty | None) -> bool:
    """Whether this is who casts the vote of the member on duty; after a case has passed, that one answers alone."""
    if duty is None or case.passed_to_id is not None or elector.lost_at is not None:
        return False
    member = elector.user_id if elector.substitution is None else elector.substitution.member_id
    return member == duty.turn.user_id and (not duty.is_away or elector.substitution is not None)


def _answer(case: Case, elector: Elector, vote: Vote | None, recusal: Recusal | None, words: Words) -> dict[str, Any]:
    """Return what an elector said, and why it counts no more where the right was lost."""
    if elector.lost_at is not None:
        said = vote.reason if vote else ""
        return {"vote": "lost", "vote_text": _("votes no more: %s") % elector.get_lost_why_display(), "say": said}
    if recusal is not None:
        return {"vote": "recused", "vote_text": _("recused"), "say": recusal.reason}
    if vote is None:
        return {"vote": "waiting", "vote_text": _("not voted"), "say": ""}
    cast = {"vote": vote.choice, "vote_text": vote.get_choice_display(), "say": vote.reason}
    return cast | _beside(case, vote, words)


def counter_votes_as_people(proposal: CounterProposal, case: Case) -> list[dict[str, Any]]:
    """Return the electorate with its votes on a counter-proposal; reads prefetched rows only."""
    cast = {vote.user_id: vote for vote in proposal.votes.all()}
    return [
        {
            "name": elector.user.name,
            "initials": initials(elector.user.name),
            "vote": vote.choice if vote else "waiting",
            "vote_text": vote.get_choice_display() if vote else _("not voted"),
            "say": vote.reason if vote else "",
            "past": [_past(one, Words()) for one in vote.past.all()] if vote else [],
        }
        for elector in sorted(case.electors.all(), key=lambda one: one.user.name)
        for vote in [cast.get(elector.user_id)]
    ]


def _beside(case: Case, vote: Vote, words: Words) -> dict[str, Any]:
    """Return what stands beside a vote: its conditions, that it dissents, and what it said before."""
    return {
        "conditions": words.conditions(vote.figures, vote.until),
        "dissent": AGAINST.get(vote.choice) == case.state,
        "past": [_past(one, words) for one in vote.past.all()],
    }


def _past(past: PastVote, words: Words) -> dict[str, Any]:
    return {
        "at": past.cast_at,
        "vote_text": Vote.Choice(past.choice).label,
        "say": past.reason,
        "conditions": words.conditions(past.figures, past.until),
    }
