"""Sign-in to the API with a token, and what its scopes allow."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from teams.actions.keys import note_use, usable
from teams.models import ApiToken, User
from teams.organisation import today
from teams.standing import person_of

KEYWORD = b"bearer"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer nm_...`; the request's person is then the token's owner."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD:
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Send one token: “Authorization: Bearer ...”."))
        return self._owner_of(words[1], request, timezone.now())

    def _owner_of(self, word: bytes, request: Request, at: datetime) -> tuple[User, ApiToken]:
        token = usable(word.decode("latin-1"), at)
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, revoked or out of date."))
        day = today(at, of=request._request.organisation)  # type: ignore[attr-defined]
        note_use(token, day)
        request._request.person = person_of(token.user, day)  # type: ignore[attr-defined]
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """Requires of a token the view's `scope` for changes, and `read` or that scope for reading.

    A session has every scope: it is a person. `scope = None` on a view keeps tokens from changing anything there;
    `read_scope` names another scope than `read` for reading.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return bool(request.user and request.user.is_authenticated)
        scope: str | None = getattr(view, "scope", None)
        needed = {scope} - {None}
        if request.method in SAFE_METHODS:
            needed |= {getattr(view, "read_scope", ApiToken.Scope.READ.value)}
        return bool(needed & set(request.auth.scopes.split()))
