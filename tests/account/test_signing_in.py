"""Signing in by a code: who has the phone gets in, nobody else does, and nobody learns who is known here."""

import datetime as dt
import re
import smtplib

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from farm import notify, tidying
from farm.api import throttles
from farm.models import Customer, Job, Notice, SignIn, SignInCode
from farm.models.accounts import MOST_CODES_A_DAY, MOST_TRIES
from tests.accounts import OTHER, PHONE, asked, sent_code, signs_in, typed, wrong
from tests.builders import NOW, work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
ACCOUNT = "/account/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def refused(_mail: notify.Mail, notice: Notice) -> None:
    raise smtplib.SMTPRecipientsRefused({notice.to: (550, b"no such user")})


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_the_code_from_the_message_signs_in(client):
    signs_in(client)

    assert is_in(client)
    assert "138******78" in client.get(ACCOUNT).content.decode()
    assert Customer.objects.get().phone == PHONE


def test_a_mail_address_signs_in_too_however_it_is_written(client):
    signs_in(client, " Li@Example.com ")

    assert Customer.objects.get().email == "li@example.com"
    assert Notice.objects.get().channel == "mail"


@pytest.mark.parametrize("written", ["+86 138 1234 5678", "138-1234-5678", "１３８１２３４５６７８"])
def test_a_phone_is_the_same_however_it_is_written(client, written):
    signs_in(client, written)

    assert Customer.objects.get().phone == PHONE


def test_digits_may_be_typed_as_people_type_them(client):
    asked(client)
    code = sent_code()

    typed(client, f" {code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９")))

    assert is_in(client)


def test_somebody_unknown_gets_the_same_answer_and_the_same_message(client):
    a_shop_with_a_paid_order()
    Notice.objects.all().delete()

    known, unknown = asked(client), asked(Client(), OTHER)

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    texts = [notice.text.replace(code, "") for notice, code in zip(Notice.objects.all(), codes(), strict=True)]
    assert len(set(texts)) == 1


def codes() -> list[str]:
    return [notice.text.split()[2] for notice in Notice.objects.all()]


def test_the_digits_are_kept_nowhere_but_in_the_message(client):
    asked(client)
    code = sent_code()

    assert code not in str(SignInCode.objects.values())
    assert PHONE not in client.cookies["code"].value


def test_a_wrong_code_says_how_many_tries_are_left(client):
    asked(client)

    answer = typed(client, wrong(sent_code()))

    assert answer.status_code == 400
    assert "4 tries are left" in answer.content.decode()
    assert not SignIn.objects.exists()


def test_after_five_tries_even_the_right_code_is_over(client):
    asked(client)
    code = sent_code()
    for _ in range(MOST_TRIES):
        typed(client, wrong(code))

    answer = typed(client, code)

    assert answer.status_code == 409
    assert not SignIn.objects.exists()


def test_a_code_ends_after_ten_minutes(client, clock):
    asked(client)
    code = sent_code()
    clock.shift(dt.timedelta(minutes=10))

    answer = typed(client, code)

    assert answer.status_code == 409
    assert not is_in(client)


def test_a_code_is_used_once(client):
    asked(client)
    code, ticket = sent_code(), client.cookies["code"].value
    typed(client, code)
    thief = Client()
    thief.cookies["code"] = ticket

    answer = typed(thief, code)

    assert answer.status_code == 409
    assert SignIn.objects.count() == 1


def test_a_code_is_of_no_use_in_another_browser(client):
    asked(client)
    stranger = Client()
    asked(stranger, OTHER)
    code = sent_code()
    asked(client, OTHER.replace("1111", "2222"))

    answer = typed(client, code)

    assert answer.status_code in (400, 409)
    assert typed(Client(), code).headers["Location"] == reverse("account:sign-in")
    assert not SignIn.objects.exists()


def test_each_sign_in_has_a_token_of_its_own_and_signing_out_ends_it(client):
    first = signs_in(client)
    token = client.cookies["account"].value
    client.post(reverse("account:sign-out"))
    thief = Client()
    thief.cookies["account"] = token

    assert not is_in(client)
    assert not is_in(thief)
    assert signs_in(client).digest != first.digest
    assert token not in str(SignIn.objects.values())


