"""What a load balancer and a monitor ask: alive, ready, and the figures."""

import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from journal import guards, heartbeats

Check = Callable[[], str]
OK = "ok"


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether this process can serve: database, migrations, guarding triggers. 503 where it cannot."""
    answers: dict[str, Any] = {}
    for name, check in CHECKS.items():
        answers[name] = check()
        if answers[name] != OK:
            break  # what comes after leans on what came before
    good = len(answers) == len(CHECKS) and all(answer == OK for answer in answers.values())
    if good:
        answers["worker"] = worker()
    return JsonResponse({"ready": good, **answers}, status=200 if good else 503)


def database() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "unreachable"
    return OK


def migrations() -> str:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if not plan else f"{len(plan)} not applied"


def standing_guards() -> str:
    missing = guards.missing_triggers()
    return OK if not missing else f"{len(missing)} missing"


def worker() -> str:
    """Return when a worker last gave a sign of life; never a reason to take the web server out of service."""
    newest = heartbeats.latest()
    return newest.isoformat() if newest else "never seen"


CHECKS: dict[str, Check] = {"database": database, "migrations": migrations, "guards": standing_guards}


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to who holds METRICS_TOKEN, and to a signed-in operator; to others there is nothing here."""
    if not (_bears_token(request) or (request.user.is_authenticated and request.user.is_staff)):
        raise Http404
    return ExportToDjangoView(request)


def _bears_token(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and kind == "Bearer" and hmac.compare_digest(token.encode(), expected.encode())
