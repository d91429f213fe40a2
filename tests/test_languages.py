"""A page's address says its language; the tools' words follow their reader."""

import re

import pytest
import time_machine
from django.test import override_settings

from tests.builders import NOW, a_shop
from tests.staff import a_boss
from tests.standing import standing

pytestmark = [pytest.mark.django_db, pytest.mark.once("words are the same beside any database")]
PAGES = ["/", "/shop/", "/shop/kyoho-2500/", "/visits/", "/delivery/", "/privacy/", "/help/", "/find/"]
NOT_FOR_SEARCH = ["/basket/", "/nothing/", "/cashier/unknown/"]


@pytest.fixture(scope="module", autouse=True)
def farm(django_db_setup, django_db_blocker):
    """One for all: with another default language Django reads all addresses again, which takes as long as two pages."""
    chinese = override_settings(LANGUAGE_CODE="zh-hans", PUBLIC_URL="https://grapes.example")
    with standing(django_db_blocker), chinese, time_machine.travel(NOW, tick=False):
        a_shop()
        yield


def read(client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def language_of(page: str) -> str:
    return re.findall(r'<html lang="([^"]+)"', page)[0]


def switch_of(page: str) -> str:
    return re.findall(r'<a class="language" href="([^"]+)"', page)[0].replace("&amp;", "&")


@pytest.mark.parametrize("path", PAGES)
def test_the_address_decides_whatever_the_browser_prefers(client, path):
    client.cookies["django_language"] = "en"

    assert language_of(read(client, path, **{"Accept-Language": "en"})) == "zh-Hans"
    assert language_of(read(client, f"/en{path}", **{"Accept-Language": "zh-CN"})) == "en"


@pytest.mark.parametrize("path", [*PAGES, *NOT_FOR_SEARCH])
def test_the_switch_leads_to_the_same_page_and_back(client, path):
    chinese = read(client, f"{path}?from=here&size=5000")

    there = switch_of(chinese)
    assert there == f"/en{path}?from=here&size=5000"
    assert switch_of(read(client, there)) == f"{path}?from=here&size=5000"


def test_the_switch_keeps_what_was_chosen_on_a_form_that_was_sent(client):
    page = client.post("/en/order/", {"box-kyoho-2500": "2"}).content.decode()

    assert switch_of(page) == "/order/?box-kyoho-2500=2"


def test_links_stay_in_the_language_of_the_page(client):
    linked = re.findall(r'href="(/[^"]*)"', read(client, "/en/"))

    assert [path for path in linked if not path.startswith(("/en/", "/static/"))] == ["/"]  # the switch itself


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_one_address_and_its_versions(client, path):
    page = read(client, f"/en{path}?from=here")

    assert f'<link rel="canonical" href="https://grapes.example/en{path}">' in page
    assert f'hreflang="zh-Hans" href="https://grapes.example{path}"' in page
    assert f'hreflang="en" href="https://grapes.example/en{path}"' in page
    assert f'hreflang="x-default" href="https://grapes.example{path}"' in page


@pytest.mark.parametrize("path", PAGES)
def test_messengers_get_a_title_words_and_a_picture(client, path):
    page = read(client, f"/en{path}")
    said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))

    assert f"<title>{said['title']}</title>" in page
    assert f'<meta name="description" content="{said["description"]}">' in page
    assert said["image"].startswith("https://grapes.example/static/beizhen/share")


@pytest.mark.parametrize("path", NOT_FOR_SEARCH)
def test_what_is_not_for_search_engines_says_so(client, path):
    page = read(client, path)

    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def test_tools_follow_their_reader(client):
    names = {
        language: client.get("/api/v1/varieties", headers={"Accept-Language": language}).json()["results"][0]["name"]
        for language in ("zh-Hans", "en")
    }

    assert names["en"] == "Kyoho"
    assert names["zh-Hans"] == "巨峰"


def test_staff_choose_their_language_once(client):
    a_boss(client)

    client.post("/staff/language/", {"language": "en", "next": "/staff/"})

    assert language_of(read(client, "/staff/", **{"Accept-Language": "zh-CN"})) == "en"
