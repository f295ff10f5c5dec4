"""A deal's page: where it stands, what comes next, and everything that was said and decided about it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from approvals.actions.nudging import may_be_nudged
from approvals.clock import Clock, clock_of
from approvals.deal_sections import of_deal
from approvals.desk import stored
from approvals.followers import is_followed
from approvals.forms.moves import ConsentForm, OptionalReasonForm, ReasonForm, ReplyForm, ResultForm
from approvals.judging import hold_key
from approvals.models import Approval, Case, ConsentRound, ConsentSeat, Deal, DealState, Decision, Revision
from approvals.readings.diff import changes
from approvals.readings.findings import Names
from approvals.readings.lines import lines_of, totals_of
from approvals.readings.story import Objection, Standing, next_step, pending_note, stands
from approvals.shown import documents_of, findings_of, names_of
from approvals.sight import about, about_next, cost_shown, visible_deals
from approvals.states import DEAL_MOVES, SUBMITTABLE
from approvals.terms import of_facts, read
from approvals.views.advice_parts import advice_part, talk_part
from approvals.views.case_answers import allowed_by, waiting_answers
from approvals.views.commenting import comments_of
from approvals.views.looking import PageRequest, is_history, outdated, today_of
from approvals.views.people import Words, seats_as_people, votes_as_people
from journal.moves import legal
from journal.timeline import timeline
from mandates.balances import positions_of
from mandates.documents import document_of
from teams.permissions import About, may
from teams.reasons import SENTENCES
from teams.sight import CostView

OTHERS_SHOWN = 8
NEXT_REVISION = frozenset({"edit", "submit"})


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything about one deal that its page reads, each list in one query."""

    deal: Deal
    revisions: list[Revision]
    decisions: dict[int, list[Decision]]
    round: ConsentRound | None
    seats: list[ConsentSeat]
    cases: list[Case]
    approvals: list[Approval]


def rows_of(deal: Deal) -> Rows:
    """Read what the page shows; newest revisions and cases first."""
    decisions: dict[int, list[Decision]] = {}
    stored = Decision.objects.filter(revision__deal=deal).select_related("mandate_version__mandate").order_by("-number")
    for decision in stored:
        decisions.setdefault(decision.revision_id, []).append(decision)
    round = ConsentRound.objects.filter(revision=deal.latest_id).first() if deal.latest_id else None
    seats = round.seats.select_related("user", "replied_by").order_by("user__name") if round else []
    cases = deal.cases.select_related("committee", "revision").prefetch_related(
        "votes__past", "electors__user", "electors__substitution__member", "recusals"
    )
    approvals = deal.approvals.select_related("case__committee", "revocation__by").order_by("-id")
    return Rows(
        deal=deal,
        revisions=list(deal.revisions.select_related("submitted_by").order_by("-number")),
        decisions=decisions,
        round=round,
        seats=list(seats),
        cases=list(cases.order_by("-id")),
        approvals=list(approvals),
    )


def standing_of(rows: Rows, *, of_team: bool) -> Standing:
    """Return where the deal stands, as plain values."""
    deal, latest = rows.deal, rows.deal.latest
    own = [case for case in rows.cases if latest is not None and case.revision_id == latest.pk]
    asking = rows.round is not None and rows.round.state == ConsentRound.State.OPEN
    consented = [seat.user.name for seat in rows.seats if seat.answer == ConsentSeat.Answer.CONSENT]
    return Standing(
        state=deal.state,
        revision=0 if latest is None else latest.number,
        draft_differs=_draft_differs(deal, rows.revisions[0] if rows.revisions else None),
        committees=[case.committee.name for case in own if case.state == Case.State.OPEN],
        declined_by=[case.committee.name for case in own if case.state == Case.State.DECLINED],
        approved_by=[case.committee.name for case in own if case.state == Case.State.APPROVED],
        consents_needed=rows.round.needed if rows.round is not None and asking else 0,
        consented=consented,
        awaited=[seat.user.name for seat in rows.seats if asking and not seat.answer],
        objections=[
            Objection(seat.user.name, seat.replied_at is not None)
            for seat in rows.seats
            if asking and seat.answer == ConsentSeat.Answer.OBJECTION
        ],
        good_until=deal.good_until,
        closed_on=deal.closed_on,
        imported=is_history(deal),
        of_team=of_team,
    )


def _draft_differs(deal: Deal, latest: Revision | None) -> bool:
    if latest is None or is_history(deal):
        return False
    return not read(deal.draft).says_the_same_as(of_facts(json.loads(latest.document)["deal"]))


