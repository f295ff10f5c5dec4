"""What the API is measured against: views that authenticate and parse the same way, and do nearly nothing else."""

import time
from typing import Any

from django.db import transaction
from django.urls import include, path
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.evaluating import CaseParser
from journal.models import IdempotentRequest
from teams.tokens import HasScope


class Bare(APIView):
    """Authenticates, checks the scope, counts for the rate limits, reads the body, answers."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = "evaluate"
    throttle_scope = "evaluate"
    parser_classes = [CaseParser]

    def post(self, request: Request) -> Response:
        return Response({"keys": len(request.data)})


class BareInsert(APIView):
    """The same, and one INSERT in its transaction."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = "deals"

    def post(self, request: Request) -> Response:
        sent: Any = request.data
        with transaction.atomic():
            row = IdempotentRequest.objects.create(
                actor_id=request.user.pk,
                key=f"bare-{time.perf_counter_ns()}",
                method="POST",
                path="/bare/",
                body_sha256="0" * 64,
                created_at=timezone.now(),
            )
        return Response({"id": row.pk, "keys": len(sent)}, status=201)


urlpatterns = [
    path("bare/evaluate/", Bare.as_view()),
    path("bare/insert/", BareInsert.as_view()),
    path("", include("config.urls")),
]
