"""Pages are light: they travel compressed, and are drawn once however many ask at the same moment."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django import forms
from django.db import connection
from django.forms.renderers import DjangoTemplates
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.views.decorators.cache import never_cache

from farm.api import keeping
from farm.inputs import QuickInputs
from shop import glance
from tests.accounts import signs_in
from tests.builders import DAY, NOW, a_shop
from tests.visits import a_slot

pytestmark = [pytest.mark.django_db, pytest.mark.once("pages are the same beside any database")]
SMALL = {"Accept-Encoding": "gzip"}


@pytest.fixture(autouse=True)
def a_moment(settings):
    settings.GLANCE_SECONDS = 30
    keeping._drawn.clear()
    glance._last.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    keeping._drawn.clear()
    glance._last.clear()


@pytest.mark.parametrize("path", ["/", "/static/beizhen/site.css", "/static/beizhen/drawings/grape-kyoho.svg"])
def test_texts_travel_compressed(client, path):
    answer = client.get(path, headers=SMALL)

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]


def test_what_programs_read_and_pictures_are_left_alone(client):
    for path in ("/api/v1/boxes", "/static/beizhen/share.png"):
        assert not client.get(path, headers=SMALL).has_header("Content-Encoding")


def test_a_file_that_has_not_changed_is_not_sent_again(client):
    first = client.get("/static/beizhen/site.css", headers=SMALL)

    again = client.get("/static/beizhen/site.css", headers={**SMALL, "If-Modified-Since": first["Last-Modified"]})

    assert again.status_code == 304


def test_a_compressed_page_that_has_not_changed_is_not_sent_again(client):
    etag = client.get("/", headers=SMALL)["ETag"]

    assert client.get("/", headers={**SMALL, "If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("path", ["/", "/shop/", "/shop/kyoho-2500/", "/visits/", "/visits/picking/"])
def test_a_public_page_is_drawn_once_a_moment(client, path):
    a_shop()
    a_slot()
    first = client.get(path)

    with CaptureQueriesContext(connection) as queries:
        again = client.get(path)

    assert (again.content, len(queries)) == (first.content, 0)
    assert again["Cache-Control"] == first["Cache-Control"]
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_each_language_and_each_choice_is_a_page_of_its_own(client):
    a_shop()
    pages = {client.get(path).content for path in ("/shop/", "/zh-hans/shop/", "/shop/?size=gift")}

    assert len(pages) == 3


def test_who_has_a_word_waiting_gets_a_page_of_their_own(client):
    a_slot()
    before = client.get("/visits/picking/").content.decode()
    told = client.get("/visits/picking/book/?slot=999", follow=True).content.decode()
    other = Client().get("/visits/picking/").content.decode()

    assert '<div class="said"' in told
    assert '<div class="said"' not in before + other


def test_a_page_with_somebodys_token_is_kept_for_nobody(rf):
    tokens = keeping.public_page(lambda request: HttpResponse(get_token(request)))

    tokens(rf.get("/a-form/"))

    assert not keeping._drawn


def test_a_form_that_says_itself_how_long_it_may_be_kept_is_kept_for_nobody(rf):
    @keeping.form_page()
    @never_cache
    def page(request):
        return HttpResponse("<form></form>")

    page(rf.get("/a-form/"))

    assert not keeping._drawn


def form_pages(where: Any = None) -> Iterator[str]:
    """The names of all views that are drawn as `form_page`."""
    for pattern in (where or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inside = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from (inside + name for name in form_pages(pattern))
        elif hasattr(pattern.callback, "is_form_page"):
            yield pattern.name


def ones_own(path: str) -> set[str]:
    """The fields in which two readers' pages differ; a difference elsewhere is told as it stands."""
    pages = [re.split(r"(<[^>]*>)", Client().get(path).content.decode()) for _ in range(2)]
    differing = [one for one, other in zip(*pages, strict=True) if one != other]
    return {(re.search(r' name="([^"]*)"', part) or [part, part])[1] for part in differing}


def test_forms_kept_for_all_differ_between_two_readers_only_where_each_gets_their_own(settings):
    """A new field of one reader alone, in any such form, stands out here before another reader gets it."""
    a_shop()
    names = set(form_pages())
    for path in map(reverse, names):
        settings.GLANCE_SECONDS = 30
        kept = ones_own(path)
        settings.GLANCE_SECONDS = 0

        assert (ones_own(path), kept) == ({"csrfmiddlewaretoken", "key"},) * 2

    assert names == {"shop:order-form"}


def test_an_order_form_is_drawn_once_for_all_but_each_ones_token_and_key():
    a_shop()
    path = "/order/?box-kyoho-2500=2"
    readers = [Client(enforce_csrf_checks=True) for _ in range(2)]
    pages = [readers[0].get(path)]
    with CaptureQueriesContext(connection) as queries:
        pages.append(readers[1].get(path))
    own = [re.findall(r'name="(?:csrfmiddlewaretoken|key)" value="(\w+)"', page.content.decode()) for page in pages]

    assert len(queries) == 0
    everybodys = {words for page in own for words in page}
    assert len(everybodys) == 4
    assert not any(words.encode() in page.content for page in keeping._drawn.values() for words in everybodys)
    for reader, (token, key) in zip(readers, own, strict=True):
        sent = {"csrfmiddlewaretoken": token, "key": key, "box-kyoho-2500": "2", "ship_date": str(DAY)}
        assert reader.post("/order/total/", sent).status_code == 200
    assert readers[0].post("/order/total/", sent).status_code == 403


def test_a_basket_fills_only_its_own_order_form(client):
    a_shop()
    client.cookies["basket"] = "kyoho-2500:3"

    filled, empty = client.get("/order/").content.decode(), Client().get("/order/").content.decode()

    assert 'value="3"' in filled
    assert 'value="3"' not in empty


def test_who_is_signed_in_gets_an_order_form_of_their_own(client):
    a_shop()
    signs_in(client)
    keeping._drawn.clear()

    client.get("/order/")

    assert not keeping._drawn


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput({"maxlength": 4, "autofocus": True, "disabled": False}),
        forms.NumberInput({"class": "quantity"}),
        forms.Textarea({"rows": 2}),
        forms.HiddenInput(),
        forms.CheckboxInput(),
    ],
)
@pytest.mark.parametrize("value", [None, "", 0, True, '<Li> & "Wang"', "one\ntwo"])
def test_fields_are_drawn_as_django_draws_them(widget, value):
    drawn = [widget.render("a", value, {"id": "id_a"}, renderer) for renderer in (DjangoTemplates(), QuickInputs())]

    assert drawn[1] == drawn[0]


def test_made_up_addresses_do_not_fill_the_memory(client, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_DRAWN", 3)
    for n in range(10):
        client.get(f"/help/?n={n}")

    assert len(keeping._drawn) <= 3
