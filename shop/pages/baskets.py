"""The basket: what is in it, putting boxes in, changing and taking out. It lives in a cookie and names nobody."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shop import basket, glance, live
from shop.basket import Basket, Contents, Shows
from shop.models import Box

COOKIE = "basket"
KEPT_SECONDS = 30 * 86_400
QUANTITY = "quantity-"
OURS = ("same-origin", "none")
"""Where a browser says that a form came from: this site, or the person's own hand."""


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/basket.html", {"basket": _looked_into(contents_of(request))})


@csrf_exempt  # without a token in them the pages that offer boxes stay the same for everybody
@never_cache
@require_POST
def put_in(request: HttpRequest) -> HttpResponse:
    """Put boxes in; a script gets the new count, everybody else the basket."""
    if request.headers.get("Sec-Fetch-Site", "none") not in OURS:
        return HttpResponseForbidden()
    contents, now, said = contents_of(request), timezone.now(), ""
    box = glance.recent(now).boxes.get(request.POST.get("sku", ""))
    seen_in = live.believable(request.POST.get("live", ""), now)
    if box:
        quantity = _number(request.POST.get("quantity", "1")) or 1
        if basket.is_full(contents, box):
            contents = basket.known(contents)
        said = _left_out(contents, box, quantity)
        contents = basket.put_in(contents, box, quantity)
    shows = {**shows_of(request), **({box.sku: seen_in} if box and seen_in else {})}
    if request.headers.get("Accept") == "application/json":
        answer = {"count": sum(contents.values())} | ({"said": said} if said else {})
        return keep(JsonResponse(answer, status=200 if box else 404), contents, shows)
    if said:
        messages.error(request, said)
    return keep(redirect("shop:basket"), contents, shows)


@never_cache
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Other quantities, or a box taken out; then on to the order, if all that is in can be ordered.

    Boxes whose season is over go out with any change.
    """
    said = {
        name.removeprefix(QUANTITY): _number(str(value), otherwise=-1)
        for name, value in request.POST.items()
        if name.startswith(QUANTITY)
    }
    said = {sku: quantity for sku, quantity in said.items() if quantity >= 0}
    contents = basket.changed(contents_of(request), {**said, request.POST.get("remove", ""): 0})
    leads_on = "order" in request.POST and _looked_into(contents).can_be_ordered
    return keep(redirect("shop:order-form" if leads_on else "shop:basket"), contents, shows_of(request))


def contents_of(request: HttpRequest) -> Contents:
    return basket.read(request.COOKIES.get(COOKIE, ""))


def shows_of(request: HttpRequest) -> Shows:
    return basket.shows(request.COOKIES.get(COOKIE, ""))


def keep(response: HttpResponse, contents: Contents, shows: Shows) -> HttpResponse:
    """Send the contents along; scripts may read them, to show the count on pages that are the same for everybody."""
    if written := basket.written(contents, shows):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, written, max_age=KEPT_SECONDS, secure=secure, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _left_out(contents: Contents, box: Box, quantity: int) -> str:
    """Why not all of these boxes get into the basket, in a sentence; nothing when they do."""
    if basket.is_full(contents, box):
        return _("A basket holds %(most)s kinds of boxes. Order these first, or take one out.") % {
            "most": basket.MOST_KINDS
        }
    if not basket.is_too_many(contents, box, quantity):
        return ""
    return _("At most %(most)s of %(box)s in one order: so many are in your basket.") % {
        "most": box.max_per_order,
        "box": box.name,
    }


def _looked_into(contents: Contents) -> Basket:
    now = timezone.now()
    boxes: dict[str, Box] = dict(glance.recent(now).boxes)
    return basket.look(contents, boxes=boxes, today=timezone.localdate(now))


def _number(text: str, otherwise: int = 0) -> int:
    """A quantity as somebody typed it; what is no number in reason counts as `otherwise`."""
    return min(int(text), basket.MOST_OF_A_KIND) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
