"""People: the list, the invitation, one person with roles and places, deactivation."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.paging import page
from teams import actions, leaving
from teams.forms.edition import PageForm
from teams.forms.people import InviteForm, RoleForm, UserForm
from teams.models import CommitteeSeat, Invitation, Membership, OrganisationRole, User
from teams.views.entrance import invited_page
from teams.views.profile import crumbs as settings_crumbs
from teams.views.profile import stored_user
from teams.views.requests import PageRequest, allowed, form_page, moved, posted, reader

# auditors read what administrators manage
READERS = ("user.manage", "journal.read")


def crumbs(user: User | None = None) -> list[dict[str, str]]:
    trail = [*settings_crumbs(), {"url": reverse("teams:users"), "label": _("People")}]
    return trail if user is None else [*trail, {"url": reverse("teams:user", args=[user.pk]), "label": user.name}]


@reader(*READERS)
def users(request: PageRequest) -> HttpResponse:
    """List people with the roles and teams they have today."""
    open_roles = Prefetch("organisation_roles", OrganisationRole.objects.filter(ended_on=None), to_attr="held_roles")
    places = Membership.objects.filter(ended_on=None).select_related("team").order_by("team__name")
    found = User.objects.prefetch_related(open_roles, Prefetch("memberships", places, to_attr="places"))
    text = request.GET.get("q", "").strip()[:100]
    if text:
        found = found.filter(name__icontains=text) | found.filter(email__icontains=text)
    context = {
        "page": page(found, request.GET, order="name"),
        "q": text,
        "crumbs": settings_crumbs(),
        "manages": allowed(request, "user.manage"),
    }
    return render(request, "teams/users.html", context)


@reader("user.manage")
def invite(request: PageRequest) -> HttpResponse:
    """Invite a person, and show or send the link."""
    form = InviteForm(posted(request))
    context = {
        "title": _("Invite somebody"),
        "lead": _("They set their own password. Roles, teams and seats are given afterwards."),
        "crumbs": crumbs(),
        "primary": _("Invite"),
        "back": reverse("teams:users"),
    }
    return form_page(
        request,
        form,
        lambda: actions.invite_user(by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda invited: invited_page(request, invited, request.organisation.name),
        context=context,
    )


@reader(*READERS)
def user(request: PageRequest, pk: int) -> HttpResponse:
    """Show a person: account, roles, places and seats, today's and former ones."""
    shown = get_object_or_404(User, pk=pk)
    invitation = Invitation.objects.filter(user=shown, accepted_at=None).first()
    roles = OrganisationRole.objects.filter(user=shown).order_by("-started_on", "-pk")
    places = Membership.objects.filter(user=shown).select_related("team").order_by("-started_on", "-pk")
    seats = CommitteeSeat.objects.filter(user=shown).select_related("committee").order_by("-started_on", "-pk")
    context = {
        "shown": shown,
        "invitation": invitation,
        "is_expired": invitation is not None and invitation.expires_at <= timezone.now(),
        "roles": roles,
        "places": places,
        "seats": seats,
        "manages": allowed(request, "user.manage"),
        "is_oneself": shown.pk == request.user.pk,
        "crumbs": crumbs(),
    }
    return render(request, "teams/user.html", context)


@reader("user.manage")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a person's name, language and time zone."""
    shown = get_object_or_404(User, pk=pk)
    form = UserForm(posted(request), initial=stored_user(pk))
    context = {
        "title": _("Change %(name)s") % {"name": shown.name},
        "lead": shown.email,
        "crumbs": crumbs(shown),
        "primary": _("Save"),
        "back": reverse("teams:user", args=[pk]),
    }
    return form_page(
        request,
        form,
        lambda: actions.change_user(
            user=shown, by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], **form.values
        ),
        lambda _user: reverse("teams:user", args=[pk]),
        context=context,
        said=_("Saved."),
        stored=lambda: stored_user(pk),
    )


@reader("user.manage")
def invite_again(request: PageRequest, pk: int) -> HttpResponse:
    """Send a new link; the old one stops working."""
    shown = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return moved(request, lambda: None, reverse("teams:user", args=[pk]), "")
    invited = actions.invite_again(user=shown, by=request.user, at=timezone.now())
    return invited_page(request, invited, request.organisation.name)


@reader("user.manage")
def deactivate(request: PageRequest, pk: int) -> HttpResponse:
    """Show what is open for a person; let them in no more once nothing would be left without a contact."""
    shown = get_object_or_404(User, pk=pk)
    matters = leaving.of_person(pk)
    form = PageForm(posted(request))
    context: dict[str, Any] = {
        "shown": shown,
        "matters": matters,
        "is_blocked": any(matter.blocking for matter in matters),
        "crumbs": crumbs(shown),
        "back": reverse("teams:user", args=[pk]),
    }
    return form_page(
        request,
        form,
        lambda: actions.deactivate_user(user=shown, by=request.user, at=timezone.now()),
        lambda _user: reverse("teams:user", args=[pk]),
        context=context,
        said=_("The account is deactivated."),
        template="teams/deactivate.html",
    )


@reader("user.manage")
def reactivate(request: PageRequest, pk: int) -> HttpResponse:
    """Let a person in again, without the rights held before."""
    shown = get_object_or_404(User, pk=pk)
    return moved(
        request,
        lambda: actions.reactivate_user(user=shown, by=request.user, at=timezone.now()),
        reverse("teams:user", args=[pk]),
        _("The account is active again."),
    )


@reader("user.manage")
def new_role(request: PageRequest, pk: int) -> HttpResponse:
    """Give a person a role over the whole organisation."""
    shown = get_object_or_404(User, pk=pk)
    form = RoleForm(posted(request))
    context = {
        "title": _("Give %(name)s a role") % {"name": shown.name},
        "lead": _("It holds from today, over the whole organisation. All mandate administrators hear of it."),
        "crumbs": crumbs(shown),
        "primary": _("Give the role"),
        "back": reverse("teams:user", args=[pk]),
    }
    return form_page(
        request,
        form,
        lambda: actions.grant_role(user=shown, by=request.user, at=timezone.now(), role=form.cleaned_data["role"]),
        lambda _row: reverse("teams:user", args=[pk]),
        context=context,
        said=_("The role is given."),
    )


@reader("user.manage")
def end_role(request: PageRequest, pk: int, role: int) -> HttpResponse:
    """End a role today."""
    held = get_object_or_404(OrganisationRole, pk=role, user_id=pk)
    return moved(
        request,
        lambda: actions.end_role(held=held, by=request.user, at=timezone.now()),
        reverse("teams:user", args=[pk]),
        _("The role has ended."),
    )
