"""The receipt of a decision: what was judged, by what, and how anybody can check it."""

import json
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import proof
from approvals.models import Case, ConsentRound, Decision
from approvals.readings.blind import names_mandate
from approvals.readings.findings import Names
from approvals.readings.lines import lines_of, totals_of
from approvals.readings.verdict import People, Reader, sentence
from approvals.shown import documents_as_known, documents_of, findings_of, names_of
from approvals.sight import about, cost_shown, on_visible_deals
from approvals.views.looking import PageRequest
from approvals.views.people import Words, seats_as_people, votes_as_people
from journal import pdf
from journal.models import Event
from mandates.engine import canonical, digest
from teams.models import Organisation
from teams.permissions import Person
from teams.sight import CostView

PARTS = ("case", "answer")
VOID = ("withdrawn", "lapsed", "declined")
PAPER = "approvals/receipt_pdf.html"


@require_safe
@login_required
def receipt(request: PageRequest, pk: int) -> HttpResponse:
    """Show one decision as its receipt."""
    context = _shown(*_found(request, pk))
    urls = {"pdf_url": f"/decisions/{pk}/receipt.pdf", "proof_url": f"/decisions/{pk}/receipt.json"}
    context |= {**urls, "pdf_offered": pdf.available(), "pdf_missing": pdf.MISSING}
    return render(request, "approvals/receipt.html", context)


@require_safe
@login_required
def receipt_pdf(request: PageRequest, pk: int) -> HttpResponse:
    """Give the same receipt as a PDF."""
    context = _shown(*_found(request, pk)) | {"organisation": request.organisation}
    name = _pdf_name(context["decision"])
    return pdf.answer(request, PAPER, context, name=name, page=f"/decisions/{pk}/", sha256=context["answer_hash"])


