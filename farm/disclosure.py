"""What the farm's ground holds about a customer: themselves, sign-ins, consents, messages, money."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from farm import accounts, contacts
from farm.contacts import Contact
from farm.models import Customer, Notice, Payment

Facts = dict[str, Any]


def held_about(customer: Customer, *, about: Iterable[str]) -> Facts:
    """Everything but what a trade sold them; `about` are the names under which messages speak of that."""
    return {
        "customer": fields(customer, "phone", "email", "name", "language", "first_seen_at", "last_seen_at"),
        "sign_ins": [fields(one, "device", "at", "ends_at", "ended_at") for one in customer.sign_ins.all()],
        "consents": [
            fields(one, "what", "is_given", "version", "text", "language", "at") for one in customer.consents.all()
        ],
        "messages": [_message(notice, customer) for notice in messages_of(customer, about=about).order_by("pk")],
    }


def money_of(payables: Iterable[str]) -> dict[str, list[Facts]]:
    """What was paid and sent back, by what it was for, in two queries."""
    paid: dict[str, list[Facts]] = {}
    for payment in Payment.objects.filter(payable__in=list(payables)).order_by("pk").prefetch_related("refunds"):
        facts = fields(payment, "trade_no", "provider", "status", "amount_fen", "started_at", "captured_at")
        refunds = [fields(one, "refund_no", "status", "amount_fen", "why", "asked_at") for one in payment.refunds.all()]
        paid.setdefault(payment.payable, []).append({**facts, "refunds": refunds})
    return paid


def messages_of(customer: Customer, *, about: Iterable[str]) -> Any:
    """What we wrote to the customer, or about what is theirs."""
    return Notice.objects.filter(Q(to=customer.contact) | Q(about__in=list(about)))


def fields(row: Any, *names: str) -> Facts:
    """Some columns of a row, as they are."""
    return {name: getattr(row, name) for name in names}


def _message(notice: Notice, customer: Customer) -> Facts:
    """Whole when it went to the contact that a code has proven to be theirs; a code to sign in stays out, for whoever
    reads the file over somebody's shoulder could use it.

    Of a message about what is theirs to anybody else they learn that and when it was sent, for that is held about them.
    Whom it reached and what it said is that person's: a link that is passed on makes an order another's.
    """
    facts = fields(notice, "channel", "to", "subject", "text", "written_at", "sent_at")
    reader = Contact(notice.channel, notice.to.lower())
    if reader != contacts.of(customer):
        return {**facts, "to": reader.masked, "subject": "", "text": ""}
    return {**facts, "text": ""} if notice.about == accounts.ABOUT else facts
