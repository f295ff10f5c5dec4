"""People: inviting them, letting them in, changing and deactivating them, and their organisation roles."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid, NotAllowed
from teams import leaving
from teams.actions.departing import announce_departure
from teams.actions.membership import lock_with_merged
from teams.actions.rota import end_turns_of
from teams.actions.writing import active, change, checked, insert, not_for_oneself, same_edition
from teams.models import (
    ApiToken,
    Committee,
    CommitteeSeat,
    Invitation,
    Membership,
    Organisation,
    OrganisationRole,
    User,
)
from teams.organisation import organisation, today
from teams.standing import require_today

INVITATION_DAYS = 7
ADMINISTRATOR = OrganisationRole.Role.MANDATE_ADMINISTRATOR
FIRST_ROLES = (ADMINISTRATOR, OrganisationRole.Role.EXECUTIVE)


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who was invited, and the token of the link; it is shown once and kept nowhere."""

    user: User
    invitation: Invitation
    token: str


def hash_of(token: str) -> str:
    """The form in which a token is stored; it is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(user: User) -> str:
    return f"/settings/users/{user.pk}/"


# --- the way in ---


@transaction.atomic
def invite_user(*, by: User, at: datetime, email: str, name: str) -> Invited:
    """Make a person who holds no right yet, and an invitation for seven days.

    Raises: NotAllowed; Invalid for an address that is no address or belongs to somebody already.
    """
    require_today("user.manage", by=by, at=at)
    invited = _invited(email, name, by, at)
    record("user.invited", subject=("user", str(invited.user.pk)), by=by.pk, at=at, link=link_of(invited.user))
    return invited


def _invited(email: str, name: str, by: User | None, at: datetime) -> Invited:
    user = User(email=email.strip().lower(), name=name.strip())
    checked(user, ["email", "name"])
    user.set_unusable_password()
    insert(user, taken="email_taken", path="email")
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=user.email,
        name=user.name,
        token_sha256=hash_of(token),
        user=user,
        invited_by=by,
        invited_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    return Invited(user, invitation, token)


@transaction.atomic
def invite_again(*, user: User, by: User, at: datetime) -> Invited:
    """Replace an invitation that nobody accepted yet; the old link stops working. Raises: NotAllowed, Conflict."""
    require_today("user.manage", by=by, at=at)
    invitation = Invitation.objects.select_for_update().filter(user=active(user, "user"), accepted_at=None).first()
    if invitation is None:
        raise Conflict("already_joined", _("This person has joined already."))
    token = secrets.token_urlsafe(32)
    invitation.token_sha256 = hash_of(token)
    invitation.invited_by, invitation.invited_at = by, at
    invitation.expires_at = at + timedelta(days=INVITATION_DAYS)
    invitation.save(update_fields=["token_sha256", "invited_by", "invited_at", "expires_at"])
    record("user.invited_again", subject=("user", str(user.pk)), by=by.pk, at=at, link=link_of(user))
    return Invited(user, invitation, token)


def open_invitation(token: str, at: datetime) -> Invitation | None:
    """The invitation that this token opens at this moment, or None: unknown, used, expired or deactivated."""
    return (
        Invitation.objects.select_related("user")
        .filter(token_sha256=hash_of(token), accepted_at=None, expires_at__gt=at, user__is_active=True)
        .first()
    )


@transaction.atomic
def accept_invitation(*, token: str, at: datetime, name: str, password: str) -> User:
    """Set the name and password of the person invited; the token is used up by it.

    Raises: Conflict where it opens nothing any more; Invalid for a name that cannot be stored.
    """
    found = open_invitation(token, at)
    # compare and set: of two who hold the link, one gets in
    if not found or not Invitation.objects.filter(pk=found.pk, accepted_at=None).update(accepted_at=at):
        raise Conflict("invitation_spent", _("This invitation is no longer good. Ask for a new one."))
    user = User.objects.select_for_update().get(pk=found.user_id)
    user.name = name.strip()
    checked(user, ["name"])
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    tell = [found.invited_by_id] if found.invited_by_id else []
    record("user.joined", subject=("user", str(user.pk)), by=user.pk, at=at, tell=tell, mail=False, link=link_of(user))
    return user


# --- the first of all ---


@dataclass(frozen=True, slots=True)
class FirstUse:
    """The first administrator, and the second person whom four eyes need."""

    administrator: User
    second: Invited


def is_first_use() -> bool:
    """Whether nobody has ever been given a role and nobody but operators could sign in."""
    if settings.DEMO or OrganisationRole.objects.exists():
        return False
    return not User.objects.filter(is_staff=False).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


@transaction.atomic
def first_use(
    *,
    at: datetime,
    organisation_name: str,
    name: str,
    email: str,
    password: str,
    second_name: str,
    second_email: str,
) -> FirstUse:
    """Name the organisation, make its first administrator, and invite the second.

    Both are mandate administrator and executive: neither can grant what they drafted, so each needs the other.
    Raises: Conflict where it has happened already; Invalid.
    """
    row = Organisation.objects.select_for_update().get(pk=organisation().pk)
    if not is_first_use():
        raise Conflict("in_use_already", _("The first administrator is known already. Sign in."))
    day = today(at, of=row)
    change(row, {"name": organisation_name.strip()})
    first = User(email=email.strip().lower(), name=name.strip())
    checked(first, ["email", "name"])
    first.set_password(password)
    insert(first, taken="email_taken", path="email")
    try:
        second = _invited(second_email, second_name, first, at)
    except Invalid as refusal:
        raise Invalid(refusal.code, refusal.detail, path=f"second_{refusal.path}") from None
    for user in (first, second.user):
        for role in FIRST_ROLES:
            OrganisationRole.objects.create(user=user, role=role, started_on=day)
    record("organisation.founded", subject=("organisation", "1"), by=first.pk, at=at, link="/settings/organisation/")
    _record_first(first, second.user, at)
    return FirstUse(first, second)


def _record_first(first: User, second: User, at: datetime) -> None:
    record("user.invited", subject=("user", str(second.pk)), by=first.pk, at=at, link=link_of(second))
    for user in (first, second):
        for role in FIRST_ROLES:
            record(
                "user.role_granted",
                subject=("user", str(user.pk)),
                by=first.pk,
                at=at,
                data={"user": user.pk, "role": role.value},
                link=link_of(user),
            )


# --- changing people ---


@transaction.atomic
def change_user(
    *, user: User, by: User, at: datetime, edition: int | None, name: str, language: str, time_zone: str
) -> User:
    """Change a person's name, language and time zone: their own, or as an administrator. The address stays.

    Raises: NotAllowed, Conflict `stale_edition`, Invalid.
    """
    if by.pk != user.pk:
        require_today("user.manage", by=by, at=at)
    elif not by.is_active:
        raise NotAllowed("not_allowed_not_signed_in", _("Sign in first."))
    locked = User.objects.select_for_update().get(pk=user.pk)
    same_edition(locked, edition)
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid("unknown_language", _("Choose one of the languages offered."), path="language")
    if time_zone and time_zone not in available_timezones():
        raise Invalid("unknown_time_zone", _("Choose one of the time zones offered."), path="time_zone")
    values = {"name": name.strip(), "language": language, "time_zone": time_zone}
    data = change(locked, values, told=frozenset({"language", "time_zone"}))
    if data:
        subject = ("user", str(user.pk))
        record("user.changed", subject=subject, by=by.pk, at=at, data={"user": user.pk, **data}, link=link_of(user))
    return locked


@transaction.atomic
def deactivate_user(*, user: User, by: User, at: datetime) -> User:
    """Let a person in no more: places, seats, turns on duty, roles, invitation and tokens end today.

    One administrator may do so, though changing a committee takes two: each committee's chair, and all who could
    confirm such a change, are told, and the committee's history shows it.
    Raises: NotAllowed; Conflict while customers or blocking matters of theirs are not handed over.
    """
    day = require_today("user.manage", by=by, at=at)
    if by.pk == user.pk:
        raise NotAllowed("own_account", _("Another mandate administrator deactivates your account."))
    places = Membership.objects.filter(user=user, ended_on=None).values_list("team_id", flat=True)
    ids = list(lock_with_merged(list(places)))
    leaving.lock(user_id=user.pk, team_ids=ids, at=at)
    # committees before people, as the rota takes them
    sits_on = CommitteeSeat.objects.filter(user=user, ended_on=None).values("committee")
    list(Committee.objects.select_for_update().filter(pk__in=sits_on).order_by("pk"))
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise Conflict("already_inactive", _("This person's account is deactivated already."))
    if [matter for matter in leaving.of_person(user.pk) if matter.blocking]:
        raise Conflict("hand_over_first", _("Hand over the customers and deals of this person first."))
    seats = list(CommitteeSeat.objects.filter(user=locked, ended_on=None).select_related("committee").order_by("pk"))
    ended = _end_everything(locked, day)
    leaving.rights_lost(user.pk, None, at)
    ApiToken.objects.filter(user=locked, revoked_at=None).update(revoked_at=at)
    Invitation.objects.filter(user=locked, accepted_at=None).update(expires_at=at)
    locked.is_active = False
    locked.edition += 1
    locked.save(update_fields=["is_active", "edition"])
    data = {"user": user.pk, "ended": ended}
    record("user.deactivated", subject=("user", str(user.pk)), by=by.pk, at=at, data=data, link=link_of(user))
    announce_departure(seats, by=by, at=at)
    leaving.left(user_id=user.pk, team_ids=ids, is_gone=True, by=by, at=at)
    return locked


def _end_everything(user: User, day: date) -> int:
    """End every dated row of a person; return how many there were."""
    end_turns_of(user.pk, None, day)
    rows = (Membership, CommitteeSeat, OrganisationRole)
    return sum(model._default_manager.filter(user=user, ended_on=None).update(ended_on=day) for model in rows)


@transaction.atomic
def reactivate_user(*, user: User, by: User, at: datetime) -> User:
    """Let a person in again, without any of the rights held before. Raises: NotAllowed, Conflict."""
    require_today("user.manage", by=by, at=at)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        raise Conflict("already_active", _("This person's account is active already."))
    locked.is_active = True
    locked.edition += 1
    locked.save(update_fields=["is_active", "edition"])
    record("user.reactivated", subject=("user", str(user.pk)), by=by.pk, at=at, link=link_of(user))
    return locked


# --- organisation roles ---


@transaction.atomic
def grant_role(*, user: User, by: User, at: datetime, role: str) -> OrganisationRole:
    """Give an organisation role from today; all others who could confirm a change hear of it.

    Raises: NotAllowed, also for one's own role; Conflict where it is held already; Invalid.
    """
    day = require_today("user.manage", by=by, at=at)
    not_for_oneself(by, user)
    if role not in OrganisationRole.Role.values:
        raise Invalid("unknown_role", _("Choose one of the roles offered."), path="role")
    active(user, "user")
    if OrganisationRole.objects.filter(user=user, role=role, ended_on=None).exists():
        raise Conflict("role_held", _("This person holds this role already."))
    row = OrganisationRole.objects.create(user=user, role=role, started_on=day)
    _record_role("user.role_granted", row, by, at)
    return row


@transaction.atomic
def end_role(*, held: OrganisationRole, by: User, at: datetime) -> OrganisationRole:
    """End an organisation role today. Raises: NotAllowed; Conflict for the last mandate administrator."""
    day = require_today("user.manage", by=by, at=at)
    open_rows = list(
        OrganisationRole.objects.select_for_update().filter(role=held.role, ended_on=None, user__is_active=True)
    )
    row = next((row for row in open_rows if row.pk == held.pk), None)
    if row is None:
        raise Conflict("role_ended", _("This role has ended already."))
    if row.role == ADMINISTRATOR and len(open_rows) == 1:
        raise Conflict(
            "last_administrator", _("The last mandate administrator cannot step down: appoint another first.")
        )
    row.ended_on = day
    row.save(update_fields=["ended_on"])
    _record_role("user.role_ended", row, by, at)
    return row


def _record_role(verb: str, row: OrganisationRole, by: User, at: datetime) -> None:
    others = OrganisationRole.objects.filter(role__in=FIRST_ROLES, ended_on=None).exclude(user=by)
    record(
        verb,
        subject=("user", str(row.user_id)),
        by=by.pk,
        at=at,
        data={"user": row.user_id, "role": row.role},
        tell=sorted({row.user_id, *others.values_list("user_id", flat=True)} - {by.pk}),
        link=link_of(row.user),
    )


def grantors_count() -> int:
    """How many active people could grant what somebody else drafted: four eyes need two."""
    people = User.objects.filter(is_active=True, is_staff=False)
    return people.filter(organisation_roles__ended_on=None, organisation_roles__role__in=FIRST_ROLES).distinct().count()
