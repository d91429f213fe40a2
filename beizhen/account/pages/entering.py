"""Signing in: say a phone or mail address, type the code that comes there. And signing out."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from beizhen.account.forms import CodeForm, ContactForm
from beizhen.account.pages.door import NEXT, for_customers, wanted_page
from farm import accounts, contacts
from farm.api import page_throttles as throttles
from farm.api import signed_in as doors
from farm.contacts import Contact
from farm.models import SignIn, SignInCode
from farm.refusals import Refused

TICKET = "code"
"""The cookie that ties a code to the browser that asked for it."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Say where to send the code. The answer is the same whether the farm knows the contact or not."""
    if request.method != "POST":
        return _first_page(request, ContactForm())
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _first_page(request, form, status=400)
    try:
        throttles.check(request, throttles.CodeByAddress, throttles.CodeByNetwork, throttles.CodeByContact)
        contact = contacts.read(form.cleaned_data["contact"])
        asked = accounts.ask_code(contact=contact, language=get_language() or "zh-hans", now=timezone.now())
    except Refused as refused:
        form.refuse(refused)
        return _first_page(request, form, status=throttles.status_of(refused))
    return _with_ticket(HttpResponseRedirect(_with_next("account:code", request)), asked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Type the digits."""
    ticket = request.COOKIES.get(TICKET, "")
    asked = accounts.asked_with(ticket)
    if asked is None:
        return HttpResponseRedirect(_with_next("account:sign-in", request))
    if request.method != "POST":
        return _second_page(request, CodeForm(), asked)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _second_page(request, form, asked, status=400)
    try:
        throttles.check(request, throttles.SigningInByAddress)
        digits, device = form.cleaned_data["code"], doors.device_of(request)
        signed_in = accounts.sign_in(ticket=ticket, digits=digits, device=device, now=timezone.now())
    except Refused as refused:
        form.refuse(refused)
        return _second_page(request, form, asked, status=throttles.status_of(refused))
    if before := doors.sign_in_of(request):
        accounts.sign_out(before, now=timezone.now())
    rotate_token(request)  # whatever a form knew before the sign-in is worth nothing after it
    response = doors.remember(HttpResponseRedirect(wanted_page(request)), signed_in)
    response.delete_cookie(TICKET, samesite="Lax")
    return response


@require_POST
@for_customers
def sign_out(request: HttpRequest, running: SignIn) -> HttpResponse:
    accounts.sign_out(running, now=timezone.now())
    rotate_token(request)
    return doors.forget(redirect("home"))


def _first_page(request: HttpRequest, form: ContactForm, *, status: int = 200) -> HttpResponse:
    form.focus_first_error()
    context = {"form": form, "next": wanted_page(request)}
    return render(request, "account/sign_in.html", context, status=status)


def _second_page(request: HttpRequest, form: CodeForm, asked: SignInCode, *, status: int = 200) -> HttpResponse:
    form.focus_first_error()
    contact = Contact(asked.channel, asked.contact)
    context = {"form": form, "contact": contact, "minutes": accounts.CODE_MINUTES, "next": wanted_page(request)}
    again = _with_next("account:sign-in", request)
    return render(request, "account/code.html", {**context, "again": again}, status=status)


def _with_ticket(response: HttpResponse, asked: SignInCode) -> HttpResponse:
    seconds, secure = accounts.CODE_MINUTES * 60, settings.SESSION_COOKIE_SECURE
    ticket = accounts.ticket_of(asked)
    response.set_cookie(TICKET, ticket, max_age=seconds, httponly=True, secure=secure, samesite="Lax")
    return response


def _with_next(name: str, request: HttpRequest) -> str:
    wanted = wanted_page(request)
    return reverse(name) + ("" if wanted == reverse("account:overview") else f"?{urlencode({NEXT: wanted})}")
