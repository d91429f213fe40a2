"""The gate's page for phones, the list to print, and the worker that keeps the page without network."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from tours import manifest
from tours.pages.gate_words import WORDS


def page_for_the_gate(view: Any) -> Any:
    """Signed-in staff with the permission; nothing of it is kept by a cache on the way."""
    return never_cache(require_safe(login_required(permission_required(manifest.CHECK_IN, raise_exception=True)(view))))


@page_for_the_gate
@ensure_csrf_cookie
def show(request: HttpRequest) -> HttpResponse:
    words = {name: str(text) for name, text in WORDS.items()}
    return render(request, "tours/gate/gate.html", {"words": words, "today": timezone.localdate()})


@page_for_the_gate
def show_manifest(request: HttpRequest, date: str) -> HttpResponse:
    day = _date(date)
    lists = manifest.of_day(day)
    context = {"date": day, "lists": lists, "is_whole": request.user.has_perm(manifest.WHOLE_NAMES)}
    return render(request, "tours/gate/manifest.html", context)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; served here, because it may only look after addresses beside its own."""
    return render(request, "tours/gate/worker.js", content_type="text/javascript; charset=utf-8")


def _date(words: str) -> dt.date:
    try:
        return dt.date.fromisoformat(words)
    except ValueError as error:
        raise Http404 from error
