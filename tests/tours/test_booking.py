import datetime as dt

import pytest
from django.utils.translation import override

from farm import payments
from farm.ledgers import counters_equal_their_movements
from farm.models import Notice, Refund
from farm.payments import cashier, fake
from farm.payments.providers import RefundOutcome
from tests.builders import an_attempt, work_off
from tests.visits import NOW, a_booking, a_confirmed_booking, a_day, a_slot, a_ticket_type, an_experience, pay
from tours import booking as holding
from tours import paying, refusals, sheets
from tours.models import Booking, Slot, Ticket
from tours.party import Party, company_words

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=21)


def test_a_paid_booking_is_sure_and_has_a_ticket_for_everybody():
    slot = a_slot()

    booking = a_confirmed_booking(slot, family=1, infant=1)

    assert (booking.status, booking.people, booking.total_fen, booking.paid_fen) == ("confirmed", 4, 22000, 22000)
    assert Ticket.objects.filter(booking=booking).count() == 5


def test_seats_are_taken_of_the_slot_and_of_the_day():
    slot = a_slot()

    a_booking(slot, adult=3, child=1)

    slot.refresh_from_db()
    assert (slot.taken, a_day().taken) == (4, 4)
    assert list(counters_equal_their_movements(NOW)) == []


def test_a_hold_that_is_not_paid_gives_its_seats_back():
    slot = a_slot()
    booking = a_booking(slot)

    assert holding.expire_holds(LATER) == 1

    booking.refresh_from_db()
    slot.refresh_from_db()
    assert (booking.status, slot.taken, a_day().taken) == ("expired", 0, 0)


def test_a_time_whose_count_is_wrong_keeps_nobody_of_another_time_waiting():
    morning, afternoon = a_slot(), a_slot(time=dt.time(14, 0))
    a_booking(morning)
    a_booking(afternoon)
    Slot.objects.filter(pk=morning.pk).update(taken=0)

    assert [holding.expire_holds(LATER), holding.expire_holds(LATER)] == [1, 0]
    assert list(Booking.objects.order_by("pk").values_list("status", flat=True)) == ["held", "expired"]


def test_wrong_money_that_cannot_go_back_keeps_no_seats(monkeypatch):
    no = RefundOutcome("refused", NOW, "account closed")
    monkeypatch.setattr(fake.PracticeCashier, "refund", lambda self, refund, now: no)
    booking = a_booking(a_slot())
    payable, until = booking.bills.get().payable, booking.hold_until
    wrong = an_attempt(payable=payable, amount_fen=booking.total_fen - 1, expires_at=until, now=NOW)
    cashier.pay(wrong, NOW)
    work_off(NOW)

    holding.expire_holds(LATER)

    assert (Refund.objects.get().status, Booking.objects.get().status) == ("refused", "expired")
    assert a_day().taken == 0


def test_a_hold_can_be_extended_once():
    booking = a_booking(a_slot())

    holding.extend(booking=booking, now=NOW + dt.timedelta(minutes=15))

    assert booking.hold_until == NOW + dt.timedelta(minutes=40)
    with pytest.raises(refusals.NotPossibleNow):
        holding.extend(booking=booking, now=LATER)


def test_money_for_an_extended_hold_is_in_time():
    booking = a_booking(a_slot())
    holding.extend(booking=booking, now=NOW + dt.timedelta(minutes=15))

    pay(booking, now=NOW + dt.timedelta(minutes=39))

    assert booking.status == Booking.Status.CONFIRMED


def test_the_deposit_confirms_and_the_rest_stays_due():
    slot = a_slot(experience=an_experience(deposit_percent=30))

    booking = a_confirmed_booking(slot, plan="deposit", family=1)

    assert (booking.status, booking.paid_fen, booking.balance_fen) == ("confirmed", 6600, 15400)
    pay(booking)
    assert (booking.paid_fen, booking.balance_fen) == (22000, 0)


def test_paying_on_arrival_is_sure_at_once_where_it_is_allowed():
    slot = a_slot(experience=an_experience(may_pay_on_arrival=True))

    booking = a_booking(slot, plan="arrival")

    assert (booking.status, booking.balance_fen) == ("confirmed", 17600)


