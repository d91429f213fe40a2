"""The door of the account's pages: who is not signed in is asked to, and comes back to where they wanted to go."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from farm.api import signed_in as doors
from farm.models import SignIn

NEXT = "next"
Page = Callable[..., HttpResponse]


def for_customers(page: Page) -> Page:
    """Give the page the sign-in of whoever asks; nobody's browser or proxy keeps it."""

    @never_cache
    @wraps(page)
    def guarded(request: HttpRequest, /, **from_path: Any) -> HttpResponse:
        sign_in: SignIn | None = doors.sign_in_of(request)
        if sign_in is None:
            return doors.forget(HttpResponseRedirect(_way_in(request)))
        return page(request, sign_in, **from_path)

    return guarded


def wanted_page(request: HttpRequest) -> str:
    """Where somebody wanted to go before signing in, if that is a page of ours; else the account."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("account:overview")


def _way_in(request: HttpRequest) -> str:
    place = reverse("account:sign-in")
    if request.method not in ("GET", "HEAD") or request.path == reverse("account:overview"):
        return place
    return f"{place}?{urlencode({NEXT: request.path})}"
