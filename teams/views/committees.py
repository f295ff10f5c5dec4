"""Committees: the list, one with its rule and seats, and the changes to them."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.timeline import timeline
from teams import actions
from teams.actions.committees import FACTS
from teams.actions.rota import about_turn
from teams.changes import told
from teams.duty import duty_on, turns_ahead
from teams.duty_sentences import answers_today
from teams.forms.places import CommitteeForm, NewCommitteeForm, SeatForm
from teams.models import Committee, CommitteeChange, CommitteeSeat
from teams.rules import rule_sentences
from teams.views.away import away_context
from teams.views.profile import crumbs as settings_crumbs
from teams.views.requests import PageRequest, allowed, form_page, posted, reader, today_of

Kind = CommitteeChange.Kind
NEXT_TURNS = 3
HISTORY = 12


def crumbs(committee: Committee | None = None) -> list[dict[str, str]]:
    trail = [*settings_crumbs(), {"url": reverse("teams:committees"), "label": _("Committees")}]
    return [*trail, {"url": _url(committee), "label": committee.name}] if committee else trail


def _url(committee: Committee) -> str:
    return reverse("teams:committee", args=[committee.code])


@reader()
def committees(request: PageRequest) -> HttpResponse:
    """List the committees with their rule and who sits on them."""
    seats = CommitteeSeat.objects.filter(ended_on=None).select_related("user").order_by("-is_chair", "user__name")
    rows = Committee.objects.prefetch_related(Prefetch("seats", seats, to_attr="open_seats")).order_by("name")
    context = {"rows": rows, "crumbs": settings_crumbs(), "manages": allowed(request, "committee.manage")}
    return render(request, "teams/committees.html", context)


@reader()
def committee(request: PageRequest, code: str) -> HttpResponse:
    """Show a committee's rule, who sits on it, and who did."""
    shown = get_object_or_404(Committee.objects.select_related("calendar"), code=code)
    seats = CommitteeSeat.objects.filter(committee=shown).select_related("user")
    open_seats = list(seats.filter(ended_on=None).order_by("-is_chair", "user__name"))
    changes = shown.changes.select_related("proposed_by", "committee").order_by("-pk")
    context = {
        "committee": shown,
        "rule": rule_sentences(shown),
        "changes": [told(one) for one in changes.filter(state=CommitteeChange.State.PROPOSED)],
        "seats": open_seats,
        "is_short": len(open_seats) < max(shown.quorum, shown.approvals_needed if shown.rule == "number" else 1),
        "no_chair": shown.is_active and bool(open_seats) and not open_seats[0].is_chair,
        "history": [{"at": one.at, "text": one.sentence} for one in timeline("committee", shown.code, limit=HISTORY)],
        "former": seats.exclude(ended_on=None).order_by("-ended_on", "-pk")[:50],
        "crumbs": crumbs(),
        "manages": allowed(request, "committee.manage"),
        "sets_calendar": allowed(request, "calendar.manage"),
        **_duty(shown, request),
        **away_context(shown, request),
    }
    return render(request, "teams/committee.html", context)


def _duty(shown: Committee, request: PageRequest) -> dict[str, Any]:
    """What the page says of who is on duty."""
    day = today_of(request)
    return {
        "duty": answers_today(duty_on([shown.pk], day).get(shown.pk), day),
        "next_turns": turns_ahead(shown.pk, day).filter(started_on__gt=day)[:NEXT_TURNS],
        "plans": allowed(request, "duty.plan", about_turn(shown.pk)),
    }


@reader("committee.manage")
def new(request: PageRequest) -> HttpResponse:
    """Make a committee."""
    form = NewCommitteeForm(posted(request), initial={"rule": Committee.Rule.MAJORITY})
    context = {
        "title": _("New committee"),
        "lead": _("It answers what lies beyond a team's mandate. Its members are given their seats next."),
        "crumbs": crumbs(),
        "primary": _("Create the committee"),
        "back": reverse("teams:committees"),
    }
    return form_page(
        request,
        form,
        lambda: actions.create_committee(by=request.user, at=timezone.now(), **form.cleaned_data),
        _url,
        context=context,
        said=_("The committee is created."),
    )


def _stored(pk: int) -> dict[str, Any]:
    return dict(Committee.objects.filter(pk=pk).values("edition", *FACTS).get())


@reader("committee.manage")
def edit(request: PageRequest, code: str) -> HttpResponse:
    """Propose another name or rule for a committee."""
    shown = get_object_or_404(Committee, code=code)
    form = CommitteeForm(posted(request), initial=_stored(shown.pk))
    context = {
        "title": _("Change %(name)s") % {"name": shown.name},
        "lead": _("A second person confirms it. Cases that are open keep the rule they began with."),
        "crumbs": crumbs(shown),
        "primary": _("Propose the change"),
        "back": _url(shown),
    }

    def act() -> CommitteeChange:
        values = {name: form.values[name] for name in FACTS}
        edition = form.cleaned_data["edition"]
        return _propose(request, shown, Kind.RULE, values, reason=form.values["reason"], edition=edition)

    return form_page(request, form, act, _after, context=context, stored=lambda: _stored(shown.pk) | {"reason": ""})


@reader("committee.manage")
def new_seat(request: PageRequest, code: str) -> HttpResponse:
    """Propose a person for a seat."""
    shown = get_object_or_404(Committee, code=code)
    form = SeatForm(posted(request))
    context = {
        "title": _("A seat on %(name)s") % {"name": shown.name},
        "lead": _("From the day on which a second person confirms it. Open cases keep those who were asked."),
        "crumbs": crumbs(shown),
        "primary": _("Propose this person"),
        "back": _url(shown),
    }

    def act() -> CommitteeChange:
        values = {"user": form.cleaned_data["user"].pk, "is_chair": form.cleaned_data["is_chair"]}
        return _propose(request, shown, Kind.SEAT, values, reason=form.cleaned_data["reason"])

    return form_page(request, form, act, _after, context=context)


def _propose(request: PageRequest, shown: Committee, kind: str, values: dict[str, Any], **more: Any) -> CommitteeChange:
    at = timezone.now()
    row = actions.propose_change(committee=shown, by=request.user, at=at, kind=kind, values=values, **more)
    confirmed = row.state == CommitteeChange.State.CONFIRMED
    messages.success(request, _("Done.") if confirmed else _("Proposed. A second person confirms it."))
    return row


def _after(row: CommitteeChange) -> str:
    if row.state == CommitteeChange.State.CONFIRMED:
        return _url(row.committee)
    return reverse("teams:committee_change", args=[row.committee.code, row.pk])


def _propose_for_seat(request: PageRequest, code: str, pk: int, kind: str) -> HttpResponse:
    rows = CommitteeSeat.objects.select_related("committee", "user")
    held = get_object_or_404(rows, pk=pk, committee__code=code)
    if request.method != "POST":
        return redirect(_url(held.committee))
    return redirect(_after(_propose(request, held.committee, kind, {"seat": held.pk})))


@reader("committee.manage")
def end_seat(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Propose to end a seat."""
    return _propose_for_seat(request, code, pk, Kind.UNSEAT)


@reader("committee.manage")
def chair(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Propose that the holder of a seat chairs the committee."""
    return _propose_for_seat(request, code, pk, Kind.CHAIR)
