"""What waits for the reader: each thing once, with its answer time, whoever it was asked by."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.clock import Clock
from approvals.models import Advice, Case, ConsentRound, ConsentSeat, Deal, DealState
from approvals.readings import figures
from approvals.readings.due import TimeLeft
from approvals.sight import on_visible_deals, own_deals, visible_deals, waiting_cases
from approvals.today_parts import more_waiting
from approvals.views.choosing import own_teams
from approvals.views.looking import PageRequest, today_of
from mandates.awaiting import charters_awaiting, mandates_awaiting
from mandates.requests import Asked

MOST_SHOWN = 12
LONGEST_SUB = 90
ENDS_SOON = timedelta(days=7)


def waiting_for(request: PageRequest, clock: Clock, requests: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return everything that waits for the reader; `requests` are those of their teams for a mandate.

    `preview` names what the preview pane can show of it, as `case:5`.
    """
    return [
        *_consents(request, clock),
        *_replies(request, clock),
        *_cases(request, clock),
        *_answers(request),
        *_questions(request),
        *_grants(request),
        *_own_steps(request, clock.now),
        *_offers(requests),
        *more_waiting(request.person, clock.now),
    ]


def _consents(request: PageRequest, clock: Clock) -> list[dict[str, Any]]:
    """Return the deals on which the reader's consent is asked, the most urgent first."""
    barred = Deal.objects.filter(pk=OuterRef("round__revision__deal"), editors__user=request.user)
    seats = (
        ConsentSeat.objects.filter(user=request.user, answer="", round__state=ConsentRound.State.OPEN)
        .filter(round__revision__deal__team__in=own_teams(request.person))
        .exclude(round__revision__deal__contact=request.user)
        .exclude(Exists(barred))
        .select_related("round__revision__deal__customer", "round__revision__submitted_by")
        .order_by("round__due_at")[:MOST_SHOWN]
    )
    items = []
    for seat in seats:
        revision = seat.round.revision
        words = {"name": revision.submitted_by.name, "customer": revision.deal.customer.name}
        items.append(
            _item(
                url=reverse("approvals:deal", args=[revision.deal.reference]),
                title=_("%(name)s asks for your consent: %(customer)s") % words,
                sub=net_of(revision.deal, revision.net_value, revision.deal.reference),
                left=clock.of_round(seat.round),
                outcome="team",
                preview=f"deal:{revision.deal.reference}",
            )
        )
    return items


def _replies(request: PageRequest, clock: Clock) -> list[dict[str, Any]]:
    """Return the reader's own objections that the team has replied to: to be withdrawn, or to stand."""
    seats = (
        ConsentSeat.objects.filter(user=request.user, answer=ConsentSeat.Answer.OBJECTION, replied_at__isnull=False)
        .filter(round__state=ConsentRound.State.OPEN, round__revision__deal__team__in=own_teams(request.person))
        .select_related("round__revision__deal__customer", "replied_by")
        .order_by("round__due_at")[:MOST_SHOWN]
    )
    items = []
    for seat in seats:
        revision = seat.round.revision
        deal = revision.deal
        words = {"actor": seat.replied_by, "who": request.user.name, "deal": deal.reference}
        items.append(
            _item(
                url=reverse("approvals:deal", args=[deal.reference]),
                title=_("%(actor)s replied to the objection of %(who)s to %(deal)s") % words,
                sub=net_of(deal, revision.net_value, deal.customer.name),
                left=clock.of_round(seat.round),
                outcome="team",
                preview=f"deal:{deal.reference}",
            )
        )
    return items


def _answers(request: PageRequest) -> list[dict[str, Any]]:
    """Return the cases whose clock stands still until the reader's team has answered points or a counter-proposal."""
    mine = Q(deal__contact=request.user) | Q(revision__submitted_by=request.user)
    cases = Case.objects.filter(mine, state=Case.State.OPEN, paused_at__isnull=False)
    cases = cases.filter(on_visible_deals(request.person, "deal_id"))
    cases = cases.select_related("deal__customer", "committee", "revision").order_by("id")
    return [
        _item(
            url=reverse("approvals:case", args=[case.pk]),
            title=_("%(committee)s waits for your team's answer: %(customer)s")
            % {"committee": case.committee.name, "customer": case.deal.customer.name},
            sub=net_of(case.deal, case.revision.net_value, case.deal.reference),
            left=None,
            outcome="",
            preview=f"case:{case.pk}",
        )
        for case in cases[:MOST_SHOWN]
    ]


