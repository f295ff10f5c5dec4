"""When a session was last signed in, and whether that is recent enough for what binds others."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"


def stamp(session: SessionBase) -> None:
    """Write down that somebody proved just now who they are."""
    session[SIGNED_IN_AT] = int(timezone.now().timestamp())


def stamp_sign_in(request: HttpRequest | None = None, **_told: Any) -> None:
    """Receive Django's own signal, which every way of signing in sends: invitation, first use, demo, e-mail."""
    if request is not None:
        stamp(request.session)


def is_recent(session: SessionBase) -> bool:
    """Whether the last sign-in is at most 15 minutes old; a session that tells nothing is old."""
    signed_in_at = session.get(SIGNED_IN_AT)
    if signed_in_at is None:
        return False
    age = timedelta(seconds=timezone.now().timestamp() - signed_in_at)
    return age <= timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
