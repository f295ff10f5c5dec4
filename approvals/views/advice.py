"""Advice on a deal: whom to ask and why them, the question's own page, the answer and the thanks."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.actions.advise import ask_for_advice, give_advice, pass_question, thank, withdraw_question
from approvals.evidence import families_of, sought_of, who_knows
from approvals.forms.advice import AdviceForm, AskAdviceForm, SeekForm, ThanksForm
from approvals.knowing import Named, as_document, from_document
from approvals.models import Advice, Deal
from approvals.readings.advice import why_named
from approvals.sight import about, about_advice, visible_advice, visible_deals
from approvals.views.looking import PageRequest, deal_crumbs, deal_of
from journal.refusals import Conflict, Invalid
from mandates.phrases import metric_label
from teams.models import Membership, User
from teams.permissions import COACH, may, require

MOST_NAMED = 8
# how many are asked where a question goes to whoever knows
WHOEVER_COUNT = 3
UNREADABLE = 422


# --- asking ---


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: PageRequest, reference: str) -> HttpResponse:
    """Show whom to ask about a deal and why them, and put the question."""
    deal = deal_of(request, reference)
    require("advice.ask", request.person, about(deal))
    if request.method != "POST":
        return _ask_page(request, deal, AskAdviceForm(initial={"clause": request.GET.get("clause", "")}))
    form = AskAdviceForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, deal, form, status=UNREADABLE)
    try:
        asked = _put(request, deal, form)
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        return _ask_page(request, deal, form, status=refusal.status)
    names = ", ".join(one.asked_of.name for one in asked)
    messages.success(request, _("Your question is put to %(names)s.") % {"names": names})
    return redirect("approvals:deal", deal.reference)


def _put(request: PageRequest, deal: Deal, form: AskAdviceForm) -> list[Advice]:
    """Put the question to those chosen, and to whoever knows where that was asked. Raises: Invalid, Conflict."""
    values = form.cleaned_data
    named = _named(request, deal, clause=values["clause"], text=values["question"])
    chosen = form.chosen
    if form.asks_whoever:
        waiting = _asked_already(deal)
        chosen += [one.person_id for one in named if one.person_id not in waiting][:WHOEVER_COUNT]
        if not chosen:
            detail = _("Nobody is known yet who knows about this. Choose somebody below.")
            raise Invalid("nobody_known", detail, path="people")
    people = {person.pk: person for person in User.objects.filter(pk__in=chosen)}
    return ask_for_advice(
        deal=deal,
        by=request.user,
        at=timezone.now(),
        people=[people[person] for person in dict.fromkeys(chosen) if person in people],
        question=values["question"],
        clause=values["clause"],
        named_for={one.person_id: as_document(one.reasons) for one in named},
    )


def _named(request: PageRequest, deal: Deal, *, clause: str, text: str) -> list[Named]:
    return who_knows(deal, sought_of(deal, clause=clause, text=text), without=[request.user.pk])


def _asked_already(deal: Deal) -> set[int]:
    return set(deal.advice.filter(state=Advice.State.ASKED).values_list("asked_of_id", flat=True))


def _ask_page(request: PageRequest, deal: Deal, form: AskAdviceForm, *, status: int = 200) -> HttpResponse:
    """Render the page; whom it offers depends on the deal and on what is looked for."""
    seek = SeekForm(request.GET)
    seek.is_valid()
    data = form.data if form.is_bound else request.GET
    clause, text = str(data.get("clause", "")), str(data.get("question", "") or data.get("q", ""))
    clause = clause if clause in dict(form.fields["clause"].choices) else ""  # type: ignore[attr-defined]
    named = _named(request, deal, clause=clause, text=text)
    waiting = _asked_already(deal)
    chosen = set(form.data.getlist("people")) if form.is_bound else set()  # type: ignore[attr-defined]
    groups = _groups(request, deal, named[:MOST_NAMED], waiting, chosen)
    first = [option["name"] for option in groups[0]["options"]][:WHOEVER_COUNT] if named else []
    context = {
        "deal": deal,
        "form": form,
        "seek": seek,
        "groups": groups,
        "whoever": ", ".join(first),
        "whoever_chosen": "whoever" in chosen,
        "crumbs": deal_crumbs(deal),
    }
    return render(request, "approvals/ask_advice.html", context, status=status)


def _groups(
    request: PageRequest, deal: Deal, named: Sequence[Named], waiting: set[int], chosen: set[str]
) -> list[dict[str, Any]]:
    """Return whom to ask: those who may know, the coaches, the colleagues; everybody once, who is asked already not."""
    places = Membership.objects.filter(team=deal.team.speaker_id, ended_on=None, user__is_active=True)
    team = list(places.select_related("user").exclude(user=request.user).order_by("user__name"))
    here = {row.user_id for row in team}
    people = {user.pk: user for user in User.objects.filter(pk__in=[one.person_id for one in named])}
    gone = waiting | {request.user.pk}
    groups = [
        (_("Who may know"), [_option(people[one.person_id], one, here) for one in named if one.person_id not in gone])
    ]
    gone = gone | {one.person_id for one in named}
    for label, is_coach in ((_("Your coach"), True), (_("Your colleagues"), False)):
        rows = [row for row in team if (row.role == COACH) is is_coach and row.user_id not in gone]
        groups.append((label, [_option(row.user, None, here) for row in rows]))
    for _label, options in groups:
        for option in options:
            option["checked"] = str(option["value"]) in chosen
    return [{"label": label, "options": options} for label, options in groups if options]


def _option(user: User, named: Named | None, here: set[int]) -> dict[str, Any]:
    return {
        "value": user.pk,
        "name": user.name,
        "why": why_named(named.reasons) if named else [],
        # who is not of the team sees the question, and of the deal its customer and products alone
        "outside": user.pk not in here,
    }


# --- the question ---


def _question(request: PageRequest, pk: int) -> Advice:
    rows = visible_advice(request.person).select_related(
        "deal__team", "deal__customer", "deal__contact", "asked_by", "asked_of", "thanked_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
@login_required
def advice(request: PageRequest, pk: int) -> HttpResponse:
    """Show one question with its answer."""
    return _page(request, _question(request, pk))


def _page(request: PageRequest, one: Advice, *, status: int = 200, **forms: Any) -> HttpResponse:
    known = about_advice(one)
    sees_deal = visible_deals(request.person).filter(pk=one.deal_id).exists()
    context = {
        "advice": one,
        "deal": one.deal,
        "sees_deal": sees_deal,
        "families": families_of(one.deal),
        "clause": metric_label(one.clause) if one.clause else "",
        "why": why_named(from_document(one.named_for)),
        "is_mine": one.asked_of_id == request.user.pk,
        "may_answer": one.state == Advice.State.ASKED and bool(may("advice.answer", request.person, known)),
        "may_thank": one.state == Advice.State.ANSWERED and bool(may("advice.thank", request.person, known)),
        "may_withdraw": one.state == Advice.State.ASKED and bool(may("advice.ask", request.person, known)),
        "form": AdviceForm(),
        "thanks_form": ThanksForm(),
        "crumbs": deal_crumbs(one.deal) if sees_deal else [{"url": reverse("approvals:today"), "label": _("Today")}],
        **forms,
    }
    return render(request, "approvals/advice.html", context, status=status)


def _done(request: PageRequest, one: Advice, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("approvals:advice", pk=one.pk)


@require_POST
@login_required
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Answer a question that was put to oneself."""
    one, form = _question(request, pk), AdviceForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form=form, status=UNREADABLE)
    give_advice(advice=one, by=request.user, at=timezone.now(), text=form.cleaned_data["text"])
    return _done(request, one, _("Your advice is on record, and %(name)s is told.") % {"name": one.asked_by.name})


@require_POST
@login_required
def pass_on(request: PageRequest, pk: int) -> HttpResponse:
    """Say that one does not know."""
    one = pass_question(advice=_question(request, pk), by=request.user, at=timezone.now())
    return _done(request, one, _("Thank you: somebody else is asked."))


@require_POST
@login_required
def say_thanks(request: PageRequest, pk: int) -> HttpResponse:
    """Thank for an answer."""
    one, form = _question(request, pk), ThanksForm(request.POST)
    if not form.is_valid():
        return _page(request, one, thanks_form=form, status=UNREADABLE)
    thank(advice=one, by=request.user, at=timezone.now(), text=form.cleaned_data["thanks"])
    return _done(request, one, _("%(name)s reads your thanks.") % {"name": one.asked_of.name})


@require_POST
@login_required
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take a question back."""
    one = withdraw_question(advice=_question(request, pk), by=request.user, at=timezone.now())
    return _done(request, one, _("The question is taken back."))
