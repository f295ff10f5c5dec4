"""The API's addresses, put together from each app's router, with its description and its pages."""

from importlib import import_module
from importlib.util import find_spec

from csp.constants import SELF
from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

APPS = ("teams", "mandates", "approvals", "insights", "journal")

# Swagger's own pictures are data: addresses; nothing else of the policy gives way.
docs = csp_update({"img-src": [SELF, "data:"]})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
for app in APPS:
    if (spec := find_spec(f"{app}.api")) and spec.origin:
        module = import_module(f"{app}.api")
        urlpatterns += [path("", include(module.router.urls)), *getattr(module, "urlpatterns", [])]
