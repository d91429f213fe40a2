"""How the API says no: problem documents (RFC 9457) in one shape, whatever was raised."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch, wraps
from http import HTTPStatus
from math import ceil
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.settings import api_settings

from farm.idempotency import KeyReused
from farm.payments.providers import ProviderAway
from farm.refusals import Refused
from farm.states import WrongState

MEDIA_TYPE = "application/problem+json"
ASK_AGAIN_SECONDS = 60
WHAT_TO_DO = {
    "required": gettext_lazy("Send this field."),
    "null": gettext_lazy("Send a value."),
    "blank": gettext_lazy("Write something here."),
    "max_length": gettext_lazy("Make it shorter."),
    "min_length": gettext_lazy("Make it longer."),
    "max_value": gettext_lazy("Choose a smaller number."),
    "min_value": gettext_lazy("Choose a greater number."),
    "invalid_choice": gettext_lazy("Choose one of the values in the documentation."),
    "not_a_list": gettext_lazy("Send a list, even for one."),
    "empty": gettext_lazy("Send at least one."),
    "null_characters_not_allowed": gettext_lazy("Remove the NUL character."),
    "surrogate_characters_not_allowed": gettext_lazy("Remove the half character."),
}
READ_THE_DOCS = gettext_lazy("Write it as the documentation at /api/docs shows.")
SENTENCES = {
    "not_found": gettext_lazy("There is nothing here. Check the number or link."),
    "not_authenticated": gettext_lazy("This is for the farm's staff. Sign in at /staff/ first."),
    "authentication_failed": gettext_lazy("This is for the farm's staff. Sign in at /staff/ first."),
    "permission_denied": gettext_lazy("You may not do this. Ask the farm's manager for the permission."),
    "method_not_allowed": gettext_lazy(
        "This address does not take this method; the header Allow lists those it takes."
    ),
    "unsupported_media_type": gettext_lazy(
        "Send JSON, with the header Content-Type: application/json, unless /api/docs names another form."
    ),
}

DjangoView = Callable[..., HttpResponse]


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of the request, and what to do. `field` is a path: `lines.0.quantity`."""

    field: str
    reason: str
    advice: str


def problem(
    status: int, code: str, detail: object, *, fields: Iterable[FieldProblem] = (), **extra: Any
) -> HttpResponse:
    """A problem document; `code` is for programs, `detail` says to a person what is wrong and what to do."""
    body = {
        **extra,
        "type": f"/problems/{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": str(detail),
        "code": code,
        "fields": list(fields),
    }
    response = HttpResponse(orjson.dumps(body, default=str), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


@singledispatch
def problem_of(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The problem document for what a view raised; None for a bug, which goes on to the log and becomes a 500."""
    return None


@problem_of.register
def _of_refusal(error: Refused, context: Mapping[str, Any]) -> HttpResponse:
    fields = [FieldProblem(error.field, error.reason, error.advice)] if error.field else []
    return problem(_status_of(error), error.code, str(error), fields=fields, **error.extra)


@problem_of.register
def _of_absence(error: ProviderAway, context: Mapping[str, Any]) -> HttpResponse:
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, error.code, str(error))
    response["Retry-After"] = str(ASK_AGAIN_SECONDS)
    return response


@problem_of.register
def _of_wrong_state(error: WrongState, context: Mapping[str, Any]) -> HttpResponse:
    detail = _("This cannot be done in its present state. Load it again to see what can be done now.")
    return problem(HTTPStatus.CONFLICT, "wrong_state", detail, wanted=str(error.to))


@problem_of.register
def _of_missing(error: Http404, context: Mapping[str, Any]) -> HttpResponse:
    return _of_api_exception(exceptions.NotFound(), context)


@problem_of.register
def _of_denied(error: PermissionDenied, context: Mapping[str, Any]) -> HttpResponse:
    return _of_api_exception(exceptions.PermissionDenied(), context)


@problem_of.register
def _of_bad_fields(error: exceptions.ValidationError, context: Mapping[str, Any]) -> HttpResponse:
    detail = _("Some fields are missing or wrong. Mend those listed in fields and send the request again.")
    return problem(HTTPStatus.BAD_REQUEST, "invalid", detail, fields=_flat(error.detail))


@problem_of.register
def _of_throttled(error: exceptions.Throttled, context: Mapping[str, Any]) -> HttpResponse:
    seconds = max(1, ceil(getattr(error, "wait", None) or 1))
    detail = _("Too many requests. Send it again in %(seconds)s seconds.") % {"seconds": seconds}
    response = problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", detail)
    response["Retry-After"] = str(seconds)
    return response


@problem_of.register
def _of_api_exception(error: exceptions.APIException, context: Mapping[str, Any]) -> HttpResponse:
    code = getattr(error.detail, "code", None) or error.default_code
    return problem(error.status_code, code, SENTENCES.get(code, error.detail))


def only(*methods: str) -> Callable[[DjangoView], DjangoView]:
    """For views outside the framework: other methods than these get a problem document."""

    def guard(view: DjangoView) -> DjangoView:
        @wraps(view)
        def guarded(request: HttpRequest, /, **from_path: Any) -> HttpResponse:
            if request.method in methods:
                return view(request, **from_path)
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", SENTENCES["method_not_allowed"])
            response["Allow"] = ", ".join(methods)
            return response

        return guarded

    return guard


def _status_of(error: Refused) -> HTTPStatus:
    if isinstance(error, KeyReused):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.CONFLICT if error.conflict else HTTPStatus.BAD_REQUEST


def _flat(detail: Any, path: str = "") -> Iterator[FieldProblem]:
    """Every error with the dotted path of its field; what concerns the whole body has the path ""."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == api_settings.NON_FIELD_ERRORS_KEY else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            yield from _flat(inner, path if isinstance(inner, str) else f"{path}.{position}".lstrip("."))
    else:
        yield FieldProblem(path, str(detail), str(WHAT_TO_DO.get(detail.code, READ_THE_DOCS)))
