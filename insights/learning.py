"""What precedents and look-backs add to the pages of deals, cases, mandates, the deal desk and Today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals import case_sections, deal_sections, following, today_parts
from approvals.desk import Desk
from approvals.models import Case, Deal, DealState
from insights.actions.look_backs import plan_result
from insights.actions.precedents import DECIDED, listen
from insights.forms import DayForm
from insights.look_backs import waiting_look_backs
from insights.models import LookBack, Precedent
from insights.precedents import cited_in, similar_to, subject_of_case, subject_of_desk
from mandates import sections as mandate_pages
from mandates.models import Mandate
from teams.permissions import LEAD, MEMBER, About, Person, may
from teams.views.requests import today_of

Built = tuple[str, Mapping[str, Any]] | None
MOST_WAITING = 6
MOST_TAUGHT = 3


def register() -> None:
    """Add the sections and listen to what is said and how deals end; called once, when the app is ready."""
    case_sections.case_sections["precedents"] = of_case
    deal_sections.desk_sections["precedents"] = of_desk
    deal_sections.deal_sections["look_backs"] = of_deal
    today_parts.waiting_parts["look_backs"] = waiting
    mandate_pages.mandate_sections["look_backs"] = of_mandate
    following.listeners["precedents"] = listen
    following.closers["look_backs"] = plan_result


# --- precedents ---


def of_case(case: Case, person: Person, request: HttpRequest, known: About) -> Built:
    """Return the precedents like a case, those cited in it, and the way to make a precedent of it."""
    day = today_of(request)  # type: ignore[arg-type]
    own = Precedent.objects.filter(case=case, withdrawn_at=None).first()
    context = {
        "similar": similar_to(subject_of_case(case, case.revision), day, without=case.pk),
        "cited": cited_in(case),
        "own": own,
        "case": case,
        "may_publish": own is None and case.state in DECIDED and bool(may("precedent.publish", person, known)),
    }
    shows = any(context[name] for name in ("similar", "cited", "own", "may_publish"))
    return ("insights/_section_precedents.html", context) if shows else None


def of_desk(desk: Desk, metrics: frozenset[str], request: HttpRequest) -> Built:
    """Return the precedents like what stands on the desk; one query."""
    day = today_of(request)  # type: ignore[arg-type]
    similar = similar_to(subject_of_desk(desk, metrics), day)
    return ("insights/_section_desk.html", {"similar": similar}) if similar else None


# --- look-backs ---


def of_deal(deal: Deal, person: Person, request: HttpRequest, known: About) -> Built:
    """Return what the team learnt from a deal, what it is asked, and the day that it may set."""
    if deal.state not in (DealState.APPROVED, DealState.WON, DealState.LOST):
        return None
    rows = list(LookBack.objects.filter(deal=deal).order_by("id"))
    answered = [one for one in rows if one.answered_at is not None]
    by_day = next((one for one in rows if one.cause == LookBack.Cause.DAY), None)
    may_plan = (
        deal.state in (DealState.APPROVED, DealState.WON)
        and not deal.imported
        and (by_day is None or by_day.answered_at is None)
        and bool(may("lookback.plan", person, known))
    )
    may_answer = bool(may("lookback.answer", person, known))
    context = {
        "deal": deal,
        "answered": answered,
        "asked": [one for one in rows if one.asked_at and not one.answered_at] if may_answer else [],
        "planned": by_day if by_day is not None and by_day.asked_at is None else None,
        "day_form": DayForm(auto_id="look-back-%s") if may_plan else None,
    }
    shows = any(context[name] for name in ("answered", "asked", "planned", "day_form"))
    return ("insights/_section_look_backs.html", context) if shows else None


def of_mandate(mandate: Mandate, person: Person, request: HttpRequest) -> Built:
    """Return what deals under a mandate taught: how often it fitted, and the newest that say so in words."""
    rows = LookBack.objects.filter(mandate=mandate, answered_at__isnull=False)
    counts = {row["fit"]: row["count"] for row in rows.values("fit").annotate(count=Count("pk")).order_by("fit")}
    if not counts:
        return None
    newest = rows.exclude(mandate_said="").select_related("deal__customer").order_by("-answered_at")[:MOST_TAUGHT]
    fits = [(label, counts[value]) for value, label in LookBack.Fit.choices if value in counts]
    return "insights/_section_taught.html", {"mandate": mandate, "fits": fits, "newest": list(newest)} | _counting(
        request
    )


def _counting(request: HttpRequest) -> dict[str, int | None]:
    """Return how many look-backs, in percent, may find a mandate too wide before nothing wider is proposed."""
    settings = request.organisation  # type: ignore[attr-defined]
    return {"trust_wide": settings.trust_wide if settings.trusts_records else None}


def waiting(person: Person, at: datetime) -> list[dict[str, Any]]:
    """Return the look-backs that wait for the person: on deals of theirs, newest first; one query."""
    if not {LEAD, MEMBER} & set(person.team_roles.values()):
        return []
    found = waiting_look_backs(person).select_related("deal__customer").order_by("-id")[:MOST_WAITING]
    return [
        {
            "url": reverse("insights:look_back", args=[one.pk]),
            "title": _("What did we learn? %(customer)s") % {"customer": one.deal.customer.name},
            "sub": _("%(deal)s, %(cause)s") % {"deal": one.deal.reference, "cause": one.get_cause_display()},
        }
        for one in found
    ]