@pytest.mark.usefixtures("kept_contexts")
def test_signing_in_brings_another_csrf_token(client):
    before = client.get(reverse("account:sign-in")).context["csrf_token"]
    client.get(reverse("account:sign-in"))
    secret = client.cookies["csrftoken"].value
    signs_in(client)

    assert before
    assert client.cookies["csrftoken"].value != secret


def test_a_sign_in_ends_after_a_month(client, clock):
    signs_in(client)
    clock.shift(dt.timedelta(days=30))

    assert not is_in(client)


def test_the_cookies_say_nothing_about_the_customer(client):
    signs_in(client)

    token, mark = client.cookies["account"], client.cookies["signed_in"]
    assert re.fullmatch("[0-9a-f]{16}", mark.value)
    assert token["httponly"]
    assert (token["samesite"], mark["samesite"]) == ("Lax", "Lax")
    assert mark["httponly"] == ""


@pytest.mark.parametrize("contact", ["", "12345", "nobody@", "a@b\n@c.de", "1" * 500])
def test_what_is_no_contact_gets_no_code(client, contact):
    answer = asked(client, contact)

    assert answer.status_code == 400
    assert not SignInCode.objects.exists()


def test_one_phone_gets_few_codes_a_minute_and_a_day(client, clock):
    quick = [asked(Client()).status_code for _ in range(3)]
    for _ in range(MOST_CODES_A_DAY):
        clock.shift(dt.timedelta(minutes=1))
        throttles.forget_all()
        last = asked(client)

    assert quick == [302, 302, 429]
    assert last.status_code == 409
    assert SignInCode.objects.count() == Notice.objects.count() == MOST_CODES_A_DAY


def test_blanks_before_a_phone_bring_no_more_codes(client):
    answers = [asked(client, " " * 300 + PHONE).status_code for _ in range(3)]

    assert answers == [302, 302, 429]


def test_one_network_asks_for_few_codes_in_all(client, settings):
    rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "code-ip": "2/hour", "code-network": "3/hour"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}

    def from_(address: str, number: int) -> int:
        contact = f"1370000{number:04}"
        return client.post(reverse("account:sign-in"), {"contact": contact}, REMOTE_ADDR=address).status_code

    assert [from_("10.0.0.1", n) for n in range(3)] == [302, 302, 429]
    assert [from_("10.0.0.2", n) for n in range(3, 5)] == [302, 429]
    assert from_("10.0.1.1", 6) == 302


def test_guessing_is_slow_from_one_address(client, settings):
    rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "sign-in-ip": "2/hour"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    asked(client)
    code = sent_code()

    answers = [typed(client, wrong(code)).status_code for _ in range(3)]

    assert answers == [400, 400, 429]
    assert SignInCode.objects.get().tries == 2


def test_forms_of_other_sites_do_nothing():
    careful = Client(enforce_csrf_checks=True)

    answers = [careful.post(reverse(f"account:{name}")).status_code for name in ("sign-in", "code", "sign-out")]

    assert answers == [403, 403, 403]
    assert not SignInCode.objects.exists()


def test_a_mistyped_mail_address_is_no_work_for_staff(client, settings, monkeypatch):
    settings.EMAIL_URL = "smtp://mail.example"
    monkeypatch.setattr(notify.Mail, "send", refused)
    asked(client, "li@exmaple.cmo")

    for minute in range(90):
        work_off(NOW + dt.timedelta(minutes=minute))
    tidying.tidy(NOW + dt.timedelta(days=3))

    assert Job.objects.get().state == "done"
    assert not Notice.objects.exists()


def test_whoever_was_sent_away_comes_back_to_the_page(client):
    sent_away = client.get(reverse("account:orders")).headers["Location"]
    asked(client, next=reverse("account:orders"))

    assert sent_away == f"{reverse('account:sign-in')}?next=%2Faccount%2Forders%2F"
    assert typed(client, sent_code(), next=reverse("account:orders")).headers["Location"] == reverse("account:orders")


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, place):
    asked(client, next=place)

    assert typed(client, sent_code(), next=place).headers["Location"] == reverse("account:overview")


def test_a_phone_in_a_log_would_be_a_phone_too_many(client, caplog):
    signs_in(client)
    typed(client, "000000")

    assert PHONE not in caplog.text
