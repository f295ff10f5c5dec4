"""Keys to the API: made by and for one person, shown once, revoked for good."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams.actions.people import hash_of
from teams.actions.writing import checked
from teams.models import ApiToken, User
from teams.permissions import About
from teams.standing import require_today

LONGEST_DAYS = 366
PREFIX_LENGTH = 11


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token's row, and the key itself, which is shown once and kept nowhere."""

    token: ApiToken
    key: str


@transaction.atomic
def create_token(*, by: User, at: datetime, name: str, scopes: Iterable[str], days: int) -> NewToken:
    """Make a key for oneself, good for `days` days; it can do no more than its owner may, and only in its scopes.

    Raises: NotAllowed, Invalid.
    """
    require_today("token.manage", by=by, at=at, about=About(owner_id=by.pk))
    wanted = [scope for scope in ApiToken.Scope.values if scope in set(scopes)]
    if not wanted or len(wanted) != len(set(scopes)):
        raise Invalid("unknown_scope", _("Choose at least one of the scopes offered."), path="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("too_long", _("A token is good for at most a year."), path="days")
    key = f"nm_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        user=by,
        name=name.strip(),
        prefix=key[:PREFIX_LENGTH],
        token_sha256=hash_of(key),
        scopes=" ".join(wanted),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    checked(token, ["name"])
    token.save(force_insert=True)
    # told by mail as well: who did not make it must hear of it
    _record("token.created", token, by, at, tell=[by.pk])
    return NewToken(token, key)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, at: datetime) -> ApiToken:
    """Make a key useless at once: one's own, or anybody's as an administrator. Raises: NotAllowed, Conflict."""
    require_today("token.manage", by=by, at=at, about=About(owner_id=token.user_id))
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        raise Conflict("token_revoked", _("This token is revoked already."))
    token.refresh_from_db()
    _record("token.revoked", token, by, at, tell=[token.user_id] if token.user_id != by.pk else [])
    return token


def _record(verb: str, token: ApiToken, by: User, at: datetime, tell: list[int]) -> None:
    data = {"token": token.pk, "scopes": token.scopes, "user": token.user_id}
    subject, about = ("token", str(token.pk)), [("user", str(token.user_id))]
    record(verb, subject=subject, by=by.pk, at=at, data=data, about=about, tell=tell, link="/settings/tokens/")


def usable(key: str, at: datetime) -> ApiToken | None:
    """The token that this key opens at this moment, with its owner, or None."""
    token = ApiToken.objects.select_related("user").filter(token_sha256=hash_of(key), revoked_at=None).first()
    if token is None or not token.user.is_active or (token.expires_at and token.expires_at <= at):
        return None
    return token


def note_use(token: ApiToken, day: date) -> None:
    """Remember the day of use, at most once a day: reading with a token must not write each time."""
    if token.last_used_on != day:
        ApiToken.objects.filter(pk=token.pk).exclude(last_used_on=day).update(last_used_on=day)
