"""The REST doors for customers who signed in: a token in the Authorization header, never a cookie."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from farm import accounts
from farm.api.problems import problem, problem_of
from farm.api.schema import Refusal
from farm.api.throttles import Reading
from farm.api.views import Door
from farm.models import Customer, SignIn

SCHEME = "Bearer"
SIGN_IN_FIRST = Refusal(
    401, "sign_in_first", "This is for signed-in customers. Ask for a code, sign in, and send Authorization: Bearer."
)


class SignInFirst(APIException):
    """No token, or one that has ended."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "sign_in_first"


@problem_of.register
def _of_signed_out(error: SignInFirst, context: Mapping[str, Any]) -> HttpResponse:
    detail = _("This is for signed-in customers. Ask for a code, sign in, and send Authorization: Bearer.")
    response = problem(error.status_code, error.default_code, detail)
    response["WWW-Authenticate"] = SCHEME
    return response


class TokenOfSignIn(BaseAuthentication):
    """Without a cookie no other site can send a request in the customer's name."""

    def authenticate(self, request: Request) -> tuple[Customer, SignIn] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        running = accounts.signed_in(token.strip(), now=timezone.now())
        return (running.customer, running) if running else None


class TokenInSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped there
    target_class = TokenOfSignIn
    name = "customer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": SCHEME.lower(), "description": "the access_token of POST account/sign-ins"}


class IsSignedIn(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, SignIn):
            raise SignInFirst
        return True


class CustomerDoor(Door):
    """For one customer: what is shown and changed comes from querysets of theirs."""

    authentication_classes = (TokenOfSignIn,)
    permission_classes = (IsSignedIn,)
    throttle_classes: tuple[type[BaseThrottle], ...] = (Reading,)

    @staticmethod
    def running(request: Request) -> SignIn:
        sign_in: SignIn = request.auth  # type: ignore[assignment]  # IsSignedIn let nothing else in
        return sign_in

    @classmethod
    def customer(cls, request: Request) -> Customer:
        return cls.running(request).customer
