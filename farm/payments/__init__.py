"""Payments: start an attempt, settle what the provider says of it, send money back; what is paid is only a name."""

from farm.payments.another_way import NoReference, NotRefused, pay_another_way
from farm.payments.desk import NotAtDesk, UnknownTender, pay_back, take_at_desk
from farm.payments.opening import AlreadyPaid, Bill, NotOurPath, start, start_another
from farm.payments.providers import Fact, NotGenuine, ProviderAway, UnknownProvider
from farm.payments.refunds import ask_about_refund, on_refund_due, turn_away
from farm.payments.settling import Unexplained, numbered, settle
from farm.payments.statements import ask_for_statements, check_statement
from farm.payments.sweep import LAST_WORD, ask_about, ask_about_open

__all__ = [
    "LAST_WORD",
    "AlreadyPaid",
    "Bill",
    "Fact",
    "NoReference",
    "NotAtDesk",
    "NotGenuine",
    "NotOurPath",
    "NotRefused",
    "ProviderAway",
    "Unexplained",
    "UnknownProvider",
    "UnknownTender",
    "ask_about",
    "ask_about_open",
    "ask_about_refund",
    "ask_for_statements",
    "check_statement",
    "numbered",
    "on_refund_due",
    "pay_another_way",
    "pay_back",
    "settle",
    "start",
    "start_another",
    "take_at_desk",
    "turn_away",
]
