"""What search engines and messengers find: every public page once per language, facts they can read."""

import re
from xml.etree import ElementTree

import orjson
import pytest
import time_machine

from shop.models import Box, ShipDate
from tests.builders import NOW, a_shop
from tests.visits import a_slot, an_experience

pytestmark = [pytest.mark.django_db, pytest.mark.once("pages are the same beside any database")]
PUBLIC = ["/", "/shop/", "/shop/kyoho-2500/", "/visits/", "/visits/picking/", "/delivery/", "/help/", "/privacy/"]
SITE = "https://grapes.example"
NAMES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "page": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def farm(settings):
    settings.PUBLIC_URL = SITE
    with time_machine.travel(NOW, tick=False):
        a_shop()
        an_experience()
        yield


def facts_on(page: str) -> dict:
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return orjson.loads(text)


def box_facts(client) -> dict:
    return facts_on(client.get("/shop/kyoho-2500/").content.decode())


def test_the_map_names_every_public_page_in_both_languages(client):
    listed = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [place.text for place in listed.iterfind("map:url/map:loc", NAMES)]

    assert len(addresses) == len(set(addresses))
    for path in (
        "/",
        "/shop/",
        "/shop/kyoho-2500/",
        "/visits/",
        "/visits/picking/",
        "/delivery/",
        "/help/",
        "/privacy/",
    ):
        assert f"{SITE}{path}" in addresses
        assert f"{SITE}/zh-hans{path}" in addresses
    for address in addresses:
        assert client.get(address.removeprefix(SITE)).status_code == 200, address


def test_each_page_of_the_map_names_its_other_languages(client):
    listed = ElementTree.fromstring(client.get("/sitemap.xml").content)

    for place in listed.iterfind("map:url", NAMES):
        assert {link.get("hreflang") for link in place.iterfind("page:link", NAMES)} == {"zh-hans", "en", "x-default"}


def test_a_box_that_is_over_is_no_longer_on_the_map(client):
    Box.objects.update(is_offered=False)

    assert b"kyoho-2500" not in client.get("/sitemap.xml").content


def test_robots_are_kept_from_the_tools_and_shown_the_map(client):
    said = client.get("/robots.txt").content.decode()

    assert "Disallow: /staff/\n" in said
    assert f"Sitemap: {SITE}/sitemap.xml\n" in said


def test_a_box_says_what_it_is_and_what_it_costs(client):
    facts = box_facts(client)

    assert (facts["@context"], facts["@type"], facts["sku"]) == ("https://schema.org", "Product", "kyoho-2500")
    assert facts["offers"]["price"] == "68.00"
    assert facts["offers"]["priceCurrency"] == "CNY"
    assert facts["offers"]["url"] == f"{SITE}/shop/kyoho-2500/"
    assert facts["offers"]["availability"] == "https://schema.org/InStock"


def test_a_box_without_a_date_that_has_room_is_sold_out(client):
    ShipDate.objects.update(limit=1, taken=1)

    assert box_facts(client)["offers"]["availability"] == "https://schema.org/SoldOut"


def test_an_experience_says_its_next_times_and_what_they_cost(client):
    a_slot()

    facts = facts_on(client.get("/visits/picking/").content.decode())
    [event] = facts["subEvent"]

    assert facts["@type"] == "EventSeries"
    assert event["startDate"] == "2026-09-12T09:30:00+08:00"
    assert event["offers"]["priceCurrency"] == "CNY"


def test_nothing_in_the_facts_ends_their_element(client):
    Box.objects.update(name_en="</script><b>Kyoho</b> & more")

    page = client.get("/shop/kyoho-2500/").content.decode()

    assert "<b>Kyoho" not in page
    assert facts_on(page)["name"] == "</script><b>Kyoho</b> & more"
