"""People the farm knows by phone number or mail address: one row each, whatever they bought or booked."""

import datetime as dt

from farm.models import Customer


def remember(*, phone: str, name: str, language: str, since: dt.datetime, now: dt.datetime) -> None:
    """Keep the customer, with the name and language of the newest order or booking; a `name` of "" changes none."""
    customer = Customer(phone=phone, name=name, language=language, first_seen_at=since, last_seen_at=now)
    Customer.objects.bulk_create(
        [customer],
        update_conflicts=True,
        unique_fields=["phone"],
        update_fields=["language", "last_seen_at", *(["name"] if name else [])],
    )


def known(*, phone: str | None = None, email: str | None = None, language: str, now: dt.datetime) -> Customer:
    """The customer of one phone or one mail address; somebody new is written down without a name."""
    new = {"language": language, "first_seen_at": now, "last_seen_at": now}
    whose: dict[str, str] = {"phone": phone} if phone else {"email": email or ""}
    customer, is_new = Customer.objects.get_or_create(**whose, defaults=new)
    if not is_new:
        Customer.objects.filter(pk=customer.pk).update(last_seen_at=now)
    return customer


def speak_to(customer: Customer, language: str) -> None:
    """From now on the farm writes to the customer in `language`."""
    Customer.objects.filter(pk=customer.pk).update(language=language)
    customer.language = language
