"""What holds for every request: its language, its size, the content security policy, and who calls."""

import logging
import sqlite3
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO, cast

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.core.handlers.wsgi import LimitedStream
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from psycopg import errors
from psycopg_pool import PoolTimeout

from farm import sessions
from farm.api import cannot_write, problem, read_body, too_busy
from farm.api.bodies import TooLarge
from farm.models import User
from farm.payments import providers

log = logging.getLogger(__name__)

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


TEXTS = {"text/html", "text/css", "text/javascript", "image/svg+xml"}


class SmallTexts(GZipMiddleware):
    """Pages, styles, scripts and drawings travel compressed, also from an embedded farm with no proxy before it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind, _, _ = response.headers.get("Content-Type", "").partition(";")
        if kind not in TEXTS:
            return response
        if response.streaming:
            del response.headers["ETag"]  # of a file: it would change and match no more; its date still tells
        return super().process_response(request, response)


API = "/api/v1/"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
TOOLS = ("/api/", STAFF, "/gate/", "/healthz/")
FORM, FORM_WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"


class WholeBodies:
    """What is read on is all that was sent: servers hand on what came before a connection ended, and chunks.

    Chunks are collected here: Django reads as much as the length says, and they come without one. A form must be as
    long as it says, for half of one may look like a whole; half of a JSON is none, and no provider has signed it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        in_chunks = "HTTP_TRANSFER_ENCODING" in request.META
        if not in_chunks and request.content_type == FORM_WITH_FILES:
            request._stream = cast(BinaryIO, WholeStream(request.META["wsgi.input"], _length(request)))
        if in_chunks or request.content_type == FORM:
            with translation.override(translation.get_language_from_request(request)):
                refusal = _collect_chunks(request) if in_chunks else _collect_form(request)
            if refusal:
                return refusal
        return self.get_response(request)


class WholeStream(LimitedStream):
    """A body too large to be collected, which says so when it ends before its length.

    :raises OSError: from its readers, when there is no more of what was announced.
    """

    came = 0

    def read(self, size: int | None = -1, /) -> bytes:
        return self._counted(super().read(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._counted(super().readline(size))

    def _counted(self, part: bytes) -> bytes:
        self.came += len(part)
        if not part and self.came < self.limit:
            raise OSError("the body ended early")
        return part


def _length(request: HttpRequest) -> int:
    """How long the body says it is; what is no number says nothing, as Django takes it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _collect_chunks(request: HttpRequest) -> HttpResponseBase | None:
    ends_by_itself = request.META.get("wsgi.input_terminated")
    if not ends_by_itself or request.content_type in (FORM, FORM_WITH_FILES):
        return problem(411, "length_required", _("Send the body with its length, in the header Content-Length."))
    try:
        body = read_body(request.META["wsgi.input"])
    except TooLarge as error:
        return problem(error.status_code, error.default_code, error.detail)
    request.META["CONTENT_LENGTH"], request._stream = str(len(body)), BytesIO(body)
    return None


def _collect_form(request: HttpRequest) -> HttpResponseBase | None:
    length = _length(request)
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return None  # Django reads as much of it, and refuses it
    body = request.META["wsgi.input"].read(length)
    if len(body) < length:
        return _ended_early()
    request._stream = BytesIO(body)
    return None


def _ended_early() -> HttpResponse:
    return problem(400, "parse_error", _("The body ended early. Send it again."))


BUSY = (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected, errors.TooManyConnections, PoolTimeout)
CANNOT_WRITE = (errors.DiskFull, errors.ReadOnlySqlTransaction)
SQLITE_CANNOT_WRITE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
)


class TryLater:
    """Answers 503 when nothing could be done and nothing was: in a rush, and when nothing can be written down.

    And 400 when half of a form with files came, which nobody can tell before it is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if _is_busy(exception):
            return too_busy(request)
        if _cannot_write(exception):
            log.error("nothing can be written down: %s", exception)
            return cannot_write(request)
        return _ended_early() if isinstance(exception, UnreadablePostError) else None


def _is_busy(error: Exception) -> bool:
    """A lock or a connection could not be had in time: that is no fault, only a rush."""
    return isinstance(error, DatabaseError) and (
        _sqlite_code(error) == sqlite3.SQLITE_BUSY or isinstance(error.__cause__, BUSY)
    )


def _cannot_write(error: Exception) -> bool:
    return isinstance(error, DatabaseError) and (
        _sqlite_code(error) in SQLITE_CANNOT_WRITE or isinstance(error.__cause__, CANNOT_WRITE)
    )


def _sqlite_code(error: DatabaseError) -> int:
    """SQLite's code, without what it adds to it; SQLITE_OK when the error is not SQLite's."""
    return int(getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_OK)) & 0xFF


class LanguageOfThePath(LocaleMiddleware):
    """Pages speak the language of their address, tools that of their reader (a cookie, or Accept-Language)."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(TOOLS):
            translation.activate(translation.get_language_from_request(request))
            request.LANGUAGE_CODE = translation.get_language()
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(TOOLS):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class WhoAsks(AuthenticationMiddleware):
    """`request.user` as Django has it; he comes along with his session, so that he need not be asked for."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast(User, SimpleLazyObject(lambda: sessions.whose(request.session) or get_user(request)))


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
        if request.path_info.startswith(STAFF):
            parts.config = parts.config or STAFF_POLICY
        elif elsewhere := providers.cashier_origins():  # browsers ask form-action about the redirect after a form, too
            parts.update = {**(parts.update or {}), "form-action": elsewhere}
        return parts


def caller_of(request: HttpRequest) -> str:
    """The caller's IP address; of X-Forwarded-For only what our own TRUSTED_PROXIES wrote counts."""
    seen = [address.strip() for address in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if address.strip()]
    trusted = min(settings.TRUSTED_PROXIES, len(seen))
    return seen[-trusted] if trusted else str(request.META.get("REMOTE_ADDR", ""))
