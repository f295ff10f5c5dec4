"""What a deal's team and its colleagues do with a deal: each POST is one action, then the deal's page again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.actions.consent import escalate as escalate_objection
from approvals.actions.consent import give_consent, object_to, withdraw_objection
from approvals.actions.consent import reply as reply_to
from approvals.actions.draft import copy_deal
from approvals.actions.files import detach
from approvals.actions.outcome import lose as lose_deal
from approvals.actions.outcome import reopen as reopen_deal
from approvals.actions.outcome import win as win_deal
from approvals.actions.submit import withdraw as withdraw_deal
from approvals.actions.talk import remark
from approvals.actions.vote import revoke_approval
from approvals.forms.advice import RemarkForm
from approvals.forms.moves import ConsentForm, OptionalReasonForm, ReasonForm, ReplyForm, ResultForm
from approvals.models import ConsentRound, ConsentSeat, Deal
from approvals.views.deal_page import deal_page
from approvals.views.desk_page import edition_of
from approvals.views.looking import PageRequest, deal_of, today_of
from approvals.views.saving import keep_files

UNREADABLE = 422


def _done(request: PageRequest, deal: Deal, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("approvals:deal", deal.reference)


def _with_form(
    request: PageRequest,
    deal: Deal,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    """Do what a readable form asks for; show the page with an unreadable one."""
    if not form.is_valid():
        return deal_page(request, deal, forms={name: form, "wrong_form": form}, status=UNREADABLE)
    return _done(request, deal, act(form.cleaned_data))


@require_POST
@login_required
def withdraw(request: PageRequest, reference: str) -> HttpResponse:
    """Take the deal back."""
    deal = deal_of(request, reference)

    def act(values: dict[str, Any]) -> str:
        withdraw_deal(
            deal=deal, by=request.user, at=timezone.now(), reason=values["reason"], edition=edition_of(request)
        )
        return _("The deal is withdrawn; nobody needs to answer any more.")

    form = OptionalReasonForm(request.POST, prefix="withdraw")
    return _with_form(request, deal, "withdraw_form", form, act)


@require_POST
@login_required
def win(request: PageRequest, reference: str) -> HttpResponse:
    """Enter that the customer took it."""
    deal = deal_of(request, reference)

    def act(values: dict[str, Any]) -> str:
        win_deal(
            deal=deal,
            by=request.user,
            at=timezone.now(),
            closed_on=values["closed_on"],
            edition=edition_of(request),
        )
        return _("Won. Congratulations to the team.")

    form = ResultForm(request.POST, prefix="win", day=today_of(request))
    return _with_form(request, deal, "win_form", form, act)


@require_POST
@login_required
def lose(request: PageRequest, reference: str) -> HttpResponse:
    """Enter that the customer did not take it."""
    deal = deal_of(request, reference)

    def act(values: dict[str, Any]) -> str:
        lose_deal(
            deal=deal,
            by=request.user,
            at=timezone.now(),
            closed_on=values["closed_on"],
            why=values["why"],
            edition=edition_of(request),
        )
        return _("Recorded as lost; what it held of the budget is free again.")

    form = ResultForm(request.POST, prefix="lose", day=today_of(request))
    return _with_form(request, deal, "lose_form", form, act)


@require_POST
@login_required
def reopen(request: PageRequest, reference: str) -> HttpResponse:
    """Undo a result that somebody else entered by mistake."""
    deal = deal_of(request, reference)

    def act(values: dict[str, Any]) -> str:
        reopened = reopen_deal(
            deal=deal, by=request.user, at=timezone.now(), reason=values["reason"], edition=edition_of(request)
        )
        if reopened.state == "draft":
            return _("The result is undone. Its yes no longer holds, so submit the deal again.")
        return _("The result is undone; the deal is approved as before.")

    form = ReasonForm(request.POST, prefix="reopen")
    return _with_form(request, deal, "reopen_form", form, act)


@require_POST
@login_required
def copy(request: PageRequest, reference: str) -> HttpResponse:
    """Begin another deal with the same draft."""
    made = copy_deal(deal=deal_of(request, reference), by=request.user, at=timezone.now())
    messages.success(request, _("This is a copy of %(reference)s.") % {"reference": reference})
    return redirect("approvals:edit", made.reference)


@require_POST
@login_required
def files(request: PageRequest, reference: str) -> HttpResponse:
    """Keep files with the deal."""
    deal = deal_of(request, reference)
    if keep_files(request, deal):
        messages.success(request, _("Kept with the deal."))
    return redirect("approvals:deal", deal.reference)


@require_POST
@login_required
def drop_file(request: PageRequest, reference: str, attachment_id: int) -> HttpResponse:
    """Remove a file that nobody has been asked about yet."""
    deal = deal_of(request, reference)
    attachment = get_object_or_404(deal.attachments.select_related("deal"), pk=attachment_id)
    detach(attachment=attachment, by=request.user, at=timezone.now())
    return _done(request, deal, _("The file is removed."))


# --- colleagues ---


def _open_round(deal: Deal) -> ConsentRound:
    return get_object_or_404(ConsentRound.objects.select_related("revision"), revision=deal.latest_id)


@require_POST
@login_required
def consent(request: PageRequest, reference: str) -> HttpResponse:
    """Answer as a colleague: consent, or object with a reason."""
    deal = deal_of(request, reference)
    seat = get_object_or_404(_seats(deal), user=request.user)

    def act(values: dict[str, Any]) -> str:
        if values["answer"] == ConsentSeat.Answer.OBJECTION:
            object_to(seat=seat, by=request.user, at=timezone.now(), reason=values["reason"])
            return _("Your objection is on record; the team will answer it.")
        give_consent(seat=seat, by=request.user, at=timezone.now(), reason=values["reason"])
        return _("Thank you: you consented.")

    return _with_form(request, deal, "consent_form", ConsentForm(request.POST), act)


@require_POST
@login_required
def withdraw_own_objection(request: PageRequest, reference: str) -> HttpResponse:
    """Take one's own objection back."""
    deal = deal_of(request, reference)
    seat = get_object_or_404(_seats(deal), user=request.user)
    withdraw_objection(seat=seat, by=request.user, at=timezone.now())
    return _done(request, deal, _("Your objection is withdrawn. You may consent now, or leave it to the others."))


