"""The only map from refusals and errors to HTTP, for pages and for the API."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from config import problems
from journal.refusals import Refusal

API_PREFIX = "/api/"
CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.AuthenticationFailed: "not_signed_in",
    exceptions.NotAuthenticated: "not_signed_in",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "too_many_requests",
}


class RefusalMiddleware:
    """Turn a refusal that a page's view let through into a page, or into a part for htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith(API_PREFIX):
            return problems.response(exception.status, exception.code, exception.detail)
        return refusal_page(request, exception)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer with the sentence of the refusal and its status; htmx puts it where the page keeps its notices."""
    context = {"refusal": refusal, "status": refusal.status}
    if getattr(request, "htmx", False):
        response = render(request, "errors/_refusal.html", context, status=refusal.status)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Push-Url"] = "false"
        return response
    return render(request, "errors/refusal.html", context, status=refusal.status)


# --- whole routes ---


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "malformed", _("This request could not be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "not_allowed", _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, "not_found", _("There is nothing here that you may see."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(
        request, 403, "form_out_of_date", _("This form is out of date. Go back, load the page again and send it anew.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a bug: nothing was kept. Leans on nothing that may itself be broken (no context processors)."""
    detail = _("Something went wrong on our side. Nothing was kept; please try again.")
    if request.path.startswith(API_PREFIX):
        return problems.response(500, "internal_error", detail)
    return HttpResponse(render_to_string("errors/500.html", {"detail": detail}), status=500)


def _error(request: HttpRequest, status_code: int, code: str, detail: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return problems.response(status_code, code, detail)
    return render(request, "errors/error.html", {"status": status_code, "detail": detail}, status=status_code)


# --- the API ---


def api_exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Return a problem for every refusal and every error that DRF knows; a bug stays a 500 of the route."""
    if isinstance(exception, Refusal):
        set_rollback()
        errors = None
        if exception.path is not None:
            errors = [{"path": exception.path, "code": exception.code, "detail": exception.detail}]
        return _problem(exception.status, exception.code, exception.detail, path=exception.path, errors=errors)
    if isinstance(exception, Http404):
        exception = exceptions.NotFound(_("There is nothing here that you may see."))
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied(_("You may not do this."))
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    return _from_drf(exception)


def _from_drf(exception: exceptions.APIException) -> Response:
    if isinstance(exception, exceptions.ValidationError):
        errors = list(_flat(exception.get_full_details()))
        return _problem(
            status.HTTP_422_UNPROCESSABLE_ENTITY,
            "invalid",
            _("What was sent cannot be accepted as it stands."),
            path=errors[0]["path"] if errors else None,
            errors=errors,
        )
    code = next((name for kind, name in CODES.items() if isinstance(exception, kind)), str(exception.default_code))
    answer = _problem(exception.status_code, code, str(exception.detail))
    if header := getattr(exception, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        answer["Retry-After"] = str(round(wait))
    return answer


def _flat(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Yield one entry for each message of DRF's nested details; `lines[0].price` is the path of a nested one."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"path": path, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flat(inner, _within(path, name))
    else:
        for index, inner in enumerate(details):
            leaf = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _flat(inner, path if leaf else f"{path}[{index}]")


def _within(path: str, name: Any) -> str:
    """Return the path of what stands at `name` inside `path`; what concerns the whole has the path of the whole."""
    if name == api_settings.NON_FIELD_ERRORS_KEY:
        return path
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)


def _problem(
    status_code: int, code: str, detail: str, *, path: str | None = None, errors: list[dict[str, str]] | None = None
) -> Response:
    document = problems.body(status_code, code, detail, path=path, errors=errors)
    return Response(document, status=status_code, content_type=problems.CONTENT_TYPE)
