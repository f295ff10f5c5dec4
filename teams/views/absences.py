"""Being away and standing in: one's own page, and what a chair does for a member."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.absences import ahead, committees_of, substitutions_ahead
from teams.actions.absences import about_substitution
from teams.forms.absences import AbsenceForm, SeatAbsenceForm, SubstituteForm
from teams.models import Absence, CommitteeSeat, Substitution
from teams.permissions import require
from teams.views.away import said_of
from teams.views.committees import crumbs as committee_crumbs
from teams.views.profile import crumbs as settings_crumbs
from teams.views.requests import PageRequest, form_page, moved, posted, reader, today_of


@reader()
def absence(request: PageRequest) -> HttpResponse:
    """Say when one is away and who stands in; see for whom one stands in."""
    day = today_of(request)
    form = AbsenceForm(
        posted(request),
        initial={"first_on": day},
        committees=committees_of(request.user, day),
        member=request.user,
    )
    rows = list(substitutions_ahead(day).filter(member=request.user))
    for_others = list(substitutions_ahead(day).filter(substitute=request.user))
    context = {
        "absences": list(ahead(day).filter(user=request.user)),
        "rows": [said_of(row, request) for row in rows],
        "for_others": [said_of(row, request) for row in for_others],
        "crumbs": settings_crumbs(),
        "today": day,
    }
    return form_page(
        request,
        form,
        lambda: actions.set_absence(
            user=request.user,
            by=request.user,
            at=timezone.now(),
            first_on=form.cleaned_data["first_on"],
            last_on=form.cleaned_data["last_on"],
            substitutes=form.substitutes,
        ),
        lambda _row: reverse("teams:absence"),
        context=context,
        said=_("Your absence is noted."),
        template="teams/absence.html",
    )


@reader()
def end(request: PageRequest, pk: int) -> HttpResponse:
    """Be back."""
    row = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
    return moved(
        request,
        lambda: actions.end_absence(absence=row, by=request.user, at=timezone.now()),
        reverse("teams:absence"),
        _("The absence has ended."),
    )


def _substitution(pk: int) -> Substitution:
    return get_object_or_404(Substitution.objects.select_related("committee", "member", "substitute"), pk=pk)


@reader()
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Allow, for the committee, whom a member named."""
    row = _substitution(pk)
    return moved(
        request,
        lambda: actions.confirm_substitute(substitution=row, by=request.user, at=timezone.now()),
        reverse("teams:committee", args=[row.committee.code]),
        _("The substitute is confirmed."),
    )


@reader()
def end_substitute(request: PageRequest, pk: int) -> HttpResponse:
    """End a substitution today."""
    row = _substitution(pk)
    return moved(
        request,
        lambda: actions.end_substitute(substitution=row, by=request.user, at=timezone.now()),
        reverse("teams:committee", args=[row.committee.code]),
        _("Nobody stands in here any more."),
    )


def _seat(request: PageRequest, code: str, pk: int) -> CommitteeSeat:
    """The seat, for whoever may name a substitute for its holder. Raises: Http404, NotAllowed."""
    rows = CommitteeSeat.objects.select_related("committee", "user").filter(ended_on=None)
    seat = get_object_or_404(rows, pk=pk, committee__code=code)
    require("substitute.name", request.person, about_substitution(seat.committee_id, seat.user_id))
    return seat


@reader()
def away(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Say, as the chair, that a member is away."""
    seat = _seat(request, code, pk)
    form = SeatAbsenceForm(
        posted(request), initial={"first_on": today_of(request)}, committee=seat.committee, member=seat.user
    )
    back = reverse("teams:committee", args=[code])
    context = {
        "title": _("%(name)s is away") % {"name": seat.user.name},
        "lead": _("Cases that open on these days ask the substitute instead. No reason is asked or kept."),
        "crumbs": committee_crumbs(seat.committee),
        "primary": _("Note the absence"),
        "back": back,
    }

    def act() -> Absence:
        given = dict(form.cleaned_data)
        substitute = given.pop("substitute")
        named = {seat.committee: substitute} if substitute else {}
        return actions.set_absence(user=seat.user, by=request.user, at=timezone.now(), substitutes=named, **given)

    return form_page(request, form, act, lambda _row: back, context=context, said=_("The absence is noted."))


@reader()
def substitute(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Name who may stand in for a member."""
    seat = _seat(request, code, pk)
    form = SubstituteForm(
        posted(request), initial={"first_on": today_of(request)}, committee=seat.committee, member=seat.user
    )
    back = reverse("teams:committee", args=[code])
    context = {
        "title": _("A substitute for %(name)s") % {"name": seat.user.name},
        "lead": _(
            "Within these days, whenever the member is away when a case opens. Nobody stands in for a substitute."
        ),
        "crumbs": committee_crumbs(seat.committee),
        "primary": _("Name the substitute"),
        "back": back,
    }
    return form_page(
        request,
        form,
        lambda: actions.name_substitute(
            committee=seat.committee, member=seat.user, by=request.user, at=timezone.now(), **form.cleaned_data
        ),
        lambda _row: back,
        context=context,
        said=_("The substitute is named."),
    )
