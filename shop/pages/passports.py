"""The page behind the QR code on a box: where these grapes grew. A box can be passed to anyone, so it names nobody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from farm.api.keeping import public_page
from shop import tracing


@public_page
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The passport of a box; before it is packed the page says so."""
    passport = tracing.passport(code)
    if passport is None:
        raise Http404
    return render(request, "shop/passport.html", {"passport": passport})
