"""Working calendars: the list, one with its versions, its draft, and from when a draft holds."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.calendar_reading import Shown, differences, examples, shown
from teams.calendars import calendars as calendars_at
from teams.calendars import in_force, of_versions, versions_in_force
from teams.forms.calendars import ChooseCalendarForm, DraftForm, NewCalendarForm, StartForm, initial_of
from teams.models import Calendar, CalendarVersion, Committee
from teams.organisation import today
from teams.permissions import require
from teams.views.committees import crumbs as committee_crumbs
from teams.views.profile import crumbs as settings_crumbs
from teams.views.requests import PageRequest, allowed, form_page, moved, posted, reader, today_of

DRAFT = CalendarVersion.State.DRAFT
HOURS = "09:00-17:00"
USUAL = (4, 8, 16)


def crumbs(calendar: Calendar | None = None) -> list[dict[str, str]]:
    trail = [*settings_crumbs(), {"url": reverse("teams:calendars"), "label": _("Working calendars")}]
    return [*trail, {"url": _url(calendar), "label": calendar.name}] if calendar else trail


def _url(calendar: Calendar) -> str:
    return reverse("teams:calendar", args=[calendar.code])


def _version_url(version: CalendarVersion) -> str:
    return reverse("teams:calendar_version", args=[version.calendar.code, version.number])


@reader()
def calendars(request: PageRequest) -> HttpResponse:
    """List the calendars with what is in force and who works by them."""
    day = today_of(request)
    rows = []
    for calendar in Calendar.objects.prefetch_related("versions", "committees").order_by("name"):
        known = [one for one in calendar.versions.all() if one.state == CalendarVersion.State.IN_FORCE]
        rows.append(
            {
                "calendar": calendar,
                "current": in_force(known, day),
                "has_draft": any(one.state == DRAFT for one in calendar.versions.all()),
                "is_default": calendar.pk == request.organisation.calendar_id,
                "committees": sorted(calendar.committees.all(), key=lambda one: one.name),
            }
        )
    context = {"rows": rows, "crumbs": settings_crumbs(), "manages": allowed(request, "calendar.manage")}
    return render(request, "teams/calendars.html", context)


@reader()
def calendar(request: PageRequest, code: str) -> HttpResponse:
    """Show a calendar as it is in force, what comes, and its versions."""
    found = get_object_or_404(Calendar, code=code)
    day = today_of(request)
    versions = list(found.versions.select_related("drafted_by", "put_in_force_by").order_by("-number")[:100])
    known = [one for one in versions if one.state == CalendarVersion.State.IN_FORCE]
    current = in_force(known, day)
    read = shown(current) if current else None
    context = {
        "calendar": found,
        "current": read,
        "days": read.days_from(day) if read else [],
        "ends_soon": current is not None and (current.last_on - day).days < 366,
        "draft": next((one for one in versions if one.state == DRAFT), None),
        "coming": [one for one in known if one.starts_on is not None and one.starts_on > day],
        "versions": versions,
        "is_default": found.pk == request.organisation.calendar_id,
        "committees": list(found.committees.order_by("name")),
        "crumbs": crumbs(),
        "manages": allowed(request, "calendar.manage"),
    }
    return render(request, "teams/calendar.html", context)


@reader("calendar.manage")
def new(request: PageRequest) -> HttpResponse:
    """Make a calendar with its first draft."""
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), HOURS)
    begins = {"time_zone": request.organisation.time_zone, "country": request.organisation.country, **week}
    form = NewCalendarForm(posted(request), initial=begins)
    context = {
        "title": _("New working calendar"),
        "lead": _("It begins as a draft: look at its days, then let it hold from a day on."),
        "crumbs": crumbs(),
        "primary": _("Create the calendar"),
        "back": reverse("teams:calendars"),
    }
    return form_page(
        request,
        form,
        lambda: actions.create_calendar(
            by=request.user,
            at=timezone.now(),
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
            terms=form.terms,
        ),
        lambda made: _version_url(made.versions.select_related("calendar").get(number=1)),
        context=context,
        said=_("The draft is ready: look at its days."),
    )


def _stored(pk: int) -> dict[str, Any]:
    """The edition now, with the terms of the newest version."""
    version = CalendarVersion.objects.select_related("calendar").filter(calendar=pk).order_by("-number")[:1].get()
    return {"edition": version.calendar.edition, **initial_of(version)}


@reader("calendar.manage")
def draft(request: PageRequest, code: str) -> HttpResponse:
    """Make the next version as a draft, from the newest one."""
    found = get_object_or_404(Calendar, code=code)
    form = DraftForm(posted(request), initial=_stored(found.pk))
    context = {
        "title": _("Change %(name)s") % {"name": found.name},
        "lead": _("This makes a draft. Nothing changes before it is put in force, from a day that you choose."),
        "crumbs": crumbs(found),
        "primary": _("Make the draft"),
        "back": _url(found),
    }
    return form_page(
        request,
        form,
        lambda: actions.draft_calendar(
            calendar=found,
            by=request.user,
            at=timezone.now(),
            edition=form.cleaned_data["edition"],
            terms=form.terms,
        ),
        _version_url,
        context=context,
        said=_("The draft is ready: look at what would change."),
        stored=lambda: _stored(found.pk),
    )


def _version(code: str, number: int) -> CalendarVersion:
    rows = CalendarVersion.objects.select_related("calendar", "drafted_by", "put_in_force_by")
    return get_object_or_404(rows, calendar__code=code, number=number)


def _against(version: CalendarVersion, at: datetime, request: PageRequest) -> dict[str, Any]:
    """What this version changes: beside the one in force today, or beside the one before it."""
    day = today(at, of=request.organisation)
    known = [one for one in versions_in_force(version.calendar) if one.number < version.number]
    other = in_force(known, day)
    before: Shown | None = shown(other) if other else None
    after = shown(version)
    is_default = version.calendar_id == request.organisation.calendar_id
    current = of_versions(known, day) or (calendars_at(at, of=request.organisation).of(None) if is_default else None)
    used_by = list(version.calendar.committees.order_by("name"))
    hours = {one.answer_hours for one in used_by} or set(USUAL)
    return {
        "before": other,
        "rows": differences(before, after, day),
        "shown": after,
        "days": after.days_from(day),
        "examples": examples(current, version, at, hours),
        "is_default": is_default,
        "committees": used_by,
    }


@reader()
def version(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Show a version, what it changes and when answers would be due by it; let a draft hold from a day on."""
    found = _version(code, number)
    now = timezone.now()
    if request.method == "POST":
        require("calendar.manage", request.person)
    manages = allowed(request, "calendar.manage") and found.state == DRAFT
    begins = {"edition": found.calendar.edition, "starts_on": today(now, of=request.organisation)}
    form = StartForm(posted(request), initial=begins)
    context = {
        "version": found,
        "manages": manages,
        "crumbs": crumbs(found.calendar),
        **_against(found, now, request),
    }
    return form_page(
        request,
        form,
        lambda: actions.put_calendar_in_force(
            version=found,
            by=request.user,
            at=now,
            edition=form.cleaned_data["edition"],
            starts_on=form.cleaned_data["starts_on"],
        ),
        lambda _made: _url(found.calendar),
        context=context,
        said=_("The calendar is in force from that day on."),
        stored=lambda: {**begins, "edition": Calendar.objects.get(pk=found.calendar_id).edition},
        template="teams/calendar_version.html",
    )


