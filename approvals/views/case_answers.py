"""What a case's page shows beside its votes: what was asked, counter-proposals, conditions, comments, sections."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from approvals.bounding import Rates
from approvals.case_sections import sections_of
from approvals.countering import Ask, read
from approvals.forms.figures import FiguresForm, as_fields
from approvals.forms.moves import AnswerForm, CounterVoteForm, RequestForm
from approvals.models import Approval, Case, CaseRequest, CounterProposal, Deal, Vote
from approvals.offers import hash_of, nearest_facts
from approvals.readings.blind import without_margin
from approvals.readings.diff import changes
from approvals.readings.effect import effect
from approvals.shown import documents_of, names_of
from approvals.views.commenting import comments_of
from approvals.views.looking import PageRequest, today_of
from approvals.views.people import Words, counter_votes_as_people
from approvals.voting import count_counter
from journal.refusals import Invalid
from mandates.sentences import approval_sentences
from teams.permissions import About, may

Document = Mapping[str, Any]
NEVER_OFFERED = frozenset({"term_months"})


def answers_of(
    request: PageRequest,
    case: Case,
    words: Words,
    *,
    known: About,
    of_deal: About,
    sent: Mapping[str, Any],
    mine: Vote | None,
) -> dict[str, Any]:
    """Return that part of the page's context; `sent` are bound forms that could not be read or were refused.

    `known` is what permissions know about the case, `of_deal` about its deal.
    """
    is_open = case.state == Case.State.OPEN
    of_team = bool(may("point.answer", request.person, known))
    judged, given = documents_of(case.decision)
    may_ask = is_open and bool(may("case.request", request.person, known))
    return {
        "effect": effect(judged, given, case.committee.code) if words.sees_cost else [],
        "requests": requests_of(request, case, known, is_open=is_open, of_team=of_team),
        "counters": counters_of(request, case, known, words, of_deal=of_deal, of_team=of_team),
        "may_ask": may_ask,
        "may_propose": may_ask and not any(one.state in ("open", "adopted") for one in case.counter_proposals.all()),
        "request_form": sent.get("request_form") or RequestForm(prefix="request"),
        "answer_form": sent.get("answer_form") or AnswerForm(),
        "counter_vote_form": sent.get("counter_vote_form") or CounterVoteForm(prefix="counter"),
        "conditions_form": sent.get("conditions_form") or conditions_form(request, case, words, mine),
        "sections": sections_of(case, request.person, request, known),
        **comments_of(request, case.deal, of_deal, case=case, form=sent.get("comment_form")),
    }


# --- figures ---


def ask_shown(request: PageRequest, case: Case) -> Ask:
    """Return what was asked, as it was judged, for forms and previews."""
    judged, given = documents_of(case.decision)
    today = today_of(request)
    until = today + timedelta(days=request.organisation.approval_days)
    return Ask(judged, given, case.committee.code, today, until, tolerance=request.organisation.tolerance)


def figures_form(ask: Ask, names: Mapping[str, str], **options: Any) -> FiguresForm:
    """Return a form for the figures of this ask."""
    measured = {finding["metric"] for finding in ask.answer["findings"]}
    without = NEVER_OFFERED | (frozenset() if "effective_discount" in measured else {"effective_discount"})
    rates: Rates = ask.rates
    return FiguresForm(deal=ask.deal, names=names, rates=rates, without=frozenset(without), **options)


def conditions_form(request: PageRequest, case: Case, words: Words, mine: Vote | None) -> FiguresForm:
    """Return the conditions of one's own vote as they stand."""
    ask = ask_shown(request, case)
    initial: dict[str, Any] = {}
    if mine is not None and mine.figures:
        products = list(dict.fromkeys(line["product"] for line in ask.deal["lines"]))
        initial = {**as_fields(read(mine.figures), products), "until": mine.until}
    return figures_form(ask, words.products, initial=initial, prefix="conditions")


def sent_conditions(request: PageRequest, case: Case) -> FiguresForm:
    """Return the conditions as they were sent with a vote; anything else than a yes with conditions has none."""
    data = request.POST if request.POST.get("choice") == Vote.Choice.CONDITIONS else {}
    names = names_of(documents_of(case.decision)[0]["deal"])
    return figures_form(ask_shown(request, case), names.products, data=data, prefix="conditions")


# --- points ---


def requests_of(
    request: PageRequest, case: Case, known: About, *, is_open: bool, of_team: bool
) -> list[dict[str, Any]]:
    """Return what was asked of the team, oldest first, with what the reader may do about it."""
    rows = case.requests.select_related("asked_by").prefetch_related("points__answered_by").order_by("id")
    return [
        {
            "request": row,
            "points": sorted(row.points.all(), key=lambda point: point.position),
            "may_answer": is_open and of_team and row.state == CaseRequest.State.OPEN,
            "may_take_back": is_open
            and row.state == CaseRequest.State.OPEN
            and bool(may("request.take_back", request.person, replace(known, owner_id=row.asked_by_id))),
        }
        for row in rows
    ]


