"""Payments: start an attempt, settle it when the provider says so, send money back. What is paid is only a name here."""

from farm.payments.opening import AlreadyPaid, HoldEnded, NotOurPath, start, start_another
from farm.payments.providers import Fact, NotGenuine, UnknownProvider
from farm.payments.refunds import on_refund_due
from farm.payments.settling import Unexplained, settle
from farm.payments.ledger import check_statement
from farm.payments.sweep import ask_about_open

__all__ = [
    "AlreadyPaid",
    "Fact",
    "HoldEnded",
    "NotGenuine",
    "NotOurPath",
    "Unexplained",
    "UnknownProvider",
    "ask_about_open",
    "check_statement",
    "on_refund_due",
    "settle",
    "start",
    "start_another",
]
