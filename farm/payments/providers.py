"""What the farm asks of a payment provider, and which providers this farm uses."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from farm.models import Payment, Refund
from farm.refusals import Refused

ADAPTERS = {"practice": "farm.payments.fake.PracticeCashier"}


class NotGenuine(Exception):
    """A notification that the provider did not sign, or not just now; nothing in it may be believed."""


class UnknownProvider(Refused):
    """The farm does not take money through this provider."""

    code = "unknown_provider"


@dataclass(frozen=True)
class Fact:
    """What a provider says became of one attempt; only a paid fact speaks of money."""

    provider: str
    trade_no: str
    provider_ref: str
    state: Literal["paid", "failed", "closed"]
    amount_fen: int
    at: dt.datetime


@dataclass(frozen=True)
class RefundOutcome:
    """What became of a refund. `unknown` (a timeout, still in progress) means ask again with the same number."""

    state: Literal["done", "refused", "unknown"]
    at: dt.datetime
    reason: str = ""


@dataclass(frozen=True)
class StatementLine:
    """One line of a provider's statement: a payment above 0, or a refund below 0 with its `refund_no`."""

    trade_no: str
    refund_no: str
    amount_fen: int
    at: dt.datetime


class Provider(Protocol):
    """A way to be paid. Calls may be slow or fail in any way, so none is made inside a transaction."""

    def prepare(self, payment: Payment, subject: str, now: dt.datetime) -> str:
        """Open the trade and return the address where the buyer pays; the same attempt again is the same trade."""

    def query(self, trade_no: str, now: dt.datetime) -> Fact | None:
        """What became of the trade, or None while nothing has."""

    def close(self, trade_no: str, now: dt.datetime) -> Fact | None:
        """End the trade: a closed fact, a paid one when the buyer was faster, None when it cannot be told yet."""

    def refund(self, refund: Refund, now: dt.datetime) -> RefundOutcome:
        """Send money back; the same `refund_no` again sends nothing again."""

    def query_refund(self, refund: Refund, now: dt.datetime) -> RefundOutcome:
        """What became of a refund that was asked for earlier."""

    def parse_notification(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Fact:
        """Check and read what somebody posted to us.

        :raises NotGenuine: unless it is the provider's own, unchanged and fresh.
        """

    def statement(self, date: dt.date) -> list[StatementLine]:
        """Every movement of money on one farm-local day, as the provider books it."""


def named(name: str) -> Provider:
    """The adapter of a provider this farm uses.

    :raises UnknownProvider: when the farm does not use it.
    :raises ImproperlyConfigured: when PAYMENT_PROVIDERS names one that nobody wrote.
    """
    if name not in settings.PAYMENT_PROVIDERS:
        raise UnknownProvider(
            _("The farm does not take this way of paying."),
            advice=_("Choose one of: %(names)s.") % {"names": ", ".join(settings.PAYMENT_PROVIDERS)},
            field="provider",
        )
    if name not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS names {name!r}, which does not exist. Known: {known}.")
    adapter: Provider = import_string(ADAPTERS[name])()
    return adapter
