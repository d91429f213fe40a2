"""Signing in and out over REST."""

from django.utils import timezone
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from beizhen.account.api import examples
from beizhen.account.api.serializers import (
    CodeIn,
    CodeOut,
    EndedOut,
    SignedInOut,
    SignInIn,
    SignInOut,
)
from farm import accounts, contacts
from farm.api.customer_doors import SIGN_IN_FIRST, CustomerDoor
from farm.api.schema import BAD_FIELDS, TOO_MANY, Answer, Sent, listing, told
from farm.api.shapes import read, show
from farm.api.signed_in import device_of
from farm.api.throttles import CodeByAddress, CodeByContact, CodeByNetwork, SigningInByAddress
from farm.api.views import PublicDoor


class Codes(PublicDoor):
    throttle_classes = (CodeByAddress, CodeByNetwork, CodeByContact)

    @told(
        "askForCode",
        "Send a code to sign in",
        takes=Sent(CodeIn, examples.CODE_IN),
        gives=Answer(CodeOut, examples.CODE, 201, "It is on its way, whether the farm knows the contact or not."),
        refuses=[BAD_FIELDS, examples.BAD_CONTACT, examples.ENOUGH, TOO_MANY],
    )
    def post(self, request: Request) -> Response:
        """Six digits go to the phone or mail address in the language of `Accept-Language`, good for ten minutes."""
        contact = contacts.read(read(CodeIn, request.data)["contact"])
        asked = accounts.ask_code(contact=contact, language=get_language() or "zh-hans", now=timezone.now())
        shown = {"ticket": accounts.ticket_of(asked), "to": contact.masked, "ends_at": asked.ends_at}
        return Response(show(CodeOut, shown), status.HTTP_201_CREATED)


class SignIns(CustomerDoor):
    def get_throttles(self) -> list[object]:  # type: ignore[override]  # DRF's class has no better type
        return [SigningInByAddress()] if self.request.method == "POST" else [one() for one in self.throttle_classes]

    def check_permissions(self, request: Request) -> None:
        """To sign in nobody has to be signed in."""
        if request.method != "POST":
            super().check_permissions(request)

    @told(
        "signIn",
        "Sign in with a code",
        takes=Sent(SignInIn, examples.SIGN_IN_IN),
        gives=Answer(SignedInOut, examples.SIGNED_IN, 201, "Signed in for 30 days."),
        refuses=[BAD_FIELDS, examples.WRONG_CODE, examples.CODE_OVER, TOO_MANY],
    )
    def post(self, request: Request) -> Response:
        """Each call is one of five tries, and a code is used once. Send the token as `Authorization: Bearer …`."""
        said, device = read(SignInIn, request.data), device_of(request._request)
        now = timezone.now()
        begun = accounts.sign_in(ticket=said["ticket"], digits=said["code"].strip(), device=device, now=now)
        shown = {"access_token": begun.token, "ends_at": begun.sign_in.ends_at, "customer": begun.sign_in.customer}
        return Response(show(SignedInOut, shown), status.HTTP_201_CREATED)

    @told(
        "listSignIns",
        "Where the customer is signed in",
        gives=Answer(listing(SignInOut), {"results": [examples.SIGN_IN]}),
        refuses=[SIGN_IN_FIRST, TOO_MANY],
    )
    def get(self, request: Request) -> Response:
        """The running sign-ins, the newest first."""
        running = self.customer(request).sign_ins.running(timezone.now()).order_by("-pk")
        return Response({"results": [show(SignInOut, one) for one in running]})


class ThisSignIn(CustomerDoor):
    @told(
        "signOut",
        "Sign out",
        gives=Answer(EndedOut, {"ended": 1}),
        refuses=[SIGN_IN_FIRST, TOO_MANY],
    )
    def delete(self, request: Request) -> Response:
        """The token of this request is worth nothing afterwards."""
        accounts.sign_out(self.running(request), now=timezone.now())
        return Response({"ended": 1})


class OtherSignIns(CustomerDoor):
    @told(
        "signOutElsewhere",
        "Sign out everywhere else",
        gives=Answer(EndedOut, {"ended": 2}),
        refuses=[SIGN_IN_FIRST, TOO_MANY],
    )
    def delete(self, request: Request) -> Response:
        """For a lost phone: every other token of the customer ends."""
        return Response({"ended": accounts.sign_out_elsewhere(self.running(request), now=timezone.now())})