def deal_page(
    request: PageRequest, deal: Deal, *, forms: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render the page; `forms` are bound forms that could not be read."""
    rows = rows_of(deal)
    known = about(deal)
    standing = standing_of(rows, of_team=bool(may("deal.edit", request.person, known)))
    view = cost_shown(deal, request.person, request.organisation, known)
    cost = view.figures
    documents = {revision.pk: json.loads(revision.document)["deal"] for revision in rows.revisions}
    draft = _draft(deal, standing, today_of(request))
    names = names_of(*documents.values(), *([draft] if draft else []))
    clock = clock_of(request.organisation)
    consents = _consents(request, rows, known, clock)
    words = Words(names.products, deal.currency, cost)
    waiting = waiting_answers(request, deal, words, known)
    latest = _latest(rows, documents, names, view)
    context = {
        "deal": deal,
        "stands": stands(standing),
        "next_step": _next_step(request, standing, consents, waiting, known),
        "pending_note": pending_note(standing),
        "standing": standing,
        "is_history": is_history(deal),
        "moves": _moves(request, deal, known),
        "latest": latest,
        "revisions": _revisions(rows, documents, names),
        "draft": _draft_read(draft, documents, rows, names, cost),
        "consents": consents,
        "talk": talk_part(request, rows.round, known, (forms or {}).get("remark_form")),
        "advice": advice_part(request, deal, known, latest["groups"] if latest else ()),
        "held_note": _held_note(deal, rows),
        "cases": [_case(case, clock, words, known, request) for case in rows.cases],
        "approvals": [_approval(approval, known, words, request) for approval in rows.approvals],
        "attachments": list(deal.attachments.select_related("added_by").order_by("id")),
        "supports": list(deal.supports.select_related("team").order_by("team__name")),
        "others": _others(request, deal),
        "follows": is_followed(deal, request.user),
        "outdated": outdated(request, deal.latest),
        "timeline": [_entry(entry) for entry in timeline("deal", deal.reference)],
        "may_attach": bool(may("deal.edit", request.person, known)),
        "sections": of_deal(deal, request.person, request, known),
        **waiting,
        **comments_of(request, deal, known),
        **_forms(request, forms or {}),
    }
    return render(request, "approvals/deal.html", context, status=status)


def _next_step(
    request: PageRequest,
    standing: Standing,
    consents: dict[str, Any] | None,
    waiting: Mapping[str, Any],
    known: About,
) -> str:
    """Return what the reader does next: answer as a colleague, or take the team's next step."""
    if consents and consents["may_answer"] and consents["mine"] is not None and not consents["mine"].answer:
        return _("Your consent is asked: read what is asked for, and answer.")
    if consents and consents["is_open"] and consents["mine"] in consents["objections"]:
        return _("Withdraw your objection, or let it stand.")
    if waiting["offers"] and may("counter.accept", request.person, known):
        return _("Take up the counter-proposal, or go on with what you ask.")
    if waiting["asked_points"] and may("point.answer", request.person, known):
        return _("Answer what the committee asks; its clock stands still until then.")
    return next_step(standing) if may("deal.edit", request.person, known) else ""


def _draft(deal: Deal, standing: Standing, day: date) -> dict[str, Any] | None:
    """Return the draft where it says something else than what was submitted."""
    if is_history(deal) or deal.state not in SUBMITTABLE or (deal.latest_id and not standing.draft_differs):
        return None
    return stored(deal, on=day).document()


def _draft_read(
    draft: dict[str, Any] | None, documents: Mapping[int, Mapping[str, Any]], rows: Rows, names: Names, cost: bool
) -> dict[str, Any] | None:
    """Return the draft with its lines, and what it would change."""
    if draft is None:
        return None
    before = documents[rows.revisions[0].pk] if rows.revisions else None
    return {
        "why": read(rows.deal.draft).why,
        "document": draft,
        "lines": lines_of(draft, names.products, sees_cost=cost),
        "totals": totals_of(draft, sees_cost=cost),
        "changes": changes(before, draft, names.products) if before else [],
        "sees_cost": cost,
    }


def _held_note(deal: Deal, rows: Rows) -> str:
    """Return what a pending deal should know of its budget: pending deals hold only what fits."""
    latest = deal.latest
    judged = rows.decisions.get(latest.pk, []) if latest is not None else []
    version = judged[0].mandate_version if judged else None
    if latest is None or deal.state != DealState.PENDING or version is None or not latest.discount_amount:
        return ""
    if not document_of(version).get("budgets") or any(
        position.used for position in positions_of([hold_key(deal, latest)])
    ):
        return ""
    if any(finding["reason"] == "beyond_budget" for finding in documents_of(judged[0])[1]["findings"]):
        return _("It does not fit the budget, so nothing is held for it; the committee decides on that too.")
    return _("Another deal took the room in the budget first, so nothing is held for this one.")


def _moves(request: PageRequest, deal: Deal, known: About) -> set[str]:
    """Return the moves that the state allows and the reader may make."""
    if is_history(deal):
        return {"copy"} if may("deal.copy", request.person, about_next(deal, today_of(request))) else set()
    next_one = about_next(deal, today_of(request))
    return {
        move.name
        for move in legal(DEAL_MOVES, deal.state)
        if move.permission and may(move.permission, request.person, next_one if move.name in NEXT_REVISION else known)
    } | ({"copy"} if may("deal.copy", request.person, next_one) else set())


def _forms(request: PageRequest, sent: Mapping[str, Any]) -> dict[str, Any]:
    day = today_of(request)
    fresh: dict[str, Any] = {
        "consent_form": ConsentForm(),
        "reply_form": ReplyForm(),
        "withdraw_form": OptionalReasonForm(prefix="withdraw"),
        "reopen_form": ReasonForm(prefix="reopen"),
        "win_form": ResultForm(prefix="win", day=day),
        "lose_form": ResultForm(prefix="lose", day=day),
    }
    return {**fresh, **sent}


def _latest(
    rows: Rows, documents: Mapping[int, Mapping[str, Any]], names: Names, view: CostView
) -> dict[str, Any] | None:
    """Return the newest revision with its lines and the findings of its latest judgement."""
    if not rows.revisions:
        return None
    revision = rows.revisions[0]
    judged = rows.decisions.get(revision.pk, [])
    return {
        "revision": revision,
        "lines": lines_of(documents[revision.pk], names.products, sees_cost=view.figures, bands=view.bands),
        "totals": totals_of(documents[revision.pk], sees_cost=view.figures, bands=view.bands),
        "decision": judged[0] if judged else None,
        # what it asked for when it was submitted: a later judgement counts what was said yes to meanwhile
        "outcome": judged[-1].outcome if judged else "",
        "groups": findings_of(judged[0], sees_cost=view.figures, names=names) if judged else (),
        "sees_cost": view.figures,
    }


def _revisions(rows: Rows, documents: Mapping[int, Mapping[str, Any]], names: Names) -> list[dict[str, Any]]:
    """Return every revision with what it changed against the one before it."""
    found = []
    for revision, before in zip_longest(rows.revisions, rows.revisions[1:]):
        judged = rows.decisions.get(revision.pk, [])
        found.append(
            {
                "revision": revision,
                "before": before,
                "changes": changes(documents[before.pk], documents[revision.pk], names.products) if before else [],
                "decision": judged[0] if judged else None,
                "outcome": judged[-1].outcome if judged else "",
            }
        )
    return found


def _consents(request: PageRequest, rows: Rows, known: About, clock: Clock) -> dict[str, Any] | None:
    """Return the round of colleagues: who said what, and what the reader may say."""
    round = rows.round
    if round is None:
        return None
    is_open = round.state == ConsentRound.State.OPEN
    mine = next((seat for seat in rows.seats if seat.user_id == request.user.pk), None)
    seated = replace(known, seat_ids=frozenset(seat.user_id for seat in rows.seats))
    answer = may("consent.give", request.person, seated)
    objections = [seat for seat in rows.seats if seat.answer == ConsentSeat.Answer.OBJECTION]
    return {
        "round": round,
        "is_open": is_open,
        "people": seats_as_people(rows.seats),
        "left": clock.of_round(round),
        "given": sum(seat.answer == ConsentSeat.Answer.CONSENT for seat in rows.seats),
        "mine": mine,
        "may_answer": is_open and bool(answer),
        "why_not": _(SENTENCES[answer.reason]) if is_open and mine is not None and not answer else "",
        "may_nudge": is_open and may_be_nudged(round, clock.now) and bool(may("consent.nudge", request.person, known)),
        "nudged_at": round.nudged_at if is_open else None,
        "objections": objections if is_open else [],
        "may_reply": is_open and bool(may("consent.reply", request.person, known)),
        "may_escalate": is_open and bool(objections) and bool(may("objection.escalate", request.person, known)),
    }


def _case(case: Case, clock: Clock, words: Words, known: About, request: PageRequest) -> dict[str, Any]:
    waits = case.state == Case.State.OPEN and case.paused_at is None
    may_nudge = waits and may_be_nudged(case, clock.now) and bool(may("case.nudge", request.person, known))
    return {
        "case": case,
        "people": votes_as_people(case, words),
        "left": clock.of_case(case),
        "may_nudge": may_nudge,
        "nudged_at": case.nudged_at if waits else None,
    }


def _approval(approval: Approval, known: About, words: Words, request: PageRequest) -> dict[str, Any]:
    """Return a committee's yes as sentences, and whether it still stands."""
    revocation = getattr(approval, "revocation", None)
    ended = revocation is not None or approval.until < today_of(request)
    asked = replace(known, committee_ids=frozenset({approval.case.committee_id}))
    return {
        "approval": approval,
        "sentences": allowed_by(approval, words),
        "revocation": revocation,
        "ended": ended,
        "may_revoke": not ended and bool(may("approval.revoke", request.person, asked)),
    }


def _others(request: PageRequest, deal: Deal) -> Sequence[Deal]:
    deals = visible_deals(request.person).filter(customer=deal.customer).exclude(pk=deal.pk)
    return list(deals.select_related("latest").order_by("-id")[:OTHERS_SHOWN])


def _entry(entry: Any) -> dict[str, Any]:
    return {"at": entry.at, "who": "", "text": entry.sentence, "url": ""}
