"""The same creating request twice has one effect: `Idempotency-Key` for DRF views.

The key is written first and by itself; the effect and its answer are then committed together. A process that dies in
between leaves a key without an effect, which the next repetition takes over.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.http.request import RawPostDataException
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from journal.models import IdempotentRequest
from journal.refusals import Conflict, Invalid

KEPT_FOR = timedelta(hours=72)
# Only where the database cannot say whether the first request still runs (SQLite): how long it is believed to.
BELIEVED_RUNNING = timedelta(seconds=30)
KEPT_HEADERS = ("Location", "ETag")
KEY = re.compile(r"[\x21-\x7e]{1,255}")

ViewMethod = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, as far as its repetition must be the same."""

    actor_id: int
    key: str
    method: str
    path: str
    body_sha256: str


def idempotent(method: ViewMethod) -> ViewMethod:
    """Give a DRF view's creating method one effect per `Idempotency-Key`; without the header nothing changes.

    The method runs inside a transaction. A refused request (any status from 400 on) leaves neither an effect nor the
    key behind, so the same key may be used for the corrected request.
    Raises: Invalid for a malformed key or one used for another request (422); Conflict while the first runs (409).
    """

    @wraps(method)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        actor_id = request.user.pk
        if "Idempotency-Key" not in request.headers or actor_id is None:
            return method(view, request, *args, **kwargs)
        asked, at = _asked(request, actor_id), timezone.now()
        row_id, is_new = _claim(asked, at)
        if not is_new and (known := _known_answer(row_id, asked, at)):
            return known
        return _act_once(row_id, asked, lambda: method(view, request, *args, **kwargs))

    return answer


def _asked(request: Request, actor_id: int) -> Asked:
    key = request.headers["Idempotency-Key"].strip().strip('"')
    if not KEY.fullmatch(key):
        raise Invalid("idempotency_key_invalid", _("An Idempotency-Key has 1 to 255 visible characters and no spaces."))
    path = request.get_full_path()
    return Asked(actor_id, key, str(request.method), path[:400], _digest(request))


def _digest(request: Request) -> str:
    """Return the SHA-256 of the body, or of its parts where a form with files was read already."""
    try:
        return hashlib.sha256(request.body).hexdigest()
    except RawPostDataException:
        digest = hashlib.sha256(repr(sorted(request.POST.lists())).encode())
        for name, file in sorted(request.FILES.items()):
            digest.update(name.encode() + b"".join(file.chunks()))
            file.seek(0)
        return digest.hexdigest()


def _claim(asked: Asked, at: datetime) -> tuple[int, bool]:
    """Write the key down, unless it is there; return its row's id and whether it is new.

    Looks before it writes: on SQLite reading does not wait for the first request, writing does.
    """
    mine = IdempotentRequest.objects.filter(actor_id=asked.actor_id, key=asked.key)
    first = mine.first()
    if first is not None and first.created_at >= at - KEPT_FOR:
        return first.pk, False
    try:
        with transaction.atomic():
            mine.filter(created_at__lt=at - KEPT_FOR).delete()
            row = IdempotentRequest.objects.create(
                actor_id=asked.actor_id,
                key=asked.key,
                method=asked.method,
                path=asked.path,
                body_sha256=asked.body_sha256,
                created_at=at,
            )
        return row.pk, True
    except IntegrityError:
        first = mine.first()
        if first is None:  # refused and forgotten between the two looks
            raise _in_flight() from None
        return first.pk, False


def _known_answer(row_id: int, asked: Asked, at: datetime) -> Response | None:
    """Return the stored answer; None where the first request died before it had an effect.

    Raises: Invalid where the key was used for another request; Conflict while the first still runs.
    """
    row = IdempotentRequest.objects.filter(pk=row_id).first()
    if row is None:
        raise _in_flight()
    _insist_on_the_same(row, asked)
    if row.state == IdempotentRequest.State.DONE:
        return _replay(row)
    # PostgreSQL tells by the row's lock; elsewhere the first request gets a while
    if not connection.features.has_select_for_update_skip_locked and at - row.created_at < BELIEVED_RUNNING:
        raise _in_flight()
    return None


def _act_once(row_id: int, asked: Asked, act: Callable[[], Response]) -> Response:
    """Do it and store the answer in one transaction, holding the key's row, unless it was done meanwhile."""
    with transaction.atomic():
        row = _held(row_id)
        if row.state == IdempotentRequest.State.DONE:
            _insist_on_the_same(row, asked)
            return _replay(row)
        response, error = _attempt(act)
        if response is not None and response.status_code < 400:
            _store(row, response)
        else:
            row.delete()
    if response is None:
        raise error or AssertionError("neither an answer nor an error")
    return response


def _held(row_id: int) -> IdempotentRequest:
    """Return the key's row, locked. Raises: Conflict where another request holds it, or has just been refused."""
    rows = IdempotentRequest.objects.filter(pk=row_id)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    row = rows.first()
    if row is None:
        raise _in_flight()
    return row


def _attempt(act: Callable[[], Response]) -> tuple[Response | None, Exception | None]:
    """Run the view; what it wrote is taken back where it refuses, fails, or answers with an error."""
    try:
        with transaction.atomic():
            response = act()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response, None
    except Exception as error:  # handed on as it is, once the key is given free
        return None, error


def _store(row: IdempotentRequest, response: Response) -> None:
    row.state = IdempotentRequest.State.DONE
    row.status = response.status_code
    row.headers = json.dumps({name: response[name] for name in KEPT_HEADERS if name in response})
    row.response_body = JSONRenderer().render(response.data).decode()
    row.save(update_fields=["state", "status", "headers", "response_body"])


def _replay(row: IdempotentRequest) -> Response:
    data = json.loads(row.response_body) if row.response_body else None
    return Response(data, status=row.status, headers={**json.loads(row.headers), "Idempotency-Replayed": "true"})


def _insist_on_the_same(row: IdempotentRequest, asked: Asked) -> None:
    if (row.method, row.path, row.body_sha256) != (asked.method, asked.path, asked.body_sha256):
        raise Invalid(
            "idempotency_key_reused", _("This Idempotency-Key was used for another request. Take a new one for this.")
        )


def _in_flight() -> Conflict:
    return Conflict(
        "request_in_flight", _("The first request with this Idempotency-Key is still being worked on. Try again soon.")
    )


def forget_old(at: datetime) -> int:
    """Remove the keys that were kept long enough."""
    return IdempotentRequest.objects.filter(created_at__lt=at - KEPT_FOR).delete()[0]
