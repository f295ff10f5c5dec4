"""The budgets of a mandate with every movement in them, and opening balances."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.paging import page
from journal.refusals import Refusal
from mandates.actions import open_balance
from mandates.documents import document_of
from mandates.forms.opening import OpeningForm
from mandates.models import Budget, BudgetOpening, LedgerEntry, Mandate, MandateVersion
from mandates.phrases import day_text, figure
from mandates.views.looking import PageRequest, mandate_of
from mandates.views.mandates import version_in_force
from mandates.views.reading import PERIODS
from teams.models import Team
from teams.permissions import may

MOST_OPENINGS = 60


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ledger(request: PageRequest, code: str) -> HttpResponse:
    """Show the budgets of a mandate and every movement in them, newest first; take an opening balance."""
    mandate = mandate_of(request, code)
    version = version_in_force(mandate) if may("budget.open", request.person) else None
    form = None if version is None else _opening_form(request, version)
    if request.method == "POST":
        if form is None or version is None:
            raise Http404
        if form.is_valid() and _opened(request, version, form):
            return redirect("mandates:budget", code=code)
    return _ledger_page(request, mandate, form)


def _ledger_page(request: PageRequest, mandate: Mandate, form: OpeningForm | None) -> HttpResponse:
    code = mandate.code
    budgets = Budget.objects.filter(mandate=mandate).select_related("team", "customer")
    chosen = _chosen(request, budgets)
    entries = LedgerEntry.objects.filter(budget__mandate=mandate).select_related(
        "budget__team", "budget__customer", "by"
    )
    if chosen is not None:
        entries = entries.filter(budget=chosen)
    found = page(entries, request.GET)
    context = {
        "mandate": mandate,
        "chosen": chosen,
        "budgets": [_balance(budget) for budget in budgets.order_by("-starts_on", "id")[:60]],
        "entries": [_entry(entry) for entry in found.items],
        "page": found,
        "openings": _openings(mandate, chosen),
        "form": form,
        "crumbs": [{"url": "/mandates/", "label": _("Mandates")}, {"url": f"/mandates/{code}/", "label": mandate.name}],
    }
    return render(request, "mandates/budget.html", context, status=422 if form is not None and form.is_bound else 200)


# --- opening balances ---


def _opening_form(request: PageRequest, version: MandateVersion) -> OpeningForm | None:
    """Return the form over the budgets that the version grants; None where it grants none."""
    rows = document_of(version).get("budgets", [])
    teams = version.holders.select_related("team").order_by("team__name")
    choices = []
    for row in rows:
        period = str(PERIODS[row["period"]])
        if row["per"] == Budget.Per.TEAM:
            choices += [(f"{holder.team.code}:{row['period']}", f"{holder.team.name}, {period}") for holder in teams]
        else:
            choices.append((f"customer:{row['period']}", f"{_('each customer')}, {period}"))
    return OpeningForm(request.POST if request.method == "POST" else None, choices=choices) if choices else None


def _opened(request: PageRequest, version: MandateVersion, form: OpeningForm) -> bool:
    """Enter the balance; a refusal is shown at its field."""
    values = form.cleaned_data
    receiver, _colon, period = values["budget"].rpartition(":")
    customer = values.get("found_customer")
    team = None if receiver == "customer" else Team.objects.filter(code=receiver).first()
    try:
        open_balance(
            version=version,
            team=team,
            customer=customer,
            period=period,
            by=request.user,
            at=timezone.now(),
            amount=values["amount"],
            reason=values["reason"],
        )
    except Refusal as refusal:
        form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        return False
    messages.success(request, _("The opening balance is entered."))
    return True


def _openings(mandate: Mandate, chosen: Budget | None) -> list[dict[str, Any]]:
    found = BudgetOpening.objects.filter(budget__mandate=mandate).order_by("-id")
    if chosen is not None:
        found = found.filter(budget=chosen)
    return [
        {
            "opening": one,
            "receiver": one.budget.team or one.budget.customer,
            "amount": figure(one.amount, "money", one.budget.currency),
        }
        for one in found.select_related("budget__team", "budget__customer", "by")[:MOST_OPENINGS]
    ]


def _chosen(request: PageRequest, budgets: Any) -> Budget | None:
    text = request.GET.get("budget", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    return budgets.filter(pk=text).first()


def _balance(budget: Budget) -> dict[str, Any]:
    def money(amount: Any) -> str:
        return figure(amount, "price", budget.currency)

    left = max(budget.room - budget.held - budget.committed, 0)
    return {
        "budget": budget,
        "receiver": budget.team or budget.customer,
        "starts": day_text(budget.starts_on),
        "ends": day_text(budget.ends_on),
        "amount": money(budget.amount),
        "carried": money(budget.carried) if budget.carried else "",
        "held": money(budget.held),
        "committed": money(budget.committed),
        "extended": money(budget.extended) if budget.extended else "",
        "left": money(left),
    }


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    deal = entry.revision.rpartition("/")[0]
    return {
        "entry": entry,
        "receiver": entry.budget.team or entry.budget.customer,
        "amount": figure(entry.amount, "price", entry.budget.currency),
        "deal": deal,
        "period": day_text(entry.budget.starts_on),
    }
