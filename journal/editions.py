"""Editions of a row as ETags: who changes something must have read what is there now."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from journal.refusals import Conflict, Refusal


class PreconditionRequired(Refusal):
    """A change came without saying which edition it was made from (428)."""

    status = 428


class EditionChanged(Refusal):
    """Somebody else changed it since it was read (412)."""

    status = 412


def etag_of(edition: int) -> str:
    """Return the strong ETag of an edition."""
    return f'"{edition}"'


def require_match(request: Request, edition: int) -> None:
    """Insist that the request's If-Match names `edition`, the one that is locked now.

    Raises: PreconditionRequired without the header; EditionChanged where it names others.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired(
            "precondition_required", _("Say with If-Match which edition you read: its ETag came with the answer.")
        )
    # weak tags never match here (RFC 9110, section 13.1.1); the star asks only that there is something to change
    if header != "*" and etag_of(edition) not in {tag.strip() for tag in header.split(",")}:
        raise EditionChanged(
            "edition_changed", _("Somebody changed this since you read it. Read it again, then decide anew.")
        )


def unless_changed(act: Callable[[], Any]) -> Any:
    """Do it; where somebody else was faster, say so as HTTP does. Raises: EditionChanged for `stale_edition`."""
    try:
        return act()
    except Conflict as conflict:
        if conflict.code == "stale_edition":
            raise EditionChanged("edition_changed", conflict.detail) from conflict
        raise
