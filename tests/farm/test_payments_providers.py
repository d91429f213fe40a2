"""Which providers there are, where their pages stand, and what may be paid through them."""

import pytest
from django.test import Client

from farm import payments
from farm.payments import providers
from farm.payments.fake import PracticeCashier
from tests.builders import an_attempt

pytestmark = pytest.mark.django_db


class Elsewhere(PracticeCashier):
    """A provider whose cashier stands on a site of its own."""

    cashier_origins = ("https://pay.example",)


def form_action(path: str) -> str:
    policy = Client().get(path)["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("form-action"))


def test_forms_lead_to_our_own_site_only_while_the_practice_cashier_takes_the_money():
    assert form_action("/") == form_action("/staff/login/") == "form-action 'self'"


def test_a_form_of_the_shop_may_lead_to_a_provider_s_own_cashier_and_nowhere_else(settings, monkeypatch):
    monkeypatch.setitem(providers.ADAPTERS, "elsewhere", f"{__name__}.Elsewhere")
    settings.PAYMENT_PROVIDERS = ["elsewhere", "practice"]

    assert form_action("/") == "form-action 'self' https://pay.example"
    assert form_action("/staff/login/") == "form-action 'self'"


def test_a_name_that_nobody_wrote_does_not_take_the_pages_down(settings):
    settings.PAYMENT_PROVIDERS = ["pigeons"]

    assert form_action("/") == "form-action 'self'"


@pytest.mark.parametrize("configured", [["practice"], ["practice", "desk"]])
def test_the_desk_is_always_there_but_no_customer_s_choice(settings, configured):
    settings.PAYMENT_PROVIDERS = configured

    assert providers.in_use() == ("practice", "desk")
    with pytest.raises(payments.UnknownProvider):
        an_attempt(provider="desk")
