"""Whom the farm can reach about a visit: a phone that can be texted, written in one way."""

import dataclasses

from django.utils.translation import gettext as _

from farm.refusals import Refused
from farm.security import BadPhone, normal_phone
from tours.booking import Contact


class ContactRefused(Refused):
    code = "bad_contact"


def clean(contact: Contact) -> Contact:
    """The contact as it is kept: the phone as its 11 digits, no space around the rest.

    :raises ContactRefused: when the phone is no mobile number.
    """
    try:
        phone = normal_phone(contact.phone)
    except BadPhone as error:
        raise ContactRefused(
            _("This is not a mobile number in mainland China."),
            advice=_("Write 11 digits, for example 138 1234 5678."),
            field="contact.phone",
        ) from error
    return dataclasses.replace(contact, name=contact.name.strip(), phone=phone, email=contact.email.strip())
