"""Pages are light: they travel compressed, and are drawn once however many ask at the same moment."""

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farm.api import keeping
from tests.builders import NOW, a_shop
from tests.visits import a_slot

pytestmark = [pytest.mark.django_db, pytest.mark.once("pages are the same beside any database")]
SMALL = {"Accept-Encoding": "gzip"}


@pytest.fixture(autouse=True)
def a_moment(settings):
    settings.GLANCE_SECONDS = 30
    keeping._drawn.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    keeping._drawn.clear()


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


def test_made_up_addresses_do_not_fill_the_memory(client, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_DRAWN", 3)
    for n in range(10):
        client.get(f"/help/?n={n}")

    assert len(keeping._drawn) <= 3
