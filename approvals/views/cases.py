"""The committees' cases: what waits, one case with its ask, and the vote."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from approvals.actions.recusing import recuse as recuse_from
from approvals.actions.vote import Conditions, cast_vote
from approvals.clock import clock_of
from approvals.forms.moves import RecuseForm, VoteForm
from approvals.models import Case, Revision, Vote
from approvals.quorum import Tally
from approvals.readings.breaches import ask, breaches
from approvals.readings.diff import changes
from approvals.readings.findings import Names
from approvals.readings.lines import lines_of, totals_of
from approvals.readings.ties import ties
from approvals.shown import documents_of, findings_of, names_of
from approvals.sight import about, about_case, cost_shown, visible_cases, waiting_cases
from approvals.views.advice_parts import case_parts
from approvals.views.case_answers import allowed_by, answers_of, sent_conditions
from approvals.views.desk_page import edition_of
from approvals.views.looking import PageRequest, case_of, today_of
from approvals.views.people import Words, votes_as_people
from approvals.views.weighty import asked_again
from approvals.voting import count
from journal.paging import page
from journal.refusals import Invalid
from teams.duty import OnDuty, duty_on
from teams.models import Committee
from teams.permissions import may
from teams.reasons import SENTENCES
from teams.rules import rule_sentences
from teams.sight import CostView

TABS = ("waiting", "open", "closed")
UNREADABLE = 422
NOTHING_SENT: Mapping[str, Any] = {}


@require_safe
@login_required
def cases(request: PageRequest) -> HttpResponse:
    """List cases: those that wait for the reader's vote, the open ones, the closed ones."""
    shown = request.GET.get("show", "waiting")
    shown = shown if shown in TABS else "waiting"
    found = _of_tab(request, shown).select_related("deal__customer", "deal__team", "committee", "revision")
    current = page(found, request.GET)
    clock = clock_of(request.organisation)
    context = {
        "shown": shown,
        "tabs": _tabs(request, shown),
        "rows": [{"case": case, "left": clock.of_case(case)} for case in current.items],
        "page": current,
    }
    return render(request, "approvals/cases.html", context)


def _of_tab(request: PageRequest, shown: str) -> QuerySet[Case]:
    if shown == "waiting":
        return waiting_cases(request.person)
    is_open = Q(state=Case.State.OPEN)
    return visible_cases(request.person).filter(is_open if shown == "open" else ~is_open)


def _tabs(request: PageRequest, shown: str) -> list[dict[str, Any]]:
    labels = {"waiting": _("Waiting for me"), "open": _("Open"), "closed": _("Closed")}
    counts = {"waiting": waiting_cases(request.person).count(), "open": _of_tab(request, "open").count()}
    url = reverse("approvals:cases")
    return [
        {"url": f"{url}?show={name}", "label": label, "count": counts.get(name, ""), "current": name == shown}
        for name, label in labels.items()
    ]


@require_safe
@login_required
def case(request: PageRequest, pk: int) -> HttpResponse:
    """Show one case."""
    return case_page(request, case_of(request, pk))


@require_POST
@login_required
def vote(request: PageRequest, pk: int) -> HttpResponse:
    """Cast or change one's vote."""
    found = case_of(request, pk)
    form = VoteForm(request.POST)
    bounds = sent_conditions(request, found)
    if not form.is_valid() or not bounds.is_valid():
        return case_page(request, found, form=form, sent={"conditions_form": bounds}, status=UNREADABLE)
    if again := asked_again(request, found, doing=_("Vote")):
        return again
    try:
        voted = cast_vote(
            case=found,
            by=request.user,
            at=timezone.now(),
            choice=form.cleaned_data["choice"],
            reason=form.cleaned_data["reason"],
            conditions=Conditions(bounds.figures(), bounds.cleaned_data["until"]),
            edition=edition_of(request),
        )
    except Invalid as refusal:
        bounds.add_error(None, refusal.detail)
        return case_page(request, found, form=form, sent={"conditions_form": bounds}, status=UNREADABLE)
    messages.success(request, _after_vote(voted))
    return redirect("approvals:case", pk=voted.pk)


@require_POST
@login_required
def recuse(request: PageRequest, pk: int) -> HttpResponse:
    """Step back from a case."""
    found = case_of(request, pk)
    form = RecuseForm(request.POST)
    if not form.is_valid():
        return case_page(request, found, recusing=form, status=UNREADABLE)
    reason = form.cleaned_data["reason"]
    recuse_from(case=found, by=request.user, at=timezone.now(), reason=reason, edition=edition_of(request))
    messages.success(request, _("You have stepped back from this case. It counts for the quorum; others vote."))
    return redirect("approvals:case", pk=found.pk)


def _after_vote(voted: Case) -> str:
    return {
        Case.State.APPROVED: _("Your vote decided it: the case is approved."),
        Case.State.DECLINED: _("Your vote decided it: the case is declined."),
    }.get(Case.State(voted.state), _("Your vote is counted. You may change it while the case is open."))


