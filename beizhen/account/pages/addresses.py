"""The addresses that a customer keeps: the list, writing one, and the one that stands in the order form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beizhen.account.pages.door import for_customers
from farm.api.page_throttles import status_of
from farm.models import SignIn
from farm.refusals import Refused
from shop import address_book, divisions
from shop.forms import AddressForm
from shop.models import KeptAddress


@require_safe
@for_customers
def addresses(request: HttpRequest, running: SignIn) -> HttpResponse:
    kept = list(address_book.addresses_of(running.customer))
    context = {"addresses": kept, "may_add": len(kept) < address_book.MOST}
    return render(request, "account/addresses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def new_address(request: HttpRequest, running: SignIn) -> HttpResponse:
    if request.method != "POST":
        return _page(request, AddressForm(initial={"phone": running.customer.phone or ""}))
    form = AddressForm(request.POST)
    try:
        if not form.is_valid():
            return _page(request, form, status=400)
        address_book.keep(customer=running.customer, address=form.address(), now=timezone.now())
    except Refused as refused:
        return _refused(request, form, refused)
    return redirect("account:addresses")


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def address(request: HttpRequest, running: SignIn, pk: int) -> HttpResponse:
    kept = _mine(running, pk)
    if request.method != "POST":
        return _page(request, AddressForm(initial=vars(address_book.address_in(kept))), kept=kept)
    form = AddressForm(request.POST)
    try:
        if not form.is_valid():
            return _page(request, form, kept=kept, status=400)
        address_book.change(kept=kept, address=form.address())
    except Refused as refused:
        return _refused(request, form, refused, kept=kept)
    return redirect("account:addresses")


@require_POST
@for_customers
def removal(request: HttpRequest, running: SignIn, pk: int) -> HttpResponse:
    address_book.remove(kept=_mine(running, pk))
    return redirect("account:addresses")


@require_POST
@for_customers
def default(request: HttpRequest, running: SignIn, pk: int) -> HttpResponse:
    address_book.make_default(kept=_mine(running, pk))
    return redirect("account:addresses")


def _mine(running: SignIn, pk: int) -> KeptAddress:
    return get_object_or_404(address_book.addresses_of(running.customer), pk=pk)


def _refused(request: HttpRequest, form: AddressForm, refused: Refused, **more: Any) -> HttpResponse:
    form.refuse(refused)
    return _page(request, form, status=status_of(refused), **more)


def _page(
    request: HttpRequest, form: AddressForm, *, kept: KeptAddress | None = None, status: int = 200
) -> HttpResponse:
    form.focus_first_error()
    context = {"form": form, "kept": kept, "provinces": divisions.provinces()}
    return render(request, "account/address.html", context, status=status)
