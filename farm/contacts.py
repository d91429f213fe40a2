"""Where a person can be reached: a mobile number or a mail address, as somebody typed it and as it is kept."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from farm import security
from farm.models import Customer, Notice
from farm.refusals import Refused

LONGEST = 120


class BadContact(Refused):
    """Neither a mobile number nor a mail address."""

    code = "bad_contact"


@dataclass(frozen=True)
class Contact:
    """One phone or one mail address, written in one way."""

    channel: str
    to: str

    @property
    def masked(self) -> str:
        return security.mask_mail(self.to) if self.is_mail else security.mask_phone(self.to)

    @property
    def is_mail(self) -> bool:
        return self.channel == Notice.Channel.MAIL


def read(raw: str) -> Contact:
    """The contact that somebody typed; a mail address in small letters, a phone as its 11 digits.

    :raises BadContact: when it is neither.
    """
    try:
        if "@" in raw or "＠" in raw:
            return Contact(Notice.Channel.MAIL, _mail(raw))
        return Contact(Notice.Channel.SMS, security.normal_phone(raw))
    except (security.BadPhone, ValidationError) as error:
        raise BadContact(
            _("This is neither a mobile number in mainland China nor a mail address."),
            advice=_("Write 11 digits, for example 138 1234 5678, or an address like name@example.com."),
            field="contact",
        ) from error


def of(customer: Customer) -> Contact:
    """The contact that a code has proven to be the customer's."""
    return Contact(Notice.Channel.SMS if customer.phone else Notice.Channel.MAIL, customer.contact)


def _mail(raw: str) -> str:
    mail = raw.strip().replace("＠", "@").lower()
    if len(mail) > LONGEST:
        raise ValidationError("too long")
    validate_email(mail)
    return mail