def _questions(request: PageRequest) -> list[dict[str, Any]]:
    """Return the questions for advice that wait for the reader's answer, the oldest first; nothing waits for them."""
    rows = Advice.objects.filter(asked_of=request.user, state=Advice.State.ASKED)
    rows = rows.select_related("asked_by", "deal__customer").order_by("id")[:MOST_SHOWN]
    return [
        _item(
            url=reverse("approvals:advice", args=[one.pk]),
            title=_("%(name)s asks for your advice: %(customer)s")
            % {"name": one.asked_by.name, "customer": one.deal.customer.name},
            sub=one.question if len(one.question) <= LONGEST_SUB else f"{one.question[:LONGEST_SUB]}…",
            left=None,
            outcome="",
            preview=f"advice:{one.pk}",
        )
        for one in rows
    ]


def _grants(request: PageRequest) -> list[dict[str, Any]]:
    """Return the versions of mandates and charter that wait for the reader's grant."""
    items = []
    for version in mandates_awaiting(request.person):
        words = {"actor": version.proposed_by, "number": version.number, "code": version.mandate.code}
        title = _("%(actor)s proposed version %(number)s of mandate %(code)s") % words
        url = reverse("mandates:version", args=[version.mandate.code, version.number])
        items.append(_item(url=url, title=title, sub=version.mandate.name, left=None, outcome=""))
    for charter in charters_awaiting(request.person):
        title = _("%(actor)s proposed version %(number)s of the charter") % {
            "actor": charter.proposed_by,
            "number": charter.number,
        }
        url = reverse("mandates:charter_version", args=[charter.number])
        items.append(_item(url=url, title=title, sub="", left=None, outcome=""))
    return items


def _offers(requests: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return what grantors offer the reader's teams in place of what they asked for."""
    return [
        _item(
            url=reverse("mandates:version", args=[one.version.mandate.code, one.version.number]),
            title=_("%(name)s offers your team something else than it asked for") % {"name": one.version.answered_by},
            sub=one.version.mandate.name,
            left=None,
            outcome="",
        )
        for one in requests
        if one.waits_for_team
    ]


def _cases(request: PageRequest, clock: Clock) -> list[dict[str, Any]]:
    """Return the cases that wait for the reader's vote, the most urgent first."""
    cases = waiting_cases(request.person).select_related("deal__customer", "deal__team", "committee", "revision")
    return [
        _item(
            url=reverse("approvals:case", args=[case.pk]),
            title=_("%(team)s asks %(committee)s: %(customer)s")
            % {"team": case.deal.team.name, "committee": case.committee.name, "customer": case.deal.customer.name},
            sub=net_of(case.deal, case.revision.net_value, case.deal.reference),
            left=clock.of_case(case),
            outcome="committee",
            preview=f"case:{case.pk}",
        )
        for case in cases.order_by("due_at")[:MOST_SHOWN]
    ]


def _own_steps(request: PageRequest, now: Any) -> list[dict[str, Any]]:
    """Return the reader's own deals that need a step: objected to, declined, or with a yes that ends soon."""
    day = today_of(request)
    objected = ConsentSeat.objects.filter(
        round__revision=OuterRef("latest"), round__state=ConsentRound.State.OPEN, answer="objection", replied_at=None
    )
    deals = (
        visible_deals(request.person)
        .filter(own_deals(request.user.pk, (DealState.PENDING, DealState.DECLINED, DealState.APPROVED)))
        .annotate(objected=Exists(objected))
        .filter(
            Q(objected=True)
            | Q(state=DealState.DECLINED, answered_at__gte=now - timedelta(days=14))
            | Q(state=DealState.APPROVED, good_until__lte=day + ENDS_SOON)
        )
        .select_related("customer", "latest")
        .order_by("good_until", "-id")[:MOST_SHOWN]
    )
    return [_step(deal) for deal in deals]


def _step(deal: Any) -> dict[str, Any]:
    words = {"customer": deal.customer.name}
    due = ""
    if deal.objected:
        title = _("A colleague objected: %(customer)s") % words
    elif deal.state == DealState.DECLINED:
        title = _("Declined; change it or leave it: %(customer)s") % words
    else:
        title = _("Record how it ended: %(customer)s") % words
        due = _("yes until %(day)s") % {"day": date_format(deal.good_until)}
    net = None if deal.latest is None else deal.latest.net_value
    return {
        **_item(
            url=reverse("approvals:deal", args=[deal.reference]),
            title=title,
            sub=net_of(deal, net, deal.reference),
            left=None,
            outcome="",
            preview=f"deal:{deal.reference}",
        ),
        "due": due,
        "due_tone": "soon" if due else "",
    }


def _item(*, url: str, title: str, sub: str, left: TimeLeft | None, outcome: str, preview: str = "") -> dict[str, Any]:
    return {
        "url": url,
        "preview": preview,
        "title": title,
        "sub": sub,
        "outcome": outcome,
        "due": left.text if left else "",
        "due_tone": left.tone if left else "",
    }


def net_of(deal: Deal, net: Decimal | None, reference: str) -> str:
    """Return a reference with the net value behind it, where there is one."""
    return reference if net is None else f"{reference} · {figures.money(net, deal.currency)}"
