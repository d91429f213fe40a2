"""What the farm asks of a payment provider, and which providers this farm uses."""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from farm.models import Payment, Refund
from farm.refusals import Refused

log = logging.getLogger(__name__)

DESK = "desk"
"""The farm's own people taking money at the gate: always there, never a customer's choice."""
ADAPTERS = {DESK: "farm.payments.desk.Desk", "practice": "farm.payments.fake.PracticeCashier"}


class NotGenuine(Exception):
    """A notification that the provider did not sign, or not just now; nothing in it may be believed."""


class NotReady(Exception):
    """The statement of that day is not drawn up yet; the provider has to be asked again later."""


class ProviderAway(Refused):
    """The provider does not answer, or not sensibly. What was begun stays, and the same again later goes on with it."""

    code = "provider_away"
    conflict = True


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
    """What became of a refund. `unknown` (a timeout, still in progress) means ask again with the same number,
    `by_hand` that one of our people must pay it back and then say so.
    """

    state: Literal["done", "refused", "unknown", "by_hand"]
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

    cashier_origins: tuple[str, ...]
    """Where its pages stand, as `https://host`: a form of ours may lead there. Empty when they are our own."""

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

    def statement(self, date: dt.date) -> Iterable[StatementLine]:
        """Every movement of money on one farm-local day, as the provider books it.

        :raises NotReady: when the provider has not drawn it up yet.
        """


def in_use() -> tuple[str, ...]:
    """Every provider through which money may have come: those that customers choose from, and the desk."""
    return (*(name for name in settings.PAYMENT_PROVIDERS if name != DESK), DESK)


def offered(name: str) -> Provider:
    """The adapter of a provider that customers may choose.

    :raises UnknownProvider: when they may not.
    :raises ImproperlyConfigured: as `named`.
    """
    if name == DESK or name not in settings.PAYMENT_PROVIDERS:
        raise _unknown()
    return named(name)


def named(name: str) -> Provider:
    """The adapter of a provider this farm uses, whether or not customers choose it.

    :raises UnknownProvider: when the farm does not use it.
    :raises ImproperlyConfigured: when PAYMENT_PROVIDERS names one that nobody wrote.
    """
    if name not in in_use():
        raise _unknown()
    if name not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS names {name!r}, which does not exist. Known: {known}.")
    adapter: Provider = import_string(ADAPTERS[name])()
    return adapter


@contextmanager
def answering(about: object) -> Iterator[None]:
    """Around a provider's call about something that somebody waits for: however it fails, they hear what to do.

    :raises ProviderAway: instead of whatever the provider's own code raised.
    """
    try:
        yield
    except (DatabaseError, Refused, NotReady):  # ours, and each has its own answer
        raise
    except Exception as error:  # a provider may fail in any way
        log.exception("no answer about %s", about)
        raise ProviderAway(
            _("The payment provider does not answer at the moment."),
            advice=_("Wait a minute, then try again. Nothing was changed."),
        ) from error


def cashier_origins() -> tuple[str, ...]:
    """Where the pages of the providers stand that customers choose from; nothing for those on our own site."""
    return _origins(tuple(settings.PAYMENT_PROVIDERS))


@lru_cache
def _origins(names: tuple[str, ...]) -> tuple[str, ...]:
    """Worked out once: every page of the site asks."""
    adapters = [import_string(ADAPTERS[name]) for name in names if name in ADAPTERS]
    return tuple(sorted({origin for adapter in adapters for origin in adapter.cashier_origins}))


def _unknown() -> UnknownProvider:
    return UnknownProvider(
        _("The farm does not take this way of paying."),
        advice=_("Choose one of: %(names)s.") % {"names": ", ".join(settings.PAYMENT_PROVIDERS)},
        field="provider",
    )