@reader("calendar.manage")
def discard(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Throw a draft away."""
    found = _version(code, number)
    return moved(
        request,
        lambda: actions.discard_calendar_draft(version=found, by=request.user, at=timezone.now()),
        _url(found.calendar),
        _("The draft is thrown away."),
    )


def _chosen(pk: int) -> dict[str, Any]:
    row = Committee.objects.get(pk=pk)
    return {"edition": row.edition, "calendar": row.calendar}


@reader("calendar.manage")
def choose(request: PageRequest, code: str) -> HttpResponse:
    """Choose the calendar that a committee works by."""
    committee = get_object_or_404(Committee, code=code)
    form = ChooseCalendarForm(posted(request), initial=_chosen(committee.pk))
    back = reverse("teams:committee", args=[committee.code])
    context = {
        "title": _("Working calendar of %(name)s") % {"name": committee.name},
        "lead": _("Its answer time is counted in this calendar. Cases that are open stay due when they are."),
        "crumbs": committee_crumbs(committee),
        "primary": _("Save"),
        "back": back,
    }
    return form_page(
        request,
        form,
        lambda: actions.choose_calendar(
            committee=committee, by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], **form.values
        ),
        lambda _row: back,
        context=context,
        said=_("Saved."),
        stored=lambda: _chosen(committee.pk),
    )
