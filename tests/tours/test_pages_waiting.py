"""The form of the line of a full time: what is missing is said at its field, all of it at once."""

import pytest
import time_machine

from tests.visits import NOW, a_booking, a_slot
from tours.models import WaitingParty

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
