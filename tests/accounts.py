"""A customer at the account's front doors: asking for a code, reading it, typing it."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from farm import accounts, contacts
from farm.models import Notice, SignIn
from tests.builders import HOME, NOW

PHONE = HOME.phone
OTHER = "13700001111"


def asked(client: Client, contact: str = PHONE, **more: str) -> Any:
    """Say a phone or mail address on the sign-in page."""
    return client.post(reverse("account:sign-in"), {"contact": contact, **more})


def sent_code() -> str:
    """The digits of the newest message, as its reader finds them."""
    notice = Notice.objects.filter(about=accounts.ABOUT).latest("pk")
    found = re.search(r"\b\d{6}\b", notice.text)
    assert found, notice.text
    return found[0]


def typed(client: Client, code: str, **more: str) -> Any:
    return client.post(reverse("account:code"), {"code": code, **more})


def signs_in(client: Client, contact: str = PHONE) -> SignIn:
    """Through both pages, as a person does."""
    assert asked(client, contact).status_code == 302
    answer = typed(client, sent_code())
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account:overview"))
    return SignIn.objects.latest("pk")


def a_sign_in(contact: str = PHONE, *, now: Any = NOW) -> accounts.SignedIn:
    """A sign-in without pages."""
    asked_for = accounts.ask_code(contact=contacts.read(contact), language="en", now=now)
    return accounts.sign_in(ticket=accounts.ticket_of(asked_for), digits=sent_code(), device="", now=now)


def wrong(code: str) -> str:
    """Six other digits."""
    return f"{(int(code) + 1) % 1_000_000:06}"
