"""What the views of the API share: signed in and in scope, who asks, and the headers that they describe."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from journal.strict import StrictSerializer
from teams.models import ApiToken, User
from teams.permissions import Person
from teams.tokens import HasScope

ADMINISTER = ApiToken.Scope.ADMINISTER.value
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key and body give the same answer and one effect, for 72 hours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the edition that was read."
)


class NothingSerializer(StrictSerializer):
    """No fields at all."""


class ReadScoped(APIView):
    """Signed in, and with a token only in its scopes; other apps' views build on it."""

    permission_classes = [IsAuthenticated, HasScope]


def asker(request: Request) -> User:
    """The person whom `IsAuthenticated` let in."""
    return cast(User, request.user)


def person_of_request(request: Request) -> Person:
    """Return who asks, as the permission table knows them."""
    person: Person = request._request.person  # type: ignore[attr-defined]
    return person


def taken(serializer: type[Serializer], data: Any) -> dict[str, Any]:
    """Return what was sent, validated. Raises: ValidationError."""
    read_in = serializer(data=data)
    read_in.is_valid(raise_exception=True)
    values: dict[str, Any] = read_in.validated_data
    return values
