"""The API described by itself: the OpenAPI document, and a page to browse it."""

import json
from functools import cache

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView

from farm import api


@api.only("GET", "HEAD")
@cache_control(public=True, max_age=300)
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_document(), content_type="application/json")


def only_version_one(endpoints: list[tuple[str, str, str, object]]) -> list[tuple[str, str, str, object]]:
    """Leave the page of the document out of the document."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


@cache
def _document() -> bytes:
    """Drawn once per process: it takes half a second and says the same to everybody.

    In one line: indented it is three times as long, and people read it at /api/docs.
    """
    with override("en"):
        drawn = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped there
        return json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode()


# Swagger's page has a style element of its own. Its scripts come from this site, and nothing from anywhere else.
_swagger = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns = [
    path("schema", schema, name="api-schema"),
    path("docs", _swagger, name="api-docs"),
]
