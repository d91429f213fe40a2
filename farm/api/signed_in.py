"""Who is signed in as a customer: a token in a cookie of pages, or in the Authorization header of programs."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from farm import accounts
from farm.accounts import SignedIn
from farm.models import Customer, SignIn

TOKEN, MARK = "account", "signed_in"
"""The token is for us alone; by the mark our own scripts tell one account from another, and not whose it is."""
DEVICES = ("iPhone", "iPad", "HarmonyOS", "Android", "Windows", "Macintosh", "Linux")


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The running sign-in of the browser that asks; no query without the cookie."""
    return accounts.signed_in(request.COOKIES.get(TOKEN, ""), now=timezone.now())


def customer_of(request: HttpRequest) -> Customer | None:
    running = sign_in_of(request)
    return running.customer if running else None


def remember(response: HttpResponse, signed_in: SignedIn) -> HttpResponse:
    secure, ends_at = settings.SESSION_COOKIE_SECURE, signed_in.sign_in.ends_at
    response.set_cookie(TOKEN, signed_in.token, expires=ends_at, httponly=True, secure=secure, samesite="Lax")
    mark = salted_hmac(MARK, str(signed_in.sign_in.customer_id)).hexdigest()[:16]
    response.set_cookie(MARK, mark, expires=ends_at, secure=secure, samesite="Lax")
    return response


def forget(response: HttpResponse) -> HttpResponse:
    for name in (TOKEN, MARK):
        response.delete_cookie(name, samesite="Lax")
    return response


def device_of(request: HttpRequest) -> str:
    """The kind of device in one word, so that its owner knows it again in a list."""
    agent = request.headers.get("User-Agent", "")
    return next((name for name in DEVICES if name in agent), "").replace("Macintosh", "Mac")
