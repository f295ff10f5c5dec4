"""Committees: the list, one with its rule and seats, and the changes to them."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.forms.places import CommitteeForm, NewCommitteeForm, SeatForm
from teams.models import Committee, CommitteeSeat
from teams.views.away import away_context
from teams.views.profile import crumbs as settings_crumbs
from teams.views.requests import PageRequest, allowed, form_page, moved, posted, reader


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
    context = {
        "committee": shown,
        "seats": open_seats,
        "is_short": len(open_seats) < max(shown.quorum, shown.approvals_needed if shown.rule == "number" else 1),
        "former": seats.exclude(ended_on=None).order_by("-ended_on", "-pk")[:50],
        "crumbs": crumbs(),
        "manages": allowed(request, "committee.manage"),
        "sets_calendar": allowed(request, "calendar.manage"),
        **away_context(shown, request),
    }
    return render(request, "teams/committee.html", context)


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
    names = ("edition", "name", "rule", "approvals_needed", "quorum", "answer_hours", "is_active")
    return dict(Committee.objects.filter(pk=pk).values(*names).get())


@reader("committee.manage")
def edit(request: PageRequest, code: str) -> HttpResponse:
    """Change a committee's name and rule."""
    shown = get_object_or_404(Committee, code=code)
    form = CommitteeForm(posted(request), initial=_stored(shown.pk))
    context = {
        "title": _("Change %(name)s") % {"name": shown.name},
        "lead": _("Cases that are open keep the rule they began with. Everybody on the committee hears of a new rule."),
        "crumbs": crumbs(shown),
        "primary": _("Save"),
        "back": _url(shown),
    }
    return form_page(
        request,
        form,
        lambda: actions.change_committee(
            committee=shown, by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], **form.values
        ),
        _url,
        context=context,
        said=_("Saved."),
        stored=lambda: _stored(shown.pk),
    )


@reader("committee.manage")
def new_seat(request: PageRequest, code: str) -> HttpResponse:
    """Give a person a seat."""
    shown = get_object_or_404(Committee, code=code)
    form = SeatForm(posted(request))
    context = {
        "title": _("A seat on %(name)s") % {"name": shown.name},
        "lead": _("From today. Cases that are open already keep those who were asked."),
        "crumbs": crumbs(shown),
        "primary": _("Give the seat"),
        "back": _url(shown),
    }
    return form_page(
        request,
        form,
        lambda: actions.seat(committee=shown, by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda _row: _url(shown),
        context=context,
        said=_("The committee has a new member."),
    )


def _seat(code: str, pk: int) -> CommitteeSeat:
    return get_object_or_404(CommitteeSeat.objects.select_related("committee", "user"), pk=pk, committee__code=code)


@reader("committee.manage")
def end_seat(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """End a seat today."""
    held = _seat(code, pk)
    return moved(
        request,
        lambda: actions.unseat(held=held, by=request.user, at=timezone.now()),
        _url(held.committee),
        _("The seat has ended."),
    )


@reader("committee.manage")
def chair(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Let the holder of a seat chair the committee."""
    held = _seat(code, pk)
    return moved(
        request,
        lambda: actions.make_chair(held=held, by=request.user, at=timezone.now()),
        _url(held.committee),
        _("The committee has another chair."),
    )
