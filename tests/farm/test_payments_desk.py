"""Money that our own people take at the gate and pay back by hand, in a till that is compared like any provider."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from farm import jobs, ledgers, naming, payments
from farm.models import Job, LedgerEntry, OutboxMessage, Payment, Refund, StaffTask, StatementCheck, TillEntry
from farm.payments import Bill, cashier, ledger, refunds
from farm.states import WrongState
from tests.builders import NOW, an_attempt
from tests.staff import a_boss, a_member, act, list_of, page_of, press
from tests.staff import told as said

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
VISIT = "booking:BV7K3M9QF2XA/2"
LONGEST = "booking:" + "B" * 48 + "/999"


def a_bill(payable: str = VISIT, fen: int = 8000) -> Bill:
    return Bill(payable=payable, amount_fen=fen, subject="The rest of a visit", expires_at=NOW + HOUR)


def taken(payable: str = VISIT, *, how: str = "cash", now: dt.datetime = NOW) -> Payment:
    return payments.take_at_desk(a_bill(payable), by="lin", how=how, now=now)


def a_refund(*, fen: int = 8000) -> Refund:
    """A refund of money taken at the desk, after its job has run."""
    payment = taken()
    payments.on_refund_due(payable=VISIT, payment=payment.trade_no, amount_fen=fen, why="rained", now=NOW)
    jobs.run(Job.objects.get().key, refunds.send_back, now=NOW)
    return Refund.objects.select_related("payment").get()


def told(topic: str) -> list[dict[str, object]]:
    return list(OutboxMessage.objects.filter(topic=topic).values_list("payload", flat=True))


def booked() -> list[int]:
    return list(LedgerEntry.objects.order_by("pk").values_list("amount_fen", flat=True))


def buttons_of(client: Client, refund: Refund) -> list[str]:
    """The ways of paying it back that its page offers."""
    page = client.get(page_of(refund)).content.decode()
    ways = ("paid_in_cash_one", "paid_by_qr_one", "paid_another_way")
    return [way for way in ways if reverse(f"admin:farm_refund_{way}", args=[refund.pk]) in page]


def till() -> list[tuple[int, str, str]]:
    return list(TillEntry.objects.order_by("pk").values_list("amount_fen", "how", "by"))


@pytest.mark.parametrize("how", ["cash", "qr"])
def test_money_taken_at_the_desk_is_captured_booked_and_told_at_once(how):
    payment = taken(how=how)

    assert (payment.status, payment.provider, payment.captured_at, payment.ask_again_at) == (
        "captured", "desk", NOW, None
    )  # fmt: skip
    assert (booked(), till()) == ([8000], [(8000, how, "lin")])
    assert told("payment.captured") == [{"payable": VISIT, "payment": payment.trade_no, "amount_fen": 8000}]
    assert list(payment.events.values_list("what", "by")) == [("started", "lin"), ("captured", "system")]


def test_what_is_paid_is_not_taken_at_the_desk_again():
    taken()

    with pytest.raises(payments.AlreadyPaid):
        taken()

    assert booked() == [8000]


def test_what_was_paid_online_is_not_taken_at_the_desk():
    payment = an_attempt(payable=VISIT, amount_fen=8000)
    cashier.pay(payment, NOW)

    with pytest.raises(payments.AlreadyPaid):
        taken()

    assert till() == []


def test_each_bill_of_one_visit_is_paid_for_itself():
    taken("booking:BV7K3M9QF2XA/1")
    taken("booking:BV7K3M9QF2XA/2")

    assert booked() == [8000, 8000]


def test_money_of_a_kind_that_the_till_does_not_know_is_refused():
    with pytest.raises(payments.UnknownTender):
        taken(how="pigs")

    assert not Payment.objects.exists()


def test_the_sweep_never_asks_about_money_from_the_desk():
    taken()

    assert payments.ask_about_open(NOW + 24 * HOUR) == 0


def test_nobody_can_post_that_the_desk_took_money(client: Client):
    payment = taken()

    answer = client.post(reverse("payments:notify", args=["desk"]), b"{}", content_type="application/json")

    assert answer.status_code == 401
    assert LedgerEntry.objects.filter(payment=payment).count() == 1


def test_a_refund_waits_for_a_person_who_is_asked_once():
    refund = a_refund()

    assert (refund.status, booked(), Job.objects.get().state) == ("due", [8000], "done")
    task = StaffTask.objects.get()
    assert (task.about, task.settled_at) == (f"refund:{refund.refund_no}", None)
    assert task.what == f"Pay back ¥80.00 of {refund.payment.trade_no} to whoever paid {naming.thing(VISIT)} (rained)"


def test_paid_back_by_hand_is_booked_told_and_the_task_is_settled():
    refund = a_refund(fen=3000)

    payments.pay_back(refund=refund, by="wang", how="qr", now=NOW + HOUR)

    assert (refund.status, refund.done_at, booked()) == ("done", NOW + HOUR, [8000, -3000])
    assert till() == [(8000, "cash", "lin"), (-3000, "qr", "wang")]
    words = {"amount_fen": 3000, "why": "rained", "refund_no": refund.refund_no}
    assert told("payment.refunded") == [{"payable": VISIT, **words}]
    assert StaffTask.objects.get().settled_by == "wang"
    assert list(ledger.differences()) == []


def test_nobody_pays_the_same_refund_back_twice():
    refund = a_refund()
    payments.pay_back(refund=refund, by="wang", how="cash", now=NOW)

    with pytest.raises(WrongState):
        payments.pay_back(refund=Refund.objects.get(), by="lin", how="cash", now=NOW)

    assert (booked(), len(till()), len(told("payment.refunded"))) == ([8000, -8000], 2, 1)


def test_a_job_that_comes_after_the_person_asks_nobody():
    payment = taken()
    payments.on_refund_due(payable=VISIT, payment=payment.trade_no, amount_fen=100, why="rained", now=NOW)
    refund = Refund.objects.get()
    recording = refunds.send_back(refund_no=refund.refund_no, now=NOW)
    payments.pay_back(refund=refund, by="wang", how="cash", now=NOW)

    recording()

    assert not StaffTask.objects.exists()


def test_money_that_a_provider_took_is_not_paid_back_at_the_desk():
    payment = an_attempt(payable=VISIT, amount_fen=8000)
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=VISIT, payment=payment.trade_no, amount_fen=8000, why="rained", now=NOW)

    with pytest.raises(payments.NotAtDesk):
        payments.pay_back(refund=Refund.objects.get(), by="wang", how="cash", now=NOW)

    assert (Refund.objects.get().status, till()) == ("due", [])


def test_asking_about_a_refund_of_the_desk_changes_nothing_until_it_is_paid_back():
    refund = a_refund()

    payments.ask_about_refund(refund=refund, now=NOW)

    assert (Refund.objects.get().status, booked()) == ("due", [8000])


def test_the_till_is_the_desk_s_statement_and_agrees():
    refund = a_refund(fen=3000)
    payments.pay_back(refund=refund, by="wang", how="cash", now=NOW + HOUR)

    payments.check_statement(provider="desk", date=NOW.date(), now=NOW + 24 * HOUR)

    assert (StatementCheck.objects.get().lines, StatementCheck.objects.get().differences) == (2, 0)
    assert list(ledger.differences()) == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: TillEntry.objects.filter(refund_no="").delete(),
        lambda: TillEntry.objects.exclude(refund_no="").delete(),
        lambda: TillEntry.objects.filter(refund_no="").update(amount_fen=8001),
        lambda: TillEntry.objects.exclude(refund_no="").update(amount_fen=-2999),
        lambda: TillEntry.objects.exclude(refund_no="").update(refund_no="RF-OTHER"),
        lambda: TillEntry.objects.create(at=NOW, trade_no="PT-NEVER", amount_fen=1, how="cash", by="x"),
    ],
)
def test_a_till_that_was_tampered_with_is_found_by_verify_and_by_the_statement(tamper):
    payments.pay_back(refund=a_refund(fen=3000), by="wang", how="cash", now=NOW)
    tamper()

    payments.check_statement(provider="desk", date=NOW.date(), now=NOW + 24 * HOUR)

    assert list(ledgers.money_adds_up(NOW))
    assert StatementCheck.objects.get().differences


def test_a_refund_that_nobody_pays_back_shows_after_a_day():
    a_refund()
    StaffTask.objects.update(settled_at=NOW)  # ticked off, but never paid

    assert list(ledgers.refunds_go_back_in_time(NOW + 23 * HOUR)) == []
    assert naming.thing(VISIT) in next(ledgers.refunds_go_back_in_time(NOW + 24 * HOUR))


@pytest.mark.parametrize("action", ["paid_back_in_cash", "paid_back_by_qr"])
def test_staff_say_in_the_admin_that_they_paid_back(client: Client, action):
    refund = a_refund()
    a_member(client, "money")

    assert "paid back" in act(client, action, refund)

    assert Refund.objects.get().status == "done"
    assert TillEntry.objects.first().by == "money"


def test_the_task_leads_to_the_refund_whose_page_has_a_button_for_each_way(client: Client):
    refund = a_refund()
    a_member(client, "money")

    task = client.get(page_of(StaffTask.objects.get())).content.decode()
    found = client.get(list_of(Refund), {"q": refund.refund_no}).content.decode()
    ways = buttons_of(client, refund)
    words = said(press(client, "paid_in_cash_one", refund))

    assert f'href="{list_of(Refund)}?q={refund.refund_no}"' in task
    assert page_of(refund) in found
    assert (ways, buttons_of(client, refund)) == (["paid_in_cash_one", "paid_by_qr_one"], [])
    assert "paid back" in words
    assert till()[-1] == (-8000, "cash", "money")
    assert "cannot be done" in said(press(client, "paid_by_qr_one", refund))


def test_paid_back_by_qr_code_is_pressed_on_the_refund_that_its_payment_links(client: Client):
    refund = a_refund()
    place = f"{list_of(Refund)}?q={refund.payment.trade_no}"
    a_member(client, "money")

    assert f'href="{place}">¥80.00<' in client.get(page_of(refund.payment)).content.decode()
    assert page_of(refund) in client.get(place).content.decode()
    press(client, "paid_by_qr_one", refund)

    assert till()[-1] == (-8000, "qr", "money")


def test_money_that_a_provider_sends_back_has_no_button_at_the_desk(client: Client):
    payment = an_attempt(payable=VISIT)
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=VISIT, payment=payment.trade_no, amount_fen=100, why="rained", now=NOW)
    a_member(client, "money")

    assert buttons_of(client, Refund.objects.get()) == []


def test_who_only_packs_may_not_say_so(client: Client):
    refund = a_refund()
    a_member(client, "packing")

    act(client, "paid_back_in_cash", refund)

    assert Refund.objects.get().status == "due"


@pytest.mark.parametrize("payable", [VISIT, LONGEST])
def test_a_payable_with_a_slash_or_of_sixty_characters_goes_all_the_way(client: Client, payable):
    payment = an_attempt(payable=payable)
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=payable, payment=payment.trade_no, amount_fen=12800, why="rained", now=NOW)
    jobs.run(Job.objects.get().key, refunds.send_back, now=NOW)
    payments.on_refund_due(payable=payable, payment=payment.trade_no, amount_fen=12800, why="twice", now=NOW)
    payments.take_at_desk(a_bill(payable), by="lin", how="cash", now=NOW)

    assert (len(payable) <= 60, booked(), StaffTask.objects.get().about) == (True, [12800, -12800, 8000], payable)
    assert list(ledger.differences()) == []
    a_boss(client)
    for kind in (Payment, LedgerEntry):
        assert naming.thing(payable) in client.get(list_of(kind), {"q": payable}).content.decode()


def test_a_payable_that_not_every_database_keeps_is_refused_by_all():
    with pytest.raises(ValueError, match="60"):
        a_bill("booking:" + "B" * 53)
