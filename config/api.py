"""The API's addresses, put together from each app's router, with its description and its pages."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

APPS = ("teams", "mandates", "approvals", "insights", "journal")


class SchemaView(SpectacularAPIView):
    """The OpenAPI description, in YAML or JSON; a refusal is a problem in JSON all the same."""

    def handle_exception(self, exc: Exception) -> Response:
        request: Any = self.request
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), "application/json"
        return super().handle_exception(exc)


# Swagger's own pictures are data: addresses; nothing else of the policy gives way.
docs = csp_update({"img-src": [SELF, "data:"]})(
    login_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
for app in APPS:
    if (spec := find_spec(f"{app}.api")) and spec.origin:
        module = import_module(f"{app}.api")
        urlpatterns += [path("", include(module.router.urls)), *getattr(module, "urlpatterns", [])]
