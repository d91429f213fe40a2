"""Staff type prices in yuan, as everybody says them; rows keep fen."""

import pytest

from tests.builders import a_box
from tests.staff import cost_more, form_of, page_of
from tests.visits import a_slot, an_experience
from tours.models import Price, PriceList, TicketType

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
    pytest.mark.once("it proves what forms make of what is typed"),
]
NONE = object()


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ("88", 8800, NONE),
        ("12.5", 1250, NONE),
        ("0.07", 7, NONE),
        ("0", 6800, "greater than or equal to 0.01"),
        ("-5", 6800, "greater than or equal to 0.01"),
        ("12.345", 6800, "no more than 2 decimal places"),
        ("99999999", 6800, "no more than 7 digits before the decimal point"),
        ("cheap", 6800, "Enter a number."),
        ("NaN", 6800, "Enter a number."),
        ("", 6800, "This field is required."),
    ],
)
def test_the_price_of_a_box_is_typed_in_yuan(client, typed, kept, words):
    box = a_box()
    form = form_of(client, box)
    assert form["price_fen"] == "68.00"

    answer = client.post(page_of(box), form | {"price_fen": typed})

    box.refresh_from_db()
    assert box.price_fen == kept
    assert words is NONE or words in answer.content.decode()


def test_what_was_typed_wrong_stands_there_to_be_mended(client):
    box = a_box()

    answer = client.post(page_of(box), form_of(client, box) | {"price_fen": "12.345"})

    assert 'value="12.345"' in answer.content.decode()


def test_tickets_are_priced_in_yuan_on_their_own_page_and_on_that_of_their_experience(client):
    experience = a_slot().experience
    adult, child = (experience.ticket_types.get(code=code) for code in ("adult", "child"))

    client.post(page_of(adult), form_of(client, adult) | {"price_fen": "99.9"})
    form = form_of(client, experience)
    [place] = [name for name, value in form.items() if name.endswith("-id") and value == child.pk]
    assert form[place.replace("-id", "-price_fen")] == "44.00"
    client.post(page_of(experience), form | {place.replace("-id", "-price_fen"): "0"})

    assert list(TicketType.objects.filter(pk__in=(adult.pk, child.pk)).values_list("price_fen", flat=True)) == [9990, 0]


def test_a_price_list_is_typed_in_yuan_and_what_nobody_touched_stays(client):
    experience = a_slot().experience
    feast = PriceList.objects.create(experience=experience, name="Feast")
    prices = [
        Price.objects.create(price_list=feast, ticket_type=kind, price_fen=7701)
        for kind in experience.ticket_types.order_by("pk")[:2]
    ]

    form = form_of(client, feast)
    client.post(page_of(feast), form | {"prices-0-price_fen": "80"})

    assert [Price.objects.get(pk=price.pk).price_fen for price in prices] == [8000, 7701]
    assert "Price in yuan" in client.get(page_of(feast)).content.decode()


def test_a_price_list_prices_the_tickets_of_its_own_experience_only(client):
    feast = PriceList.objects.create(experience=a_slot().experience, name="Feast")
    price = Price.objects.create(price_list=feast, ticket_type=feast.experience.ticket_types.all()[0], price_fen=7701)
    foreign = an_experience("tasting").ticket_types.all()[0]

    form = form_of(client, feast)
    refused = client.post(page_of(feast), form | {"prices-0-ticket_type": foreign.pk})

    assert "Select a valid choice" in refused.content.decode()
    assert Price.objects.get() == price


def test_the_page_of_a_price_list_costs_the_same_with_1_and_with_3_prices(client):
    feast = PriceList.objects.create(experience=a_slot().experience, name="Feast")
    first, *others = feast.experience.ticket_types.order_by("pk")[:3]
    Price.objects.create(price_list=feast, ticket_type=first, price_fen=7701)
    more = [Price(price_list=feast, ticket_type=kind, price_fen=5501) for kind in others]

    assert cost_more(client, [page_of(feast)], after=lambda: Price.objects.bulk_create(more)) == {}
