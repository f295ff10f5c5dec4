"""Rows for operators to look at; what was hashed is left out, and signing in goes through the rate-limited page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from journal.admin import ReadOnlyAdmin
from teams.models import (
    ApiToken,
    Calendar,
    CalendarVersion,
    Committee,
    CommitteeSeat,
    Customer,
    CustomerTeam,
    Invitation,
    Membership,
    Organisation,
    OrganisationRole,
    Team,
    User,
)

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People."""

    list_display = ("id", "email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    ordering = ("name", "pk")
    exclude = ("password", "groups", "user_permissions")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations."""

    list_display = ("id", "email", "invited_at", "expires_at", "accepted_at")
    ordering = ("-id",)
    exclude = ("token_sha256",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """API tokens."""

    list_display = ("id", "user", "name", "prefix", "scopes", "expires_at", "last_used_on", "revoked_at")
    ordering = ("-id",)
    exclude = ("token_sha256",)


@admin.register(OrganisationRole)
class OrganisationRoleAdmin(ReadOnlyAdmin):
    """Roles over the whole organisation."""

    list_display = ("id", "user", "role", "started_on", "ended_on")
    list_filter = ("role",)
    ordering = ("-id",)


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    """Teams."""

    list_display = ("code", "name", "group", "cost_sight", "cost_rating", "is_active")
    ordering = ("code",)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Places in teams."""

    list_display = ("id", "team", "user", "role", "may_decide", "started_on", "ended_on")
    ordering = ("-id",)


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Customers."""

    list_display = ("reference", "name", "segment", "country", "is_active")
    search_fields = ("reference", "name")
    ordering = ("reference",)


@admin.register(CustomerTeam)
class CustomerTeamAdmin(ReadOnlyAdmin):
    """Who looks after which customer."""

    list_display = ("id", "customer", "team", "contact", "started_on", "ended_on")
    ordering = ("-id",)


@admin.register(Committee)
class CommitteeAdmin(ReadOnlyAdmin):
    """Committees."""

    list_display = ("code", "name", "rule", "approvals_needed", "quorum", "answer_hours", "is_active")
    ordering = ("code",)


@admin.register(CommitteeSeat)
class CommitteeSeatAdmin(ReadOnlyAdmin):
    """Seats on committees."""

    list_display = ("id", "committee", "user", "is_chair", "started_on", "ended_on")
    ordering = ("-id",)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """The organisation."""

    list_display = ("name", "time_zone", "country", "currency")


@admin.register(Calendar)
class CalendarAdmin(ReadOnlyAdmin):
    """Working calendars."""

    list_display = ("code", "name")
    ordering = ("code",)


@admin.register(CalendarVersion)
class CalendarVersionAdmin(ReadOnlyAdmin):
    """Versions of working calendars."""

    list_display = ("id", "calendar", "number", "state", "starts_on", "country", "subdivision")
    ordering = ("-id",)
