"""Advice and talk as parts of other pages: a deal's, a case's, the deal desk's answer."""

from collections.abc import Iterable, Sequence
from typing import Any

from approvals.followers import is_followed
from approvals.forms.advice import RemarkForm
from approvals.knowing import from_document
from approvals.models import Advice, Case, ConsentRound, Deal, Remark
from approvals.readings.advice import hint, used_share, why_named
from approvals.readings.verdict import Group
from approvals.states import ROUND_MOVES, SUBMITTABLE
from approvals.views.looking import PageRequest
from journal.moves import legal
from teams.permissions import About, may

COUNTING = (Advice.State.ASKED, Advice.State.ANSWERED, Advice.State.THANKED)


def advice_part(request: PageRequest, deal: Deal, known: About, groups: Iterable[Group]) -> dict[str, Any]:
    """Return the questions about a deal with their answers, and whether more would help; one query."""
    rows = list(deal.advice.select_related("asked_by", "asked_of", "thanked_by").order_by("-id"))
    may_ask = deal.state in SUBMITTABLE and bool(may("advice.ask", request.person, known))
    counting = sum(one.state in COUNTING for one in rows)
    return {
        "rows": [{"advice": one, "why": why_named(from_document(one.named_for))} for one in rows],
        "may_ask": may_ask,
        "hint": hint_of(groups, counting) if may_ask else "",
    }


def hint_of(groups: Iterable[Group], asked: int) -> str:
    """Return the sentence that suggests advice, given the findings that the reader may see."""
    return hint(used_share([one for group in groups for one in (group.worst, *group.others)]), asked)


def desk_hint(deal: Deal | None, groups: Sequence[Group]) -> str:
    """Return the same for the deal desk, where a deal may not be saved yet."""
    asked = 0 if deal is None or not groups else deal.advice.filter(state__in=COUNTING).count()
    return hint_of(groups, asked)


def talk_part(
    request: PageRequest, round: ConsentRound | None, known: About, form: RemarkForm | None = None
) -> dict[str, Any] | None:
    """Return what was said beneath a round, and whether the reader may join in; one query."""
    if round is None:
        return None
    remarks = Remark.objects.filter(round=round).select_related("by").order_by("id")
    is_open = any(move.name == "talk" for move in legal(ROUND_MOVES, round.state))
    return {
        "remarks": list(remarks),
        "may_talk": is_open and bool(may("consent.talk", request.person, known)),
        "form": form or RemarkForm(),
    }


def case_parts(request: PageRequest, case: Case, known: About, of_deal: About) -> dict[str, Any]:
    """Return what a case's page shows around it: its advice, the talk before it, and whether it is followed.

    `known` is what permissions know about the case, `of_deal` about its deal.
    """
    round = ConsentRound.objects.filter(revision=case.revision_id).first()
    return {
        "advice": advice_part(request, case.deal, of_deal, ()),
        "talk": talk_part(request, round, known),
        "follows": is_followed(case.deal, request.user),
    }
