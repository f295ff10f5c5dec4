"""A proposed change of a committee: read it, confirm it, decline it, take it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.refusals import Invalid
from teams import actions, leaving
from teams.actions.answering import about_change
from teams.changes import told
from teams.forms.places import DeclineForm
from teams.models import CommitteeChange
from teams.permissions import may
from teams.reasons import SENTENCES
from teams.views.committees import crumbs
from teams.views.requests import PageRequest, posted, reader

BAD = 422


def _change(code: str, pk: int) -> CommitteeChange:
    rows = CommitteeChange.objects.select_related("committee", "proposed_by", "answered_by")
    return get_object_or_404(rows, pk=pk, committee__code=code)


@reader("committee.manage", "committee.confirm")
def change(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Show a proposed change, and what may be done with it."""
    return _page(request, _change(code, pk), DeclineForm())


def _page(request: PageRequest, row: CommitteeChange, form: DeclineForm, status: int = 200) -> HttpResponse:
    about = about_change(row)
    is_open = row.state == CommitteeChange.State.PROPOSED
    confirms = may("committee.confirm", request.person, about)
    context = {
        "told": told(row),
        "change": row,
        "is_open": is_open,
        "may_confirm": is_open and bool(confirms),
        "may_take_back": is_open and bool(may("committee.take_back", request.person, about)),
        "why_not": _(SENTENCES[confirms.reason]) if is_open and not confirms else "",
        "matters": leaving.of_committee(row.committee_id) if is_open else [],
        "form": form,
        "crumbs": crumbs(row.committee),
    }
    return render(request, "teams/committee_change.html", context, status=status)


@reader("committee.manage", "committee.confirm")
def confirm(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Let a proposed change happen."""
    row = _change(code, pk)
    if request.method == "POST":
        actions.confirm_change(change=row, by=request.user, at=timezone.now())
        messages.success(request, _("Confirmed: it is so from today."))
    return redirect("teams:committee", code)


@reader("committee.manage", "committee.confirm")
def decline(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Decline a proposed change, and say why."""
    row = _change(code, pk)
    if request.method != "POST":
        return redirect("teams:committee_change", code, pk)
    form = DeclineForm(posted(request))
    if form.is_valid():
        try:
            actions.decline_change(change=row, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Declined."))
            return redirect("teams:committee", code)
    return _page(request, row, form, status=BAD)


@reader("committee.manage")
def take_back(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Take back what one proposed."""
    row = _change(code, pk)
    if request.method == "POST":
        actions.take_back_change(change=row, by=request.user, at=timezone.now())
        messages.success(request, _("Taken back."))
    return redirect("teams:committee", code)