# --- counter-proposals ---


def counters_of(
    request: PageRequest, case: Case, known: About, words: Words, *, of_deal: About, of_team: bool
) -> list[dict[str, Any]]:
    """Return the case's counter-proposals, newest first, with what the reader may do about each."""
    rows = case.counter_proposals.select_related("proposed_by", "answered_by", "approval__revocation")
    found = list(rows.prefetch_related("votes__user", "votes__past").order_by("-number"))
    for row in found:
        row.case = case
    return [_counter(request, row, case, known, words, of_deal=of_deal, of_team=of_team) for row in found]


def _counter(
    request: PageRequest,
    row: CounterProposal,
    case: Case,
    known: About,
    words: Words,
    *,
    of_deal: About,
    of_team: bool,
) -> dict[str, Any]:
    is_adopted = row.state == CounterProposal.State.ADOPTED
    is_open = row.state == CounterProposal.State.OPEN
    own = replace(known, owner_id=row.proposed_by_id)
    votes = {vote.user_id: vote for vote in row.votes.all()}
    mine = votes.get(request.user.pk)
    approval = getattr(row, "approval", None)
    return {
        "counter": row,
        "sentence": words.conditions(row.figures, row.until),
        "people": counter_votes_as_people(row, case),
        "counted": count_counter(case, row) if is_open else None,
        "is_open": is_open,
        "mine": mine,
        "may_vote": is_open and bool(may("counter.vote", request.person, own)),
        "may_take_back": is_open and bool(may("counter.take_back", request.person, own)),
        "allowed": allowed_by(approval, words),
        "offer": offer_of(request, row, approval, words, of_deal) if is_adopted else None,
        "may_answer": is_adopted and of_team,
    }


def waiting_answers(request: PageRequest, deal: Deal, words: Words, known: About) -> dict[str, Any]:
    """Return what a deal's page says of its committees' bounded yeses and questions that wait for the team."""
    of_team = bool(may("point.answer", request.person, known))
    adopted = CounterProposal.objects.filter(case__deal=deal, state=CounterProposal.State.ADOPTED)
    rows = adopted.select_related("case__revision", "case__committee", "proposed_by", "approval__revocation")
    offers = []
    for row in rows.order_by("id"):
        row.case.deal = deal
        offer = offer_of(request, row, getattr(row, "approval", None), words, known)
        sentence = words.conditions(row.figures, row.until)
        offers.append({"counter": row, "sentence": sentence, "offer": offer, "may_answer": of_team})
    asked = CaseRequest.objects.filter(case__deal=deal, case__state=Case.State.OPEN, state=CaseRequest.State.OPEN)
    points = asked.values("case_id", "case__committee__name").annotate(
        open_count=Count("points", filter=Q(points__answered_at=None))
    )
    return {"offers": offers, "asked_points": list(points.order_by("case_id"))}


def allowed_by(approval: Approval | None, words: Words) -> list[str]:
    """Return what an approval allows as sentences, without margins for readers who may not see costs."""
    if approval is None:
        return []
    document = json.loads(approval.document)
    if not words.sees_cost:
        document = without_margin(document)
    return approval_sentences(document, products=words.products)


def offer_of(
    request: PageRequest, row: CounterProposal, approval: Approval | None, words: Words, known: About
) -> dict[str, Any] | None:
    """Return what the team could agree then: the nearest revision of today against what was asked; None if nothing.

    `known` is what permissions know about the deal.
    """
    deal, today = row.case.deal, today_of(request)
    if approval is None or approval.until < today or getattr(approval, "revocation", None) is not None:
        return None
    try:
        facts = nearest_facts(row, approval, deal, today)
    except Invalid:
        return None
    if facts is None:
        return None
    asked = json.loads(row.case.revision.document)["deal"]
    return {
        "changes": changes(asked, facts["deal"], words.products),
        "sha256": hash_of(facts),
        "until": approval.until,
        "may_accept": bool(may("counter.accept", request.person, known)),
    }


def preview_of(bounded: Any, ask: Ask, words: Words, committees: Mapping[str, str]) -> dict[str, Any]:
    """Return a bounded yes as the member who proposes it sees it before."""
    return {
        "changes": changes(ask.deal, bounded.deal, words.products),
        "sentences": approval_sentences(bounded.document, products=words.products),
        "others": [committees.get(code, code) for code in bounded.others],
        "text": _("The team could then agree at once:"),
    }