def test_paying_on_arrival_is_refused_where_it_is_not():
    slot = a_slot()

    with pytest.raises(refusals.PlanRefused):
        a_booking(slot, plan="arrival")

    assert not Booking.objects.exists()


def test_a_full_slot_names_the_next_times():
    slot = a_slot(seats=3)
    later = a_slot(time=dt.time(14, 0))
    a_booking(slot, adult=2)

    with pytest.raises(refusals.SlotFull) as refused:
        a_booking(slot, adult=2)

    assert refused.value.extra["next_slots"] == [later.starts_at.isoformat()]
    assert Booking.objects.count() == 1


def test_a_full_day_closes_slots_that_have_seats():
    day = a_day(limit=3)
    slot = a_slot()

    with pytest.raises(refusals.SlotFull):
        a_booking(slot, adult=4)

    slot.refresh_from_db()
    day.refresh_from_db()
    assert (slot.taken, day.taken) == (0, 0)


@pytest.mark.parametrize(
    ("party", "words"),
    [
        ({"infant": 1}, "cannot come alone"),
        ({"infant": 3, "adult": 1}, "each may bring at most 2. Book at most 2 of them"),
        ({"infant": 5, "family": 1}, "Book at most 4 of them, or add more of: Adult or Family"),
        ({"adult": 0}, "Nobody"),
        ({"adult": 13}, "cannot be booked"),
        ({"family": 4}, "party of 16"),
        ({"adult": -1}, "cannot be booked"),
    ],
)
def test_a_party_that_breaks_a_rule_hears_which(party, words):
    slot = a_slot()

    with pytest.raises(refusals.PartyRefused, match=words):
        holding.quote(slot=slot.pk, party=Party.of(party), now=NOW)


def test_who_brings_too_many_reads_in_chinese_what_to_add():
    slot = a_slot()

    with override("zh-hans"), pytest.raises(refusals.PartyRefused, match="请最多订 4 名，或加订：成人或家庭。"):
        holding.quote(slot=slot.pk, party=Party.of({"infant": 5, "family": 1}), now=NOW)


@pytest.mark.parametrize(
    ("companions", "each", "words"),
    [
        (["adult"], 2, "with Adult, at most 2 for each"),
        (["family"], 2, "with Family, at most 2 for each grown-up"),
        (["adult", "family"], 2, "with a grown-up, at most 2 for each grown-up"),
        (["adult", "family"], None, "with a grown-up"),
        (["adult", "senior"], 2, "with Adult or senior, at most 2 for each"),
    ],
)
def test_what_is_said_of_who_must_come_along_is_the_rule(companions, each, words):
    picking = an_experience()
    tickets = {kind.code: kind for kind in picking.ticket_types.all()}
    tickets["senior"] = a_ticket_type(picking, "senior", position=5, is_offered="senior" in companions)
    infant = tickets["infant"]
    infant.per_grown_up = each
    infant.save(update_fields=["per_grown_up"])
    infant.accompanied_by.set([tickets[code] for code in companions])

    assert company_words(infant, sheets.fresh(picking.pk, NOW).company("infant")) == words


def test_the_same_key_is_the_same_booking():
    slot = a_slot()

    first, again = (a_booking(slot, key="k") for _ in range(2))

    assert first.pk == again.pk
    slot.refresh_from_db()
    assert slot.taken == 2


def test_each_refund_is_told_though_two_have_one_reason():
    booking = a_booking(a_slot())
    first = paying.start(booking=booking, return_url="/v/x/", now=NOW)
    second = payments.start_another(like=first, subject="in another tab", now=NOW)
    too_late = booking.hold_until + dt.timedelta(minutes=1)
    holding.expire_holds(too_late)

    for payment in (first, second):
        cashier.pay(payment, too_late)
        work_off(too_late)

    numbers = Refund.objects.order_by("pk").values_list("refund_no", flat=True)
    told = Notice.objects.filter(key__contains=":refunded:", channel="sms").order_by("pk").values_list("key", flat=True)
    assert [key.rpartition(":")[2] for key in told] == list(numbers)
    assert len(numbers) == 2
