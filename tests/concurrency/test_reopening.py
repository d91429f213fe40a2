"""Staff open a time again while others close it, or while its last party answers; the control leaves the lock out."""

import datetime as dt

import pytest
from django.db import transaction

from farm.refusals import Refused
from tests.concurrency.crowd import overtaken, together
from tests.drift import drift
from tests.visits import NOW, a_booking, a_confirmed_booking, a_slot
from tours import closures, offers, reopening
from tours.models import Booking, ClosureOffer, Slot

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = [dt.time(9), dt.time(11), dt.time(14)]
RAIN = closures.Reason("大雨", "heavy rain")


def open_again(slot: Slot) -> str:
    try:
        reopening.open_again(slot=slot, now=NOW)
    except Refused as refusal:
        return refusal.code
    return "opened"


def close(slot: Slot) -> str:
    try:
        closures.close(slots=[slot.pk], reason=RAIN, by="li", now=NOW)
    except Refused as refusal:
        return refusal.code
    closures.carry_on(NOW)
    return "closed"


def take_the_money(booking: Booking) -> str:
    offers.choose_refund(offer=ClosureOffer.objects.get(booking=booking), by="visitor", now=NOW)
    return "answered"


def is_open(slot: Slot) -> bool:
    return Slot.objects.bookable(NOW).filter(pk=slot.pk).exists()


def asked() -> int:
    return ClosureOffer.objects.filter(status=ClosureOffer.Status.WAITING).count()


def test_control_who_reads_and_opens_sells_a_time_whose_party_is_being_asked():
    slot = a_slot()
    a_confirmed_booking(slot)

    def open_carelessly(pause) -> None:
        seen = Slot.objects.select_related("day").get(pk=slot.pk)
        reopening._refuse(seen, NOW)
        pause()
        with transaction.atomic():
            reopening._open([seen], NOW)

    assert overtaken(open_carelessly, by=lambda: close(slot)) == [None, "closed"]

    assert (is_open(slot), asked()) == (True, 1)


@pytest.mark.parametrize("round_", range(2))
def test_a_time_opened_while_it_is_closed_stays_closed_for_the_party_that_is_asked(round_):
    slots = [a_slot(seats=9, time=at) for at in TIMES]
    for slot in slots:
        a_confirmed_booking(slot)

    opening = [lambda slot=slot: open_again(slot) for slot in slots]
    answers = together(*opening, *[lambda slot=slot: close(slot) for slot in slots])

    assert set(answers[: len(slots)]) <= {"opened", "still_answering"}
    assert answers[len(slots) :] == ["closed"] * len(slots)
    assert ([is_open(slot) for slot in slots], asked()) == ([False] * len(slots), len(slots))
    assert drift() == []


@pytest.mark.parametrize("round_", range(2))
def test_a_time_opened_while_its_last_party_answers_is_open_only_when_nobody_is_asked(round_):
    slots = [a_slot(seats=2, time=at) for at in TIMES]
    parties = [a_confirmed_booking(slot) for slot in slots]
    for slot in slots:
        close(slot)

    opening = [lambda slot=slot: open_again(slot) for slot in slots]
    answers = together(*opening, *[lambda party=party: take_the_money(party) for party in parties])

    assert set(answers[: len(slots)]) <= {"opened", "still_answering"}
    assert (answers[len(slots) :], asked()) == (["answered"] * len(slots), 0)
    assert [is_open(slot) for slot in slots] == [answer == "opened" for answer in answers[: len(slots)]]
    assert set(Booking.objects.values_list("status", flat=True)) == {"cancelled"}
    for slot in slots:
        assert open_again(slot) == "opened"
        assert a_booking(slot).status == "held"
    assert drift() == []
