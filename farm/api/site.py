"""The site's answers to what reached no view: problem documents under /api/, pages everywhere else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from farm.api.problems import problem

API, STAFF = "/api/", "/staff/"
RETRY_SECONDS, MENDED_SECONDS = 3, 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.bad_request(request, exception)
    return problem(400, "bad_request", _("The request cannot be understood. Check its address and headers."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith(API):
        page = "403_staff.html" if request.path_info.startswith(STAFF) else defaults.ERROR_403_TEMPLATE_NAME
        return defaults.permission_denied(request, exception, page)
    return problem(403, "permission_denied", _("You may not do this. Ask the farm's manager for the permission."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.page_not_found(request, exception)
    return problem(404, "not_found", _("There is nothing at this address. The addresses are listed at /api/docs."))


def server_error(request: HttpRequest) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.server_error(request)
    return problem(500, "server_error", _("Something is broken on our side. Send the same request again in a moment."))


def too_busy(request: HttpRequest) -> HttpResponse:
    """The database could not be had in time; what was begun is undone, so the same request may come again."""
    words = _("Nothing was changed. Wait a few seconds and try again.")
    return _later(request, RETRY_SECONDS, "too_busy", words, page="503.html")


def cannot_write(request: HttpRequest) -> HttpResponse:
    """The disk is full, or the database takes no writing: what was begun is undone, and somebody has to mend it."""
    words = _("Nothing can be written down right now, and nothing was changed. Try again in a few minutes.")
    return _later(request, MENDED_SECONDS, "cannot_write", words, page="503_cannot_write.html")


def _later(request: HttpRequest, seconds: int, code: str, words: str, *, page: str) -> HttpResponse:
    is_program = request.path_info.startswith(API)
    response = problem(503, code, words) if is_program else render(request, page, status=503)
    response["Retry-After"] = str(seconds)
    return response
