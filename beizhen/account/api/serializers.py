"""What goes in and comes out at the account's REST doors."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from farm import consents, contacts
from farm.models import Consent, Customer, SignIn
from shop.api.serializers import AddressIn, LookupOut
from shop.models import KeptAddress, Order
from tours.models import Booking


class CodeIn(serializers.Serializer[Any]):
    contact = serializers.CharField(max_length=120, help_text="mainland mobile number or mail address")


class CodeOut(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="send it with the digits; without it they are of no use")
    to = serializers.CharField(help_text="masked")
    ends_at = serializers.DateTimeField()


class SignInIn(serializers.Serializer[Any]):
    ticket = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=12, help_text="the six digits of the message")


class CustomerOut(serializers.Serializer[Customer]):
    contact = serializers.SerializerMethodField(help_text="what the code has proven, masked")
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    gets_news = serializers.SerializerMethodField(help_text="said yes to news of the harvest and offers")

    def get_contact(self, customer: Customer) -> str:
        return contacts.of(customer).masked

    def get_gets_news(self, customer: Customer) -> bool:
        return consents.holds(customer)


class SignedInOut(serializers.Serializer[Any]):
    access_token = serializers.CharField(help_text="keep it like a key: it is not shown again")
    ends_at = serializers.DateTimeField()
    customer = CustomerOut()


class SignInOut(serializers.Serializer[SignIn]):
    device = serializers.CharField(help_text="its kind in one word, or nothing")
    at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class EndedOut(serializers.Serializer[Any]):
    ended = serializers.IntegerField(help_text="how many sign-ins ended")


class LanguageIn(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=settings.LANGUAGES)


class BoughtOut(serializers.Serializer[Any]):
    sku = serializers.CharField(source="box.sku")
    name = serializers.CharField(source="box.name")
    quantity = serializers.IntegerField()


class OrderRowOut(LookupOut):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    placed_at = serializers.DateTimeField()
    ship_date = serializers.DateField(source="ship_date.date")
    total_fen = serializers.IntegerField()
    lines = BoughtOut(many=True)


class BookingPagesOut(serializers.Serializer[Any]):
    self = serializers.CharField()
    page = serializers.CharField()


class BookingRowOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Booking.Status.choices)
    experience = serializers.CharField(help_text="its code")
    name = serializers.CharField(help_text="of the experience")
    starts_at = serializers.DateTimeField()
    people = serializers.IntegerField()
    total_fen = serializers.IntegerField()
    links = BookingPagesOut()


class KeptAddressIn(AddressIn):
    """The whole address."""


class KeptAddressOut(serializers.Serializer[KeptAddress]):
    """The customer's own address, whole: the token has proven whose it is."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField(allow_blank=True)
    district = serializers.CharField(allow_blank=True)
    street = serializers.CharField()
    is_default = serializers.BooleanField(help_text="the order form begins with it")


class DefaultIn(serializers.Serializer[Any]):
    id = serializers.IntegerField(min_value=1, max_value=2**53)


class ConsentIn(serializers.Serializer[Any]):
    is_given = serializers.BooleanField(help_text="yes or no to `wording`")


class SaidOut(serializers.Serializer[Consent]):
    what = serializers.ChoiceField(choices=Consent.What.choices)
    is_given = serializers.BooleanField()
    version = serializers.CharField()
    text = serializers.CharField(help_text="as it was read")
    at = serializers.DateTimeField()


class ConsentsOut(serializers.Serializer[Any]):
    wording = serializers.CharField(help_text="what is asked today")
    version = serializers.CharField()
    is_given = serializers.BooleanField(help_text="the newest answer")
    said = SaidOut(many=True)


class ErasureIn(serializers.Serializer[Any]):
    understood = serializers.BooleanField(help_text="true: nobody can bring it back")


class ErasureOut(serializers.Serializer[Any]):
    erased = serializers.BooleanField()
