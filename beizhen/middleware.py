"""What every answer carries: the content security policy, strict for people, looser for the staff's tool only."""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

STAFF = "/staff/"
# The staff's tool (unfold) is written with Alpine, which evaluates attributes of the page and sets styles in it.
STAFF_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}


API = "/api/v1/"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class SitePolicy(CSPMiddleware):
    """The policy of the settings; the staff's tool has its own, and what programs read allows nothing at all."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(API):
            response["Content-Security-Policy"] = API_POLICY  # said once: building it costs a tenth of an order
            return response
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(STAFF) and parts.config is None:
            parts.config = STAFF_POLICY
        return parts