@require_POST
@login_required
def reply(request: PageRequest, reference: str, seat_id: int) -> HttpResponse:
    """Answer a colleague's objection."""
    deal = deal_of(request, reference)
    seat = get_object_or_404(_seats(deal), pk=seat_id)

    def act(values: dict[str, Any]) -> str:
        reply_to(seat=seat, by=request.user, at=timezone.now(), text=values["text"])
        return _("Your reply is on record, and %(name)s is told.") % {"name": seat.user.name}

    return _with_form(request, deal, "reply_form", ReplyForm(request.POST), act)


@require_POST
@login_required
def escalate(request: PageRequest, reference: str) -> HttpResponse:
    """Take an objection to the mandate's committee."""
    deal = deal_of(request, reference)
    case = escalate_objection(round=_open_round(deal), by=request.user, at=timezone.now())
    if case is None:
        return _done(request, deal, _("It was judged again, and no committee is asked any more."))
    return _done(request, deal, _("%(committee)s is asked to decide.") % {"committee": case.committee.name})


@require_POST
@login_required
def say(request: PageRequest, reference: str) -> HttpResponse:
    """Say something in the talk beneath the round."""
    deal = deal_of(request, reference)

    def act(values: dict[str, Any]) -> str:
        remark(round=_open_round(deal), by=request.user, at=timezone.now(), text=values["remark"])
        return _("Said; those who were asked are told.")

    return _with_form(request, deal, "remark_form", RemarkForm(request.POST), act)


def _seats(deal: Deal) -> Any:
    return ConsentSeat.objects.filter(round__revision=deal.latest_id).select_related("round__revision", "user")


@require_POST
@login_required
def revoke(request: PageRequest, reference: str, approval_id: int) -> HttpResponse:
    """End a committee's yes before its date."""
    deal = deal_of(request, reference)
    approval = get_object_or_404(deal.approvals.select_related("case__committee"), pk=approval_id)

    def act(values: dict[str, Any]) -> str:
        revoke_approval(approval=approval, by=request.user, at=timezone.now(), reason=values["reason"])
        return _("The approval is revoked.")

    form = ReasonForm(request.POST, prefix=f"revoke-{approval.pk}")
    return _with_form(request, deal, "revoke_form", form, act)
