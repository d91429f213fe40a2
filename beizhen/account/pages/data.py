"""A customer's data: the whole of it as a file, and the end of it."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from beizhen.account import disclosing, erasing
from beizhen.account.pages.door import for_customers
from farm import accounts
from farm.api import page_throttles as throttles
from farm.api import signed_in as doors
from farm.models import SignIn
from farm.refusals import Refused
from tours.erasure import unspent_credits


@require_safe
@for_customers
def data(request: HttpRequest, running: SignIn) -> HttpResponse:
    return render(request, "account/data.html")


@require_safe
@for_customers
def export(request: HttpRequest, running: SignIn) -> HttpResponse:
    """One JSON file to keep."""
    now = timezone.now()
    held = disclosing.held_about(running.customer, now=now)
    text = json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    name = f"beizhen-{timezone.localdate(now)}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def erasure(request: HttpRequest, running: SignIn) -> HttpResponse:
    """Say what goes and what stays; posting it with the tick set does it."""
    if request.method != "POST":
        return _page(request, running)
    if request.POST.get("understood") != "on":
        return _page(request, running, is_unticked=True, status=400)
    try:
        erasing.erase(running, now=timezone.now())
    except Refused as refused:
        return _page(request, running, refused=refused, status=throttles.status_of(refused))
    return doors.forget(render(request, "account/erased.html"))


def _page(
    request: HttpRequest,
    running: SignIn,
    *,
    refused: Refused | None = None,
    is_unticked: bool = False,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "obstacles": erasing.obstacles(running.customer),
        "credits": unspent_credits(running.customer, now=now),
        "is_fresh": now - running.at <= accounts.FRESH,
        "refused": refused,
        "is_unticked": is_unticked,
    }
    return render(request, "account/erasure.html", context, status=status)
