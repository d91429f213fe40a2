"""What every REST door shares: bodies, problem documents, paging, throttles, idempotency keys.

Nothing in here imports `rest_framework.views`: that module imports this one while it loads. The base classes of views
stand in `farm.api.views`, the helpers of the schema in `farm.api.schema`.
"""

from farm.api.bodies import OrjsonParser, OrjsonRenderer, read_body
from farm.api.keys import idempotency_key
from farm.api.paging import ByCursor
from farm.api.problems import FieldProblem, only, problem, problem_of
from farm.api.shapes import read, show
from farm.api.site import bad_request, cannot_write, not_found, permission_denied, server_error, too_busy

__all__ = [
    "ByCursor",
    "FieldProblem",
    "OrjsonParser",
    "OrjsonRenderer",
    "bad_request",
    "cannot_write",
    "idempotency_key",
    "not_found",
    "only",
    "permission_denied",
    "problem",
    "problem_of",
    "read",
    "read_body",
    "server_error",
    "show",
    "too_busy",
]
