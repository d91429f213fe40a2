"""What an address of the staff's lists may ask: what filters and our own links do, and never a masked column."""

from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db.models import Model

from farm.admin.lists import StaffAdmin
from shop.models import Order
from tests.staff import a_boss, a_member, list_of, page_of
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot
from tests.worlds import a_shop_with_a_paid_order
from tours.models import Booking, Credit, Slot

pytestmark = pytest.mark.django_db
WAYS = ("", "__startswith", "__contains", "__regex", "__gte", "__in")


def ours() -> dict[type[Model], StaffAdmin]:
    return {model: room for model, room in admin.site._registry.items() if isinstance(room, StaffAdmin)}


def filters_of(room: StaffAdmin) -> set[str]:
    """What the list says that it filters by."""
    return {
        one if isinstance(one, str) else one[0] if isinstance(one, tuple) else one.parameter_name
        for one in room.list_filter
    }


def shown(client, model, asked: str) -> list[int]:
    page = client.get(f"{list_of(model)}?{asked}", follow=True).content.decode()
    return [row.pk for row in model.objects.all() if page_of(row) in page]


def test_packers_cannot_spell_out_whom_an_order_goes_to(client):
    order = a_shop_with_a_paid_order()
    packer = a_member(client, "packing")

    right, wrong = (
        [shown(client, Order, f"{column}__startswith={asked}") for column in ("phone", "name", "street")]
        for asked in ("1", "zzz")
    )

    assert not packer.has_perm("shop.view_personal_data")
    assert right == wrong == [[order.pk]] * 3


def test_who_sees_visitors_masked_cannot_spell_them_out(client):
    booking = a_confirmed_booking(a_slot())
    worth = {"why": "rain", "given_at": NOW, "expires_on": SATURDAY, "limit": 5}
    credit = Credit.objects.create(code="CRX", phone=booking.phone, **worth)
    a_member(client, "money")

    visitors = [shown(client, Booking, f"{column}__startswith=zzz") for column in ("phone", "name", "email", "notes")]

    assert visitors == [[booking.pk]] * 4
    assert shown(client, Credit, "phone__startswith=zzz") == [credit.pk]


def test_what_no_list_narrows_by_is_said_and_all_of_it_shown(client):
    a_boss(client)

    page = client.get(f"{list_of(Booking)}?phone__startswith=139", follow=True)

    assert "The list cannot be narrowed in this way." in page.content.decode()


def test_no_list_can_be_asked_for_columns_that_it_does_not_filter_by(rf):
    answered = []
    for model, room in ours().items():
        asked = {f"{field.name}{way}" for field in model._meta.get_fields() for way in WAYS}
        answered += [(model, one) for one in asked - filters_of(room) if room.lookup_allowed(one, "1", rf.get("/"))]

    assert answered == []
    assert {model._meta.app_label for model in admin.site._registry.keys() - ours().keys()} == {"axes"}


def test_every_list_can_be_asked_for_what_its_filters_ask(client, rf):
    request = rf.get("/")
    request.user = a_boss(client)
    a_shop_with_a_paid_order(), a_confirmed_booking(a_slot())

    for room in ours().values():
        asked = [
            one for spec in room.get_changelist_instance(request).filter_specs for one in spec.expected_parameters()
        ]
        assert [one for one in asked if not room.lookup_allowed(one, "1", request)] == []


@pytest.mark.parametrize("asked", ["date__year", "is_closed__exact", "experience__id__exact", "when"])
@pytest.mark.parametrize("said", ["9" * 30, "\x00", "²"])
def test_a_filter_that_no_column_can_hold_is_no_fault(client, asked, said):
    slot = a_slot()
    a_boss(client)

    assert shown(client, Slot, f"{asked}={quote(said)}") in ([slot.pk], [])
