"""A page that was opened a while ago puts back nothing that somebody else has changed since."""

import datetime as dt
import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from farm.models import User
from farm.people import ensure_groups
from shop.models import LiveShow
from tests.builders import NOW, a_box, made
from tests.staff import form_of, page_of
from tests.visits import a_slot
from tours.models import TicketType

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
    pytest.mark.once("it proves what forms make of what is typed"),
]


def test_an_old_page_of_a_box_changes_only_what_was_edited_on_it(client):
    box = a_box()
    old = form_of(client, box)

    client.post(page_of(box), form_of(client, box) | {"price_fen": "70"})
    client.post(page_of(box), old | {"name_en": "Kyoho, large"})

    box.refresh_from_db()
    assert (box.price_fen, box.name_en) == (7000, "Kyoho, large")
    changed = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert ["Price in yuan" in words for words in changed] == [True, False]


def test_what_somebody_else_wrote_into_the_same_field_is_told_before_it_is_written_over(client):
    box = a_box()
    old = form_of(client, box)
    client.post(page_of(box), form_of(client, box) | {"price_fen": "70"})

    told = client.post(page_of(box), old | {"price_fen": "75", "name_en": "Large"})

    box.refresh_from_db()
    assert (box.price_fen, box.name_en) == (7000, "Kyoho 2.5 kg")
    [(name, [words])] = told.context_data["adminform"].form.errors.items()
    assert (name, words.split(" since")[0]) == ("price_fen", "Somebody else has made this “70.00”")
    client.post(page_of(box), old | inputs(told))
    box.refresh_from_db()
    assert (box.price_fen, box.name_en) == (7500, "Large")


def test_two_who_write_the_same_are_not_asked(client):
    box = a_box()
    old = form_of(client, box)
    client.post(page_of(box), form_of(client, box) | {"price_fen": "70"})

    client.post(page_of(box), old | {"price_fen": "70", "name_en": "Large"})

    box.refresh_from_db()
    assert (box.price_fen, box.name_en) == (7000, "Large")


def test_a_moment_and_a_row_chosen_by_somebody_else_are_told_in_words(client):
    words = dict.fromkeys(("title_zh", "title_en", "host_zh", "host_en"), "Harvest")
    show = LiveShow.objects.create(code="harvest", starts_at=NOW, ends_at=NOW + dt.timedelta(hours=2), **words)
    kyoho, large = a_box(), a_box("LARGE")
    show.boxes.set([kyoho])
    old = inputs(client.get(page_of(show))) | {"boxes": [kyoho.pk], "initial-boxes": [kyoho.pk]}
    client.post(page_of(show), old | {"starts_at_1": "09:30:00", "boxes": [large.pk]})

    mine = old | {"starts_at_1": "09:15:00", "boxes": [kyoho.pk, large.pk]}
    told = client.post(page_of(show), mine)

    said = told.context_data["adminform"].form.errors.values()
    assert [words.split("“")[1].split("”")[0] for [words] in said] == ["2026-09-08 09:30", "Kyoho 2.5 kg (LARGE)"]
    client.post(page_of(show), mine | inputs(told) | {"initial-boxes": [large.pk]})
    show.refresh_from_db()
    assert (f"{show.starts_at:%M}", show.boxes.count()) == ("15", 2)


def test_an_old_page_of_a_visit_changes_only_what_was_edited_of_its_tickets(client):
    experience = a_slot().experience
    adult = experience.ticket_types.get(code="adult")
    old = form_of(client, experience)
    [place] = [name for name, value in old.items() if name.endswith("-id") and value == adult.pk]
    row = place.removesuffix("-id")

    client.post(page_of(adult), form_of(client, adult) | {"price_fen": "99"})
    client.post(page_of(experience), old | {f"{row}-name_en": "Grown-up"})

    assert TicketType.objects.values_list("price_fen", "name_en").get(pk=adult.pk) == (9900, "Grown-up")


