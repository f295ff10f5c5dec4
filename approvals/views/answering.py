"""What a committee asks and proposes, and what the team answers: each POST is one action, then the case again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals.actions import counter as counters
from approvals.actions.asking import answer_point, take_back_request
from approvals.actions.asking import request as ask_the_team
from approvals.countering import countered
from approvals.forms.figures import FiguresForm
from approvals.forms.moves import AnswerForm, CounterVoteForm, OptionalReasonForm, ReasonForm, RequestForm
from approvals.models import AskedPoint, Case, CaseRequest, CounterProposal
from approvals.shown import names_of
from approvals.sight import about_case
from approvals.views.case_answers import ask_shown, figures_form, preview_of
from approvals.views.cases import UNREADABLE, case_page
from approvals.views.desk_page import edition_of
from approvals.views.looking import PageRequest, case_of
from approvals.views.people import Words
from approvals.views.weighty import asked_again
from journal.refusals import Invalid
from teams.permissions import may


def _done(request: PageRequest, case: Case, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("approvals:case", pk=case.pk)


def _with_form(
    request: PageRequest, case: Case, name: str, form: forms.Form, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Do what a readable form asks for; show the page with one that cannot be read."""
    if not form.is_valid():
        return case_page(request, case, sent={name: form}, status=UNREADABLE)
    return _done(request, case, act(form.cleaned_data))


# --- points ---


@require_POST
@login_required
def ask(request: PageRequest, pk: int) -> HttpResponse:
    """Ask the team for changes or information."""
    case = case_of(request, pk)
    form = RequestForm(request.POST, prefix="request")

    def act(values: dict[str, Any]) -> str:
        ask_the_team(
            case=case,
            by=request.user,
            at=timezone.now(),
            kind=values["kind"],
            points=form.asked(),
            reason=values["reason"],
            edition=edition_of(request),
        )
        return _("The team is asked; the clock stands still until it has answered.")

    return _with_form(request, case, "request_form", form, act)


@require_POST
@login_required
def answer(request: PageRequest, pk: int, point_id: int) -> HttpResponse:
    """Tick a point off with its answer."""
    case = case_of(request, pk)
    points = AskedPoint.objects.select_related("request__case")
    point = get_object_or_404(points, pk=point_id, request__case=case)

    def act(values: dict[str, Any]) -> str:
        asked = answer_point(point=point, by=request.user, at=timezone.now(), answer=values["answer"])
        if asked.state == CaseRequest.State.ANSWERED:
            return _("Every point is answered; the committee goes on.")
        return _("Your answer is on record.")

    return _with_form(request, case, "answer_form", AnswerForm(request.POST), act)


@require_POST
@login_required
def take_back(request: PageRequest, pk: int, request_id: int) -> HttpResponse:
    """Take back what was asked."""
    case = case_of(request, pk)
    asked = get_object_or_404(case.requests.select_related("case"), pk=request_id)
    take_back_request(request=asked, by=request.user, at=timezone.now())
    return _done(request, case, _("It is taken back; the team need not answer."))


# --- counter-proposals ---


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def propose(request: PageRequest, pk: int) -> HttpResponse:
    """Write a counter-proposal, look at what it would allow, and propose it."""
    case = case_of(request, pk)
    _must_be_elector(request, case)
    shown = ask_shown(request, case)
    names = names_of(shown.deal)
    data = request.POST if request.method == "POST" else None
    form = figures_form(shown, names.products, data=data, prefix="figures")
    reason = OptionalReasonForm(data, prefix="figures")
    bounded = None
    if data is not None and form.is_valid() and reason.is_valid():
        try:
            if request.POST.get("step") == "propose":
                return _proposed(request, case, form, reason.cleaned_data["reason"])
            own = case.cause != Case.Cause.LIMIT
            bounded = countered(shown, form.figures(), form.cleaned_data["until"], own=own)
        except Invalid as refusal:
            form.add_error("until" if refusal.path == "until" else None, refusal.detail)
    context = {
        "case": case,
        "deal": case.deal,
        "form": form,
        "reason_form": reason,
        "preview": preview_of(bounded, shown, Words(names.products, case.deal.currency, True), names.committees)
        if bounded is not None
        else None,
    }
    return render(request, "approvals/counter.html", context, status=UNREADABLE if form.errors else 200)


def _must_be_elector(request: PageRequest, case: Case) -> None:
    """Let in only those who may propose. Raises: Http404."""
    if case.state != Case.State.OPEN or not may("case.propose", request.person, about_case(case)):
        raise Http404


def _proposed(request: PageRequest, case: Case, form: FiguresForm, reason: str) -> HttpResponse:
    made = counters.propose(
        case=case,
        by=request.user,
        at=timezone.now(),
        figures=form.figures(),
        until=form.cleaned_data["until"],
        reason=reason,
        edition=edition_of(request),
    )
    return _done(request, case, _after(made, _("Your counter-proposal is there; the others vote on it.")))


def _after(proposal: CounterProposal, otherwise: str) -> str:
    return {
        CounterProposal.State.ADOPTED: _("The counter-proposal is adopted: the team may take it up."),
        CounterProposal.State.REJECTED: _("The counter-proposal is rejected."),
    }.get(CounterProposal.State(proposal.state), otherwise)


def _proposal(request: PageRequest, pk: int, number: int) -> tuple[Case, CounterProposal]:
    case = case_of(request, pk)
    own = get_object_or_404(CounterProposal.objects.select_related("case__deal"), case=case, number=number)
    return case, own


@require_POST
@login_required
def vote_on(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """Vote on a counter-proposal."""
    case, own = _proposal(request, pk, number)

    def act(values: dict[str, Any]) -> str:
        voted = counters.vote_on(
            proposal=own,
            by=request.user,
            at=timezone.now(),
            choice=values["choice"],
            reason=values["reason"],
            edition=edition_of(request),
        )
        return _after(voted, _("Your vote on the counter-proposal is counted."))

    form = CounterVoteForm(request.POST, prefix="counter")
    if form.is_valid() and (again := asked_again(request, case, doing=_("Vote on it"))):
        return again
    return _with_form(request, case, "counter_vote_form", form, act)


@require_POST
@login_required
def take_back_counter(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """Take one's own counter-proposal back."""
    case, own = _proposal(request, pk, number)
    counters.take_back(proposal=own, by=request.user, at=timezone.now())
    return _done(request, case, _("The counter-proposal is taken back."))


@require_POST
@login_required
def accept(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """Take a counter-proposal up, as the team."""
    case, own = _proposal(request, pk, number)
    decision = counters.accept(
        proposal=own, by=request.user, at=timezone.now(), expected=request.POST.get("expected") or None
    )
    said = _("Taken up: the revision inside the counter-proposal is approved.")
    if decision.outcome == "committee":
        said = _("Taken up: the revision is submitted, and the other committee is asked.")
    messages.success(request, said)
    return redirect("approvals:deal", case.deal.reference)


@require_POST
@login_required
def go_on(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """Leave a counter-proposal aside, as the team."""
    case, own = _proposal(request, pk, number)

    def act(values: dict[str, Any]) -> str:
        counters.go_on(proposal=own, by=request.user, at=timezone.now(), reason=values["reason"])
        return _("The committee goes on with what you ask.")

    return _with_form(request, case, "go_on_form", ReasonForm(request.POST, prefix="go-on"), act)
