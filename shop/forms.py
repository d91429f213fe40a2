"""What customers type, read and checked for shape only; what the farm can sell is decided by the stories."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farm.forms import NameField, RefusableForm, words
from farm.security import BadPhone, normal_phone
from farm.unseen import in_lines
from shop import addresses, paste, refusals
from shop.addresses import LONGEST_NAME, LONGEST_STREET, Address
from shop.checkout import Gift, Wanted
from shop.models import Box
from shop.pricing import Want

BOX = "box-"
LONGEST_GIFT_MESSAGE = 120
QUANTITIES = {
    "max_value": _("At most %(limit_value)s boxes of this kind in one order."),
    "min_value": _("Write how many boxes, or 0."),
    "invalid": _("Write how many boxes, or 0."),
}
MISSING_PLACE = {"required": _("Write the province, city and district.")}

TO_PASTE = {
    "rows": 3,
    "maxlength": paste.LONGEST,
    "autocomplete": "off",
    "placeholder": "王小明 138… 辽宁省锦州市北镇市…",
}


def mobile_number(label: Any, missing: Any) -> forms.CharField:
    """A field for a mobile number; `missing` says why it is asked for."""
    return words(label, 30, autocomplete="tel", attrs={"inputmode": "tel"}, error_messages={"required": missing})


def normal_number(raw: str) -> str:
    """The 11 digits of a mobile number as somebody typed it.

    :raises forms.ValidationError: when it is none.
    """
    try:
        return normal_phone(raw)
    except BadPhone as error:
        raise forms.ValidationError(
            _("This is not a mobile number in mainland China: 11 digits, for example 138 1234 5678.")
        ) from error


class LinesField(forms.CharField):
    """Words in several lines. Browsers send each line's end as two characters and count it as one; so do we."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class DatedForm(RefusableForm):
    """A form with a ship date that may be refused as sold out."""

    @property
    def next_dates(self) -> list[dt.date]:
        """Other ship dates with room, when this one was refused as sold out."""
        dates = self.refused.extra.get("next_dates", []) if self.refused else []
        return [dt.date.fromisoformat(date) for date in dates]

    @property
    def is_sold_out(self) -> bool:
        """The day or its fruit is gone, and may come back."""
        return isinstance(self.refused, refusals.SoldOut | refusals.NotEnoughFruit) and self.refused.may_come_back


class AddressForm(RefusableForm):
    pasted = LinesField(label=_("Paste a whole address"), required=False, widget=forms.Textarea(attrs=TO_PASTE))
    name = words(
        _("Name"),
        LONGEST_NAME,
        autocomplete="name",
        kind=NameField,
        error_messages={"required": _("Write the name.")},
    )
    phone = mobile_number(_("Mobile number"), _("Write a mobile number: the carrier calls it."))
    province = words(
        _("Province"), 30, autocomplete="address-level1", attrs={"list": "provinces"}, error_messages=MISSING_PLACE
    )
    city = words(_("City"), 30, autocomplete="address-level2", required=False)
    district = words(_("District"), 30, autocomplete="address-level3", required=False)
    street = words(
        _("Street, house, door"),
        LONGEST_STREET,
        autocomplete="street-address",
        kind=NameField,
        error_messages={"required": _("Write street, house and door.")},
    )

    def clean_phone(self) -> str:
        return normal_number(self.cleaned_data["phone"])

    def address(self) -> Address:
        """Where the parcel goes.

        :raises AddressRefused: naming the field that is wrong.
        """
        said = self.cleaned_data
        return addresses.clean(
            Address(said["name"], said["phone"], said["province"], said["city"], said["district"], said["street"])
        )


