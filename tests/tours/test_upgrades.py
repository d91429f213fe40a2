"""What an upgrade makes of a farm that is older: the steps of migrations that change rows."""

from importlib import import_module

import pytest
from django.apps import apps

from tests.visits import a_ticket_type, an_experience
from tours.models import TicketType

pytestmark = pytest.mark.django_db


def test_older_tickets_say_how_many_of_their_people_are_grown_up():
    picking = an_experience()
    for code, kind in [("pupil", "student"), ("helper", "student"), ("toddler", "infant"), ("senior", "senior")]:
        a_ticket_type(picking, code, kind=kind)
    a_ticket_type(picking, "duo", kind="family", people=2)
    picking.ticket_types.get(code="toddler").accompanied_by.add(picking.ticket_types.get(code="helper"))
    TicketType.objects.update(grown_ups=1, per_grown_up=None)  # as the columns came

    import_module("tours.migrations.0006_grown_ups_of_older_tickets").count(apps, None)

    assert dict(picking.ticket_types.values_list("code", "grown_ups")) == {
        "adult": 1,
        "senior": 1,
        "family": 2,
        "duo": 1,
        "child": 0,
        "infant": 0,
        "toddler": 0,
        "pupil": 0,
        "helper": 1,  # the toddler's company goes on being it
    }