def test_what_somebody_else_wrote_into_a_row_below_is_told_too(client):
    experience = a_slot().experience
    adult = experience.ticket_types.get(code="adult")
    old = form_of(client, experience)
    [place] = [name for name, value in old.items() if name.endswith("-id") and value == adult.pk]
    price = f"{place.removesuffix('-id')}-price_fen"
    client.post(page_of(adult), form_of(client, adult) | {"price_fen": "99"})

    told = client.post(page_of(experience), old | {price: "98"})

    assert "Somebody else has made this “99.00”" in html.unescape(told.content.decode())
    client.post(page_of(experience), old | {price: "98", f"initial-{price}": inputs(told)[f"initial-{price}"]})
    assert TicketType.objects.get(pk=adult.pk).price_fen == 9800


def test_a_refused_page_still_sends_along_what_it_showed_first(client):
    box = a_box()

    page = client.post(page_of(box), form_of(client, box) | {"name_en": "Large", "price_fen": "cheap"})

    name = page.context_data["adminform"].form["name_en"]
    assert (name.value(), f'value="{box.name_en}"' in name.as_hidden(only_initial=True)) == ("Large", True)


def test_a_moment_typed_on_a_page_that_was_refused_is_not_lost_when_it_is_sent_again(client):
    words = dict.fromkeys(("title_zh", "title_en", "host_zh", "host_en"), "Harvest")
    show = LiveShow.objects.create(code="harvest", starts_at=NOW, ends_at=NOW + dt.timedelta(hours=2), **words)
    chosen = {"boxes": a_box().pk}
    shown = inputs(client.get(page_of(show)))

    refused = client.post(page_of(show), shown | chosen | {"starts_at_1": "09:15:00", "title_en": ""})
    client.post(page_of(show), inputs(refused) | chosen | {"title_en": "Harvest"})

    show.refresh_from_db()
    assert show.starts_at == NOW - dt.timedelta(minutes=45)


def inputs(page) -> dict[str, str]:
    """What a browser would send of a page as it stands."""
    tags = re.findall(r"<input[^>]*>", page.content.decode())
    found = [dict(re.findall(r'\b(name|value)="([^"]*)"', tag)) for tag in tags]
    return {one["name"]: html.unescape(one.get("value", "")) for one in found if "name" in one}


def test_an_old_page_gives_nobody_a_group_back(client):
    ensure_groups()
    somebody = made(User(username="li.na", password=make_password("grape-harvest"), is_staff=True))
    somebody.groups.set(Group.objects.filter(name="money"))
    old = form_of(client, somebody)

    somebody.groups.clear()
    client.post(page_of(somebody), old | {"first_name": "Na"})

    somebody.refresh_from_db()
    assert (somebody.first_name, somebody.groups.count()) == ("Na", 0)


def test_a_group_that_somebody_else_gave_is_told_where_there_was_none(client):
    ensure_groups()
    somebody = made(User(username="li.na", password=make_password("grape-harvest"), is_staff=True))
    old = form_of(client, somebody)
    del old["initial-groups"]  # a browser sends nothing of an empty list
    money, packing = (Group.objects.get(name=name) for name in ("money", "packing"))
    somebody.groups.add(money)

    told = client.post(page_of(somebody), old | {"groups": [packing.pk]})

    assert list(told.context_data["adminform"].form.errors) == ["groups"]
    assert list(somebody.groups.all()) == [money]


def test_the_page_of_a_colleague_holds_no_hash_of_their_password(client):
    somebody = made(User(username="li.na", password=make_password("grape-harvest"), is_staff=True))

    page = client.get(page_of(somebody)).content.decode()

    assert 'name="initial-username"' in page
    assert somebody.password not in page


@pytest.mark.parametrize("name", ["refund_terms", "languages"])
def test_an_old_page_puts_no_older_list_back(client, name):
    experience = a_slot().experience
    old = form_of(client, experience)
    lines = {"refund_terms": "72:100", "languages": "en"}

    client.post(page_of(experience), form_of(client, experience) | {name: lines[name]})
    client.post(page_of(experience), old | {"name_en": "Picking"})

    assert form_of(client, experience)[name] == lines[name]
    assert name not in LogEntry.objects.latest("pk").change_message


def test_a_page_that_is_saved_as_it_was_changes_nothing(client):
    experience = a_slot().experience

    client.post(page_of(experience), form_of(client, experience))

    assert LogEntry.objects.latest("pk").change_message == "[]"