class ShelfForm(DatedForm):
    """How many of each box, and the day on which they leave."""

    ship_date = forms.DateField(
        error_messages={
            "required": _("Choose the day on which we ship."),
            "invalid": _("Choose a day of the calendar."),
        }
    )

    def __init__(self, *args: Any, boxes: Sequence[Box], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boxes = boxes
        for box in boxes:
            attrs = {"inputmode": "numeric", "class": "quantity", "data-units": box.packing_units}
            self.fields[BOX + box.sku] = forms.IntegerField(
                label=box.name,
                min_value=0,
                max_value=box.max_per_order,
                required=False,
                widget=forms.NumberInput(attrs=attrs),
                error_messages=QUANTITIES,
            )
        self.order_fields([*(BOX + box.sku for box in boxes), "ship_date"])

    @property
    def shelf(self) -> list[tuple[Box, forms.BoundField]]:
        """Every box with its quantity field."""
        return [(box, self[BOX + box.sku]) for box in self.boxes]

    @property
    def chosen(self) -> list[tuple[Box, forms.BoundField]]:
        """The boxes of which some are wanted, or wrongly asked for."""
        return [(box, field) for box, field in self.shelf if field.errors or field.value() not in (None, "", "0", 0)]

    @property
    def others(self) -> list[tuple[Box, forms.BoundField]]:
        """The boxes beside those chosen."""
        chosen = {box.sku for box, _field in self.chosen}
        return [(box, field) for box, field in self.shelf if box.sku not in chosen]

    @property
    def miscount(self) -> str:
        """What is wrong with the first quantity that cannot be, or nothing."""
        return next((str(field.errors[0]) for _box, field in self.shelf if field.errors), "")

    @property
    def wants(self) -> tuple[Want, ...]:
        quantities = ((box.sku, self.cleaned_data.get(BOX + box.sku)) for box in self.boxes)
        return tuple(Want(sku, quantity) for sku, quantity in quantities if quantity)

    @property
    def packing_units(self) -> int:
        """How much of a day's room the boxes take."""
        return sum(box.packing_units * (self.cleaned_data.get(BOX + box.sku) or 0) for box in self.boxes)


class BuyerForm(RefusableForm):
    buyer_phone = words(
        _("Your own mobile number"),
        30,
        autocomplete="section-buyer tel",
        required=False,
        attrs={"inputmode": "tel"},
        help_text=_("For a parcel to somebody else: messages with total and payment link come to you, not to them."),
    )

    def clean_buyer_phone(self) -> str:
        raw = self.cleaned_data["buyer_phone"]
        return normal_number(raw) if raw else ""


class NewAddressForm(AddressForm, BuyerForm):
    """Where an order goes instead, and whose messages it then sends."""


class GiftForm(BuyerForm):
    gift_message = LinesField(
        label=_("Gift message"),
        max_length=LONGEST_GIFT_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed on a card in the parcel, at most 120 characters."),
    )
    hides_price = forms.BooleanField(label=_("No prices on the paper in the parcel"), required=False)

    @property
    def gift(self) -> Gift:
        said = self.cleaned_data
        return Gift(in_lines(said["gift_message"]), said["hides_price"], said["buyer_phone"])


class OrderForm(AddressForm, GiftForm, ShelfForm):
    """Boxes, a ship date, an address and a gift message: the whole order on one page."""

    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    live = forms.CharField(required=False, widget=forms.HiddenInput)
    agreed_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def key_of_the_page(self) -> str:
        """The key made when the form was shown: a double tap, Back or a reload places one order."""
        return self.cleaned_data["key"] or uuid.uuid4().hex

    def wanted(self, language: str, live: str = "") -> Wanted:
        """The order in the farm's words; `live` is the show it is known to come from.

        :raises AddressRefused: naming the field that is wrong.
        """
        said = self.cleaned_data
        return Wanted(self.wants, said["ship_date"], self.address(), self.gift, language, live, said["agreed_fen"])


class WaitForm(ShelfForm):
    """Boxes to wait for on a full day, and whom to tell."""

    phone = mobile_number(_("Mobile number"), _("Write a mobile number: we send the message there."))

    def clean_phone(self) -> str:
        return normal_number(self.cleaned_data["phone"])


class OfferForm(AddressForm, GiftForm):
    """Where the boxes that came free go to; `seen` is the total in fen that the page showed."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class FindForm(RefusableForm):
    number = words(_("Order number"), 30, autocomplete="off", error_messages={"required": _("Write the number.")})
    digits = forms.RegexField(
        r"^[0-9]{4}$",
        label=_("Last four digits of your phone"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
        error_messages={"required": _("Write four digits."), "invalid": _("Write four digits.")},
    )


class ShipDateForm(DatedForm):
    ship_date = forms.DateField(error_messages={"required": _("Choose the day on which we ship.")})
