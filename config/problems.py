"""Problem details (RFC 9457): the one shape in which the API says no, and its place in the OpenAPI description."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"
URN = "urn:negotiation-mandates:problem:"

# What may go wrong with any operation, whatever it does; `None` stands for all methods.
COMMON: dict[HTTPStatus, tuple[str, frozenset[str] | None]] = {
    HTTPStatus.BAD_REQUEST: ("The request could not be read.", None),
    HTTPStatus.UNAUTHORIZED: ("Nobody is signed in, or the token is unknown, revoked or out of date.", None),
    HTTPStatus.FORBIDDEN: ("This person, or this token's scopes, may not do this.", None),
    HTTPStatus.NOT_FOUND: ("There is nothing here that you may see.", None),
    HTTPStatus.METHOD_NOT_ALLOWED: ("This address does not take this method.", None),
    HTTPStatus.NOT_ACCEPTABLE: ("The API answers in JSON only.", None),
    HTTPStatus.CONFLICT: ("The world has moved on; the code says how.", frozenset({"post", "put", "patch", "delete"})),
    HTTPStatus.PRECONDITION_FAILED: ("If-Match names an older edition.", frozenset({"post", "put", "patch", "delete"})),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("The body is too long.", frozenset({"post", "put", "patch"})),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("The body must be JSON.", frozenset({"post", "put", "patch", "delete"})),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("What was sent cannot be accepted as it stands.", None),
    HTTPStatus.PRECONDITION_REQUIRED: ("If-Match is needed here.", frozenset({"post", "put", "patch", "delete"})),
    HTTPStatus.TOO_MANY_REQUESTS: ("Too many requests; Retry-After says when to go on.", None),
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Why the API said no (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; programs compare this and never the sentence."},
        "detail": {"type": "string"},
        "path": {"type": "string", "description": "The field in question, where there is one."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "path": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["path", "code", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}


def body(
    status: int, code: str, detail: str, *, path: str | None = None, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """Return the document itself."""
    document: dict[str, Any] = {
        "type": f"{URN}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if path is not None:
        document["path"] = path
    if errors:
        document["errors"] = errors
    return document


def response(status: int, code: str, detail: str) -> JsonResponse:
    """Return a problem outside DRF: for handlers of whole routes."""
    return JsonResponse(body(status, code, detail), status=status, content_type=CONTENT_TYPE)


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem schema, and the problems every operation may answer with, to the OpenAPI description."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if isinstance(operation, dict) and "responses" in operation:
                _add_common(method, operation["responses"])
    return result


def _add_common(method: str, responses: dict[str, Any]) -> None:
    for status, (description, methods) in COMMON.items():
        if methods is None or method in methods:
            responses.setdefault(
                str(status.value),
                {
                    "description": description,
                    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                },
            )
