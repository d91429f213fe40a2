"""A customer's address in China: read, cleaned and checked against the division table."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from farm.security import BadPhone, normal_phone
from farm.unseen import name_in
from shop import divisions, refusals
from shop.divisions import Division, UnknownDivision

LONGEST_NAME = 40
LONGEST_STREET = 120


@dataclass(frozen=True)
class Address:
    """Where a parcel goes and whom the carrier calls. `phone` is a mainland mobile number of 11 digits."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


def clean(address: Address) -> Address:
    """The address with a normal phone number and texts of which every letter shows.

    :raises AddressRefused: naming the field that is empty, too long or no phone number.
    """
    name, street = name_in(address.name), name_in(address.street)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise refusals.bad_address(
            "name", _("The name is missing or too long."), _("Write whom the parcel is for, at most 40 characters."), []
        )
    if not 3 <= len(street) <= LONGEST_STREET:
        raise refusals.bad_address(
            "street",
            _("The street is missing or too long."),
            _("Write street, house and door, 3 to 120 characters."),
            [],
        )
    return Address(name, _phone(address.phone), address.province, address.city, address.district, street)


def check(address: Address) -> Division:
    """The division the address lies in.

    :raises AddressRefused: with the names that were probably meant.
    """
    try:
        return divisions.find(address.province, address.city, address.district)
    except UnknownDivision as error:
        nearest = "、".join(error.suggestions)
        advice = _("Did you mean: %(names)s?") % {"names": nearest} if nearest else _("Choose it from the list.")
        reason = _("“%(value)s” is not a known place here.") % {"value": error.value[:30]}
        raise refusals.bad_address(error.field, reason, advice, error.suggestions) from error


def _phone(raw: str) -> str:
    try:
        return normal_phone(raw)
    except BadPhone as error:
        raise refusals.bad_address(
            "phone",
            _("This is not a mobile number in mainland China."),
            _("Write 11 digits, for example 138 1234 5678."),
            [],
        ) from error