@require_safe
@login_required
def receipt_proof(request: PageRequest, pk: int) -> HttpResponse:
    """Give what proves the receipt as one file, to be kept beside the PDF that this reader downloads."""
    decision, view = _found(request, pk)
    name, text = proof_text(decision, view, request.organisation, timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


def proof_text(decision: Decision, view: CostView, organisation: Organisation, at: datetime) -> tuple[str, str]:
    """Return the name of what proves a receipt, and the file, for a reader who is shown costs like this."""
    context = _shown(decision, view) | {"organisation": organisation}
    mark = context["mark"]
    paper = pdf.made(PAPER, context, page=f"/decisions/{decision.pk}/", sha256=context["answer_hash"])
    text = proof.written(
        decision,
        known=context["known"],
        sees_cost=view.figures,
        standing=mark["standing"] if mark else "valid",
        event=context["event"],
        pdf=None if paper is None else (_pdf_name(decision), paper),
        at=at,
    )
    return f"{_name(decision)}-receipt.json", text


def _pdf_name(decision: Decision) -> str:
    return f"{_name(decision)}-receipt.pdf"


def _shown(decision: Decision, view: CostView) -> dict[str, Any]:
    """Return what a receipt says to a reader who is shown costs like this."""
    cost = view.figures
    revision, deal = decision.revision, decision.revision.deal
    case, answer = documents_of(decision)
    names = names_of(case["deal"])
    known = documents_as_known(case, answer, sees_cost=cost)
    round = ConsentRound.objects.filter(revision=revision).first()
    seats = list(round.seats.select_related("user").order_by("user__name")) if round else []
    shown = revision.cases.select_related("committee").prefetch_related(
        "votes__past", "electors__user", "electors__substitution__member", "recusals"
    )
    words = Words(names.products, deal.currency, cost)
    cases = list(shown.order_by("id"))
    return {
        "decision": decision,
        "revision": revision,
        "deal": deal,
        "sentence": _said(decision, answer, names, round, cases),
        "mark": _mark(decision),
        "lines": lines_of(case["deal"], names.products, sees_cost=cost, bands=view.bands),
        "totals": totals_of(case["deal"], sees_cost=cost, bands=view.bands),
        "groups": findings_of(decision, sees_cost=cost, names=names),
        "version": decision.mandate_version if cost or names_mandate(case) else None,
        "approvals_counted": len(case["approvals"]),
        "seats": seats_as_people(seats),
        "cases": [_case(one, words) for one in cases],
        "sees_cost": cost,
        "known": known,
        "case_hash": decision.case_sha256 if cost else digest(known[0]),
        "answer_hash": decision.answer_sha256 if cost else digest(known[1]),
        "facts_hash": revision.sha256 if cost else "",
        "event": _event(decision),
    }


def _case(case: Case, words: Words) -> dict[str, Any]:
    """Return a case as a receipt tells it: who voted how, and the bounded yeses that the committee adopted."""
    adopted = case.counter_proposals.exclude(adopted_at=None).order_by("number")
    return {
        "case": case,
        "people": votes_as_people(case, words),
        "counters": [{"counter": one, "sentence": words.conditions(one.figures, one.until)} for one in adopted],
    }


def _event(decision: Decision) -> Event | None:
    """Return the journal's event that tells of the decision."""
    told = Event.objects.filter(
        subjects__kind="deal", subjects__identifier=decision.revision.deal.reference, at=decision.at
    )
    return next((one for one in told.order_by("sequence") if json.loads(one.data).get("decision") == decision.pk), None)


@require_safe
@login_required
def document(request: PageRequest, pk: int, part: str) -> HttpResponse:
    """Give the case or the answer, byte for byte as its hash was taken."""
    if part not in PARTS:
        raise Http404
    decision, view = _found(request, pk)
    if view.figures:
        text = decision.case_document if part == "case" else decision.answer_document
    else:
        known = documents_as_known(*documents_of(decision), sees_cost=False)
        text = canonical(known[PARTS.index(part)])
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{_name(decision)}-{part}.json"'
    return response


def _name(decision: Decision) -> str:
    """Return what files about a decision begin with."""
    return f"{decision.revision.deal.reference}-{decision.revision.number}-{decision.number}"


def _found(request: PageRequest, pk: int) -> tuple[Decision, CostView]:
    return found(request.person, request.organisation, pk)


def found(person: Person, organisation: Organisation, pk: int) -> tuple[Decision, CostView]:
    """Return the decision if the reader may see its deal, and how costs are shown. Raises: Http404."""
    decisions = Decision.objects.filter(on_visible_deals(person, "revision__deal_id")).select_related(
        "revision__deal__team",
        "revision__deal__customer",
        "revision__deal__latest",
        "revision__submitted_by",
        "mandate_version__mandate",
        "mandate_version__answered_by",
    )
    decision = get_object_or_404(decisions, pk=pk)
    deal = decision.revision.deal
    return decision, cost_shown(deal, person, organisation, about(deal))


def _said(
    decision: Decision, answer: dict[str, Any], names: Names, round: ConsentRound | None, cases: list[Case]
) -> str:
    """Return what was decided: a judgement made after everybody asked said yes is the yes itself."""
    inside = answer["outcome"] in ("member", "team")
    voted = all(case.state == Case.State.APPROVED for case in cases)
    if decision.cause == Decision.Cause.CASE and inside and cases and voted:
        return _("Yes: every committee that was asked approved it.")
    if decision.cause == Decision.Cause.COUNTER and inside:
        return _("Yes: it lies inside a counter-proposal that the committee adopted and the team took up.")
    consented = round is not None and round.state == ConsentRound.State.CONSENTED
    if decision.cause == Decision.Cause.CONSENT and inside and consented:
        return _("Yes: the colleagues who were needed consented.")
    return sentence(answer, names, People(), Reader(of_team=False))


def _mark(decision: Decision) -> dict[str, str] | None:
    """Return what has come after this decision, where something has."""
    revision, deal = decision.revision, decision.revision.deal
    if deal.latest_id != revision.pk and deal.latest is not None:
        return {
            "standing": "superseded",
            "title": _("Superseded"),
            "text": _("Revision %(number)s was submitted afterwards.") % {"number": deal.latest.number},
        }
    later = Decision.objects.filter(revision=revision, number__gt=decision.number).order_by("-number").first()
    if later is not None:
        return {
            "standing": "superseded",
            "title": _("Superseded"),
            "text": _("The same revision was judged again: decision %(number)s.") % {"number": later.number},
            "url": f"/decisions/{later.pk}/",
        }
    if deal.state in VOID:
        text = _("The deal is %(state)s: nothing may be agreed on this any more.")
        said = text % {"state": deal.get_state_display()}
        return {"standing": "void", "title": _("Void"), "text": said}
    if Case.objects.filter(revision=revision, approvals__proposal=None, approvals__revocation__isnull=False).exists():
        return {
            "standing": "revoked",
            "title": _("Approval revoked"),
            "text": _("What was approved under it stays approved."),
        }
    return None
