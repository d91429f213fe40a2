"""Whom the farm can reach about a visit: a phone that can be texted, written in one way."""

import dataclasses

from django.utils.translation import gettext as _

from farm.refusals import Refused
from farm.security import BadPhone, normal_phone
from farm.unseen import name_in
from tours.booking import Contact


class ContactRefused(Refused):
    code = "bad_contact"


def clean(contact: Contact) -> Contact:
    """The contact as it is kept: a name of which every letter shows, the phone as its 11 digits.

    :raises ContactRefused: when there is no name, or the phone is no mobile number.
    """
    name = name_in(contact.name)
    if not name:
        raise ContactRefused(_("The name is missing."), advice=_("Write your name."), field="contact.name")
    try:
        phone = normal_phone(contact.phone)
    except BadPhone as error:
        raise ContactRefused(
            _("This is not a mobile number in mainland China."),
            advice=_("Write 11 digits, for example 138 1234 5678."),
            field="contact.phone",
        ) from error
    return dataclasses.replace(contact, name=name, phone=phone, email=contact.email.strip())
