"""The site's answers to what reached no view: problem documents under /api/, pages everywhere else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from farm.api.problems import problem

API = "/api/"
RETRY_SECONDS = 3


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.bad_request(request, exception)
    return problem(400, "bad_request", _("The request cannot be understood. Check its address and headers."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.permission_denied(request, exception)
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
    if request.path_info.startswith(API):
        response = problem(503, "too_busy", _("Nothing was changed. Wait a few seconds and try again."))
    else:
        response = render(request, "503.html", status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
