"""The deal desk's page: everything around the form, and the answer beside it."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.catalogue_search import is_large, offered
from approvals.deal_sections import of_desk
from approvals.desk import SAVING, Desk
from approvals.forms.meeting import state_of, state_text
from approvals.judging import Preview, preview
from approvals.models import Deal
from approvals.readings.verdict import Reader, Verdict
from approvals.shown import verdict_of
from approvals.sight import visible_deals
from approvals.terms import read
from approvals.views.advice_parts import desk_hint
from approvals.views.looking import PageRequest, row_number, today_of
from journal.refusals import Refusal
from teams.models import Team
from teams.sight import sees_cost

RECENT = timedelta(days=90)
# whose channels are suggested
RECENT_DEALS = 200


def desk_page(request: PageRequest, desk: Desk, *, refusal: Refusal | None = None) -> HttpResponse:
    """Render the whole page; a refused save keeps what was written."""
    sent = request.method == "POST"
    context = {
        "desk": desk,
        "edition": edition_of(request) if sent else desk.deal and desk.deal.edition,
        "base": request.POST.get("base", "") if sent else desk.deal and found_state(desk.deal),
        "wrong": _wrong(desk, refusal) if request.POST.get("do") in SAVING else [],
        "others": _other_deals(request, desk),
        **_around(request, desk),
        **catalogue_of(request, desk),
        **answer_of(request, desk),
    }
    return render(request, "approvals/desk.html", context, status=200 if refusal is None else refusal.status)


def found_state(deal: Deal) -> str:
    """Return the draft as the page found it, for the case that somebody else saves it meanwhile."""
    return state_text(state_of(read(deal.draft), kind=deal.kind, channel=deal.channel, currency=deal.currency))


def edition_of(request: PageRequest) -> int | None:
    """Return the edition that the form was made from."""
    return row_number(request.POST.get("edition", ""))


def catalogue_of(request: PageRequest, desk: Desk) -> dict[str, Any]:
    """Return the products to choose from."""
    return {"offers": offered(currency=desk.currency, on=today_of(request)), "large": is_large()}


def answer_of(request: PageRequest, desk: Desk) -> dict[str, Any]:
    """Return the verdict on what stands on the desk; where there is none, what is still missing."""
    terms = desk.draft()
    if terms is None or not terms.lines:
        problems = _not_judged(desk)
        silence = _("This cannot be judged as it stands.") if problems else _("Add a product to see the answer.")
        return {"verdict": None, "silence": silence, "problems": problems}
    asked = preview(
        team=desk.team,
        customer=desk.customer,
        kind=desk.kind,
        channel=desk.channel,
        currency=desk.currency,
        terms=terms,
        person=request.person,
        at=timezone.now(),
        deal=desk.deal,
    )
    reader = Reader(of_team=True, sees_cost=sees_cost(request.person, desk.team))
    days = request.organisation.consent_days
    products = {row.quote.product.code: row.quote.product.name for row in desk.rows if row.quote is not None}
    shown = verdict_of(asked, team=desk.team, customer=desk.customer, reader=reader, products=products, days=days)
    problems = [*_not_judged(desk), *(problem.detail for problem in asked.problems)]
    said = desk_hint(desk.deal, shown.groups) if shown is not None else ""
    beside = of_desk(desk, _beyond(shown), request) if shown is not None else []
    context = {"verdict": shown, "silence": _silence(asked), "problems": problems, "advice_hint": said}
    return context | {"sections": beside}


def _beyond(shown: Verdict) -> frozenset[str]:
    """Return the limits that ask for a committee, as far as the reader may know."""
    readings = (one for group in shown.groups for one in (group.worst, *group.others))
    return frozenset(one.metric for one in readings if one.counts and one.level == "committee")


def _silence(asked: Preview) -> str:
    return _("This cannot be judged as it stands.") if asked.problems else ""


def _not_judged(desk: Desk) -> list[str]:
    """Return why some of the rows are not part of the answer."""
    reasons = list(dict.fromkeys(row.note for row in desk.rows if row.product and row.quote is None and row.note))
    rest = desk.incomplete - len([row for row in desk.rows if row.line is None and row.note])
    if rest > 0:
        reasons.append(
            ngettext(
                "One line is not complete yet and not part of this answer.",
                "%(count)s lines are not complete yet and not part of this answer.",
                rest,
            )
            % {"count": rest}
        )
    return reasons


def _other_deals(request: PageRequest, desk: Desk) -> list[Deal]:
    since = timezone.now() - RECENT
    deals = visible_deals(request.person).filter(customer=desk.customer, created_at__gte=since)
    if desk.deal is not None:
        deals = deals.exclude(pk=desk.deal.pk)
    return list(deals.order_by("-id")[:5])


def _around(request: PageRequest, desk: Desk) -> dict[str, Any]:
    """Return what the form offers besides lines and terms."""
    deal = desk.deal
    supporting = set(deal.supports.values_list("team__code", flat=True)) if deal else set()
    if request.method == "POST":
        supporting = set(request.POST.getlist("supporting"))
    recent = Deal.objects.filter(team=desk.team).order_by("-id").values_list("channel", flat=True)[:RECENT_DEALS]
    return {
        "supporting": supporting,
        "supports_base": request.POST.get("supports_base", "") if request.method == "POST" else " ".join(supporting),
        "support_choices": list(Team.objects.filter(is_active=True).exclude(pk=desk.team.pk).order_by("name")),
        "channels": sorted({channel for channel in recent if channel}),
        "attachments": list(deal.attachments.order_by("id")) if deal else [],
    }


def _wrong(desk: Desk, refusal: Refusal | None) -> list[dict[str, str]]:
    """Return everything that could not be read or was refused, each with the field it is about."""
    found = [{"field": "", "text": refusal.detail}] if refusal is not None else []
    for form in (desk.head, desk.terms):
        for name, messages in form.errors.items():
            label = form.fields[name].label or ""
            found += [{"field": f"id_{name}", "text": f"{label}: {message}"} for message in messages]
    for number, row in enumerate(desk.rows):
        for name, said in row.errors.items():
            text = _("Line %(number)s: %(message)s")
            found += [
                {"field": f"id_lines-{number}-{name}", "text": text % {"number": number + 1, "message": message}}
                for message in said
            ]
    return found
