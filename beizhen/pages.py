"""Pages of the whole house for staff: everything limited, re-added, so that the promise can be seen."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beizhen import verify

PERMISSION = "farm.view_movement"


@require_http_methods(["GET", "POST"])
def ledgers_page(request: HttpRequest) -> HttpResponse:
    """Show the last report; a POST re-adds everything first."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method == "POST":
        verify.run(now=timezone.now())
        return redirect("ledgers")
    shown = {**admin.site.each_context(request), "title": _("Ledgers"), "report": verify.last()}
    return TemplateResponse(request, "beizhen/ledgers.html", shown)
