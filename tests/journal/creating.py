"""A creating endpoint to try `Idempotency-Key` on: each effect is one event."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from journal.idempotency import idempotent
from journal.record import record
from journal.refusals import Invalid


class Creating(APIView):
    """Creates "deals"; number 13 is refused, number 14 answers with an error, number 15 is a bug."""

    authentication_classes: list[type[BaseAuthentication]] = []
    throttle_classes: list[Any] = []

    @idempotent
    def post(self, request: Request) -> Response:
        number = request.data["number"]
        with transaction.atomic():
            event = record(
                "deal.drafted",
                subject=("deal", f"D-{number}"),
                by=request.user.pk,
                at=timezone.now(),
                data={"n": number},
            )
        if number == 13:
            raise Invalid("unlucky", "Not this number.")
        if number == 14:
            return Response({"code": "unlucky"}, status=422)
        if number == 15:
            raise ZeroDivisionError
        return Response(
            {"sequence": event.sequence, "price": 1.25}, status=201, headers={"Location": f"/deals/D-{number}/"}
        )


def post(user_id: int, *, key: str | None, body: dict[str, Any]) -> Response:
    """Post as this person and return the rendered answer."""
    headers = {} if key is None else {"Idempotency-Key": key}
    request = APIRequestFactory().post("/api/v1/deals/", body, format="json", headers=headers)
    force_authenticate(request, user=get_user_model().objects.get(pk=user_id))
    response: Response = Creating.as_view()(request)
    response.render()
    return response
