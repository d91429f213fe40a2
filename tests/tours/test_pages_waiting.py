"""The form of the line of a full time: what is missing is said at its field, all of it at once."""

import re

import pytest
import time_machine

from tests.visits import NOW, VISITOR, a_booking, a_confirmed_booking, a_slot, an_experience
from tours import cancelling, links, sheets, waiting
from tours.models import Booking, TicketType, WaitingParty
from tours.party import Party

pytestmark = pytest.mark.django_db


@time_machine.travel(NOW, tick=False)
def test_who_joins_the_line_with_an_empty_form_reads_at_once_all_that_is_missing(client):
    slot = a_slot(seats=2)
    a_booking(slot)

    answer = client.post("/visits/picking/wait/", {"slot": slot.pk, "join": "1"})

    assert answer.status_code == 400
    for words in ("Choose at least one ticket.", "Write your name.", "Write a mobile number"):
        assert words in answer.content.decode()
    assert not WaitingParty.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_an_offer_of_tickets_that_are_gone_for_good_says_so(client):
    slot = a_slot(seats=2)
    first = a_confirmed_booking(slot)
    party = waiting.join(slot=slot.pk, party=Party.of({"adult": 2}), contact=VISITOR, language="en", now=NOW)
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    TicketType.objects.filter(code="adult").update(code="grown-up")

    page = client.get(links.party_path(WaitingParty.objects.get(pk=party.pk)))

    assert page.status_code == 400
    assert "adult" in page.content.decode()


@time_machine.travel(NOW, tick=False)
def test_kept_seats_are_booked_for_the_price_that_was_read(client):
    slot = a_slot(seats=2, experience=an_experience(may_pay_on_arrival=True))
    first = a_confirmed_booking(slot)
    party = waiting.join(slot=slot.pk, party=Party.of({"adult": 2}), contact=VISITOR, language="en", now=NOW)
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    place, said = links.party_path(party), {"plan": "arrival", "key": "one-form"}
    read = seen_on(client.get(place))
    TicketType.objects.filter(code="adult").update(price_fen=9900)
    sheets._seen.clear()  # a second later

    dearer = client.post(place, {**said, "seen": read})
    booked_unread = Booking.objects.filter(waited_as=party).exists()
    client.post(place, {**said, "seen": seen_on(dearer)})

    assert "¥198" in dearer.content.decode()
    assert not booked_unread
    assert Booking.objects.get(waited_as=party).total_fen == 19800


def seen_on(page) -> str:
    return re.search('name="seen" value="([^"]+)"', page.content.decode())[1]
