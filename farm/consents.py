"""What customers said yes or no to, with the text that they read and when."""

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farm.models import Consent, Customer

MARKETING = Consent.What.MARKETING
VERSION = "2026-11"
"""Of the text below. Whoever changes the text changes the version: what was said to the old one stays said to it."""


def wording() -> str:
    """What we ask, in the reader's language."""
    return _(
        "Beizhen Grapes may write to me about the harvest and about offers, a few times a year. "
        "I can take this back at any time; messages about my orders and visits come anyway."
    )


def holds(customer: Customer) -> bool:
    """Whether the customer's newest word on marketing is a yes."""
    newest = Consent.objects.filter(customer=customer, what=MARKETING).order_by("-pk").first()
    return newest is not None and newest.is_given


def say(customer: Customer, *, is_given: bool, now: dt.datetime) -> None:
    """Write down a yes or a no; saying the same again changes nothing."""
    if holds(customer) != is_given:
        Consent.objects.create(
            customer=customer,
            what=MARKETING,
            is_given=is_given,
            version=VERSION,
            text=wording(),
            language=get_language() or "zh-hans",
            at=now,
        )
