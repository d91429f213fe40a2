"""Browsers in which staff have signed in: whoever guesses at a name elsewhere does not keep its owner out of these."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from farm.models import User
from farm.security import sign, unsign

COOKIE, PURPOSE = "known", "a browser of staff"
LASTS = dt.timedelta(days=365)


def mark(answer: HttpResponse, user: User) -> None:
    """Let the browser say next time that `user` has signed in here; it opens no door."""
    token, secure = sign(str(user.pk), purpose=PURPOSE), settings.SESSION_COOKIE_SECURE
    answer.set_cookie(
        COOKIE, token, max_age=LASTS, path=settings.LOGIN_URL, secure=secure, httponly=True, samesite="Lax"
    )


def whose(request: HttpRequest) -> str:
    """The key of who signed in here last; nothing where nobody did."""
    return unsign(request.COOKIES.get(COOKIE, ""), purpose=PURPOSE, max_age=LASTS) or ""
