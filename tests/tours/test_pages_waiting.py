"""The form of the line of a full time: what is missing is said at its field, all of it at once."""

import pytest
import time_machine

from tests.visits import NOW, VISITOR, a_booking, a_confirmed_booking, a_slot
from tours import cancelling, links, waiting
from tours.models import TicketType, WaitingParty
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