def case_page(
    request: PageRequest,
    case: Case,
    *,
    form: VoteForm | None = None,
    recusing: RecuseForm | None = None,
    sent: Mapping[str, Any] = NOTHING_SENT,
    status: int = 200,
) -> HttpResponse:
    """Render the page; `sent` are bound forms that could not be read or were refused."""
    deal, revision = case.deal, case.revision
    known, of_deal = about_case(case), about(deal)
    answer = may("case.vote", request.person, known)
    view = cost_shown(deal, request.person, request.organisation, known)
    document = json.loads(revision.document)["deal"]
    names = names_of(document)
    # a case is seen by its deal's team too: whoever there may not see costs is told what they may know
    judged, given = documents_of(case.decision)
    asked = breaches(judged, given, case.committee.code, names) if view.figures else []
    mine = case.votes.filter(user=request.user).first()
    is_open = case.state == Case.State.OPEN
    clock = clock_of(request.organisation)
    words = Words(names.products, deal.currency, view.figures)
    context = {
        "case": case,
        "deal": deal,
        "revision": revision,
        "ask": ask(team=deal.team.name, customer=deal.customer.name, cause=case.cause, asked=asked),
        "breaches": asked,
        **_asked_terms(case, document, names, view),
        "sees_cost": view.figures,
        "attachments": list(deal.attachments.order_by("id")),
        "people": votes_as_people(case, words, _duty(request, case)),
        "tally": _tally(case, count(case)),
        "left": clock.of_case(case),
        "answered": clock.answered(case),
        "is_open": is_open,
        "mine": mine,
        "may_vote": is_open and bool(answer),
        "why_not": _why_not(case, answer.reason) if not (is_open and answer) else "",
        "form": form or VoteForm(initial=_as_voted(mine) | _as_linked(request)),
        "recusing": _recusing(request, case, recusing) if is_open and may("case.recuse", request.person, known) else {},
        "stuck": _stuck(case, deal.reference) if is_open and case.stuck_at else "",
        "newer": deal.latest if deal.latest_id != revision.pk else None,
        "other_cases": list(deal.cases.filter(revision=revision).exclude(pk=case.pk).select_related("committee")),
        "allowed": allowed_by(case.approvals.filter(proposal=None).first(), words),
        **answers_of(request, case, words, known=known, of_deal=of_deal, sent=sent, mine=mine),
        **case_parts(request, case, known, of_deal),
    }
    return render(request, "approvals/case.html", context, status=status)


def _duty(request: PageRequest, case: Case) -> OnDuty | None:
    """Return who is on duty for the case's committee, while it is open."""
    if case.state != Case.State.OPEN:
        return None
    return duty_on([case.committee_id], today_of(request)).get(case.committee_id)


def _recusing(request: PageRequest, case: Case, form: RecuseForm | None) -> dict[str, Any]:
    """Return what asks the reader whether to step back: open where they have worked on the deal or the customer."""
    found = ties(request.user, case.deal)
    return {"form": form or RecuseForm(), "ties": found, "open": bool(found or form)}


def _stuck(case: Case, reference: str) -> str:
    """Return what follows where the committee cannot decide a case any more."""
    return {
        Committee.Silence.LAPSE: _("The case lapses."),
        Committee.Silence.PASS_ON: _("It passes to the member on duty, else to the chair."),
        Committee.Silence.REMIND: _("The team of %(deal)s may submit it again: that asks the committee as it is now."),
    }[Committee.Silence(case.silence)] % {"deal": reference}


def _asked_terms(case: Case, document: dict[str, Any], names: Names, view: CostView) -> dict[str, Any]:
    """Return the terms that are asked for, and how they were judged."""
    return {
        "groups": findings_of(case.decision, sees_cost=view.figures, names=names),
        "lines": lines_of(document, names.products, sees_cost=view.figures, bands=view.bands),
        "totals": totals_of(document, sees_cost=view.figures, bands=view.bands),
        "before": _before(case.revision, document, names.products),
    }


def _as_voted(mine: Vote | None) -> dict[str, str]:
    return {} if mine is None else {"choice": mine.choice, "reason": mine.reason}


def _as_linked(request: PageRequest) -> dict[str, str]:
    """Return the answer that a link filled in; it is given only when the form is sent."""
    choice = request.GET.get("choice", "")
    return {"choice": choice} if choice in Vote.Choice.values else {}


def _why_not(case: Case, reason: str) -> str:
    """Return why the reader has no button here."""
    if case.state != Case.State.OPEN:
        return _("This case is closed, so nobody votes on it any more.")
    return _(SENTENCES[reason])


def _tally(case: Case, counted: Tally) -> dict[str, Any]:
    """Return the count in words, with the rule that it is read by."""
    missing = []
    if case.state == Case.State.OPEN and counted.missing:
        texts = ("%(count)s more vote is needed.", "%(count)s more votes are needed.")
        missing.append(ngettext(*texts, counted.missing) % {"count": counted.missing})
    if case.state == Case.State.OPEN and counted.wanted:
        texts = ("%(count)s more approval makes it a yes.", "%(count)s more approvals make it a yes.")
        missing.append(ngettext(*texts, counted.wanted) % {"count": counted.wanted})
    return {"counted": counted, "rule": " ".join(rule_sentences(case)), "missing": " ".join(missing)}


def _before(revision: Revision, document: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what changed against the last revision that was approved, else against the one before."""
    earlier = Revision.objects.filter(deal=revision.deal_id, number__lt=revision.number).order_by("-number")
    approved = earlier.filter(
        Q(cases__approvals__proposal=None, cases__approvals__isnull=False) | Q(decisions__outcome="member")
    ).first()
    other = approved or earlier.first()
    if other is None:
        return None
    old = json.loads(other.document)["deal"]
    return {"revision": other, "approved": approved is not None, "rows": changes(old, document, names)}
