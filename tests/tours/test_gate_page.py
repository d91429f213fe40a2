"""The gate's page and what it asks: for our people only, in the words of their language, and never kept by a cache."""

import json
import re

import pytest
import time_machine
from django.urls import reverse
from jsonschema import Draft202012Validator

from farm.models import StaffTask, User
from tests.staff import a_boss
from tests.tours.test_gate import OPENING
from tests.visits import SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import tickets
from tours.models import Booking, Question

pytestmark = pytest.mark.django_db
ASKED = ("looks", "admissions", "balances", "walk-ins", "scans")
NONCE = "00000000-0000-4000-8000-00000000000"


@pytest.fixture(autouse=True)
def at_the_opening():
    with time_machine.travel(OPENING, tick=False):
        yield


@pytest.fixture
def family():
    return a_slot_with_a_booking(family=1)


@pytest.fixture
def gate(client):
    a_boss(client)

    def ask(name, **said):
        return client.post(reverse(f"gate-api:{name}"), json.dumps(said), content_type="application/json")

    return ask


def a_helper(client, *permissions):
    helper = User.objects.create(username="helper", is_staff=True)
    from django.contrib.auth.models import Permission  # the test's own need

    helper.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(helper)


@pytest.mark.parametrize("permission", [None, "view_booking"])
def test_others_do_not_come_in(client, permission):
    if permission:
        a_helper(client, permission)
    day, page = client.get(reverse("gate-api:day")), client.get(reverse("gate:page"))

    assert (day.status_code, page.status_code) == (403, 403 if permission else 302)
    for name in ASKED:
        assert client.post(reverse(f"gate-api:{name}"), "{}", content_type="application/json").status_code == 403


def test_the_page_has_no_script_of_its_own_and_is_not_kept(client):
    a_boss(client)
    page = client.get(reverse("gate:page"))
    words = page.content.decode()

    assert re.findall(r"<script(?! type=\"module\" src| id=\"words\" type=\"application/json\")", words) == []
    assert " style=" not in words
    assert " on" not in re.sub(r">[^<]*<", "><", words).replace(" only", "")
    assert "no-store" in page["Cache-Control"]


def test_three_of_four_come_in_then_the_fourth_and_the_fifth_scan_is_refused(gate, family):
    code = tickets.party_token(family)
    look = gate("looks", code=code).json()
    three = gate("admissions", code=code, nonce=NONCE + "1", gate="north", people=3).json()
    fourth = gate("admissions", code=code, nonce=NONCE + "2", gate="north", people=1).json()
    fifth = gate("admissions", code=code, nonce=NONCE + "3", gate="north", people=1)

    assert (look["green"], len(look["waiting"]), look["party"], look["balance_fen"]) == (True, 4, "Family ×1", 0)
    assert (three["let_in"], len(three["inside"])) == (3, 3)
    assert (fourth["let_in"], len(fourth["inside"])) == (1, 4)
    assert (fifth.status_code, fifth.json()["look"]["words"]) == (409, "Let in before: at 09:20 at north.")


def test_a_lost_answer_may_be_asked_for_again(gate, family):
    said = {"code": family.number, "nonce": NONCE + "1", "gate": "north", "people": 2}
    first, again = gate("admissions", **said).json(), gate("admissions", **said).json()

    assert (first["let_in"], again["let_in"], again["again"], len(again["inside"])) == (2, 2, True, 2)


def test_names_are_whole_only_for_those_who_may_see_them(client, gate, family):
    whole = gate("looks", code=family.number).json()["who"]
    a_helper(client, "check_in")

    assert (whole, gate("looks", code=family.number).json()["who"]) == ("李小红", "李**")


def test_what_the_gate_is_answered_is_what_the_documentation_says(client, gate, family):
    slot, couple = a_slot(seats=5, time=OPENING.time()), a_confirmed_booking(family.slot)
    scan = {"code": family.number, "nonce": NONCE + "1", "gate": "north", "people": 1}
    late = {**scan, "nonce": NONCE + "2", "at": OPENING.isoformat(), "people": 9}
    sale = {
        "slot": slot.pk,
        "party": {"adult": 1},
        "how": "cash",
        "amount_fen": 8800,
        "nonce": NONCE + "3",
        "gate": "north",
    }
    heard = {
        "gate/looks": gate("looks", code=couple.number),
        "gate/admissions": gate("admissions", **scan),
        "gate/walk-ins": gate("walk-ins", **sale),
        "gate/scans": gate("scans", scans=[late]),
        "gate/day": client.get(reverse("gate-api:day")),
    }
    document = json.loads(client.get("/api/schema").content)

    assert [wrong for path, answer in heard.items() for wrong in complaints(document, path, answer)] == []


def complaints(document, path, answer):
    """What an answer has or lacks that the documentation does not say."""
    [operation] = document["paths"][f"/api/v1/{path}"].values()
    told = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    shapes = document["components"]["schemas"]
    for shape in shapes.values():
        shape["additionalProperties"] = shape.get("additionalProperties", "allOf" in shape)
    errors = Draft202012Validator({**told, "components": {"schemas": shapes}}).iter_errors(answer.json())
    return [f"{path}: {error.json_path} {error.message}" for error in errors]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("looks", {}),
        ("looks", {"code": "x" * 401}),
        ("admissions", {"code": "BV", "nonce": "short", "gate": "n"}),
        ("admissions", {"code": "BV", "nonce": "a" * 41, "gate": "n"}),
        ("admissions", {"code": "BV", "nonce": NONCE + "1", "gate": "n" * 31}),
        ("admissions", {"code": "BV", "nonce": NONCE + "1", "gate": "n", "people": 0}),
        ("admissions", {"code": "BV", "nonce": NONCE + "1", "gate": "n", "people": "many"}),
        ("admissions", {"code": "BV", "nonce": NONCE + "1", "gate": "n", "keys": "ABC"}),
        ("balances", {"number": "BV0000000000", "amount_fen": 17600, "how": "promise"}),
        ("balances", {"number": "BV0000000000", "how": "cash"}),
        ("balances", {"number": "BV0000000000", "amount_fen": "all", "how": "cash"}),
        (
            "walk-ins",
            {"slot": 1, "party": {"adult": 1}, "how": "cash", "amount_fen": -1, "nonce": NONCE + "1", "gate": "n"},
        ),
        ("walk-ins", {"slot": -1, "party": {"adult": 1}, "how": "cash", "nonce": NONCE + "1", "gate": "n"}),
        ("walk-ins", {"slot": 1, "party": {}, "how": "cash", "nonce": NONCE + "1", "gate": "n"}),
        ("walk-ins", {"slot": 1, "party": {"adult": 1.5}, "how": "cash", "nonce": NONCE + "1", "gate": "n"}),
        ("scans", {"scans": "all"}),
        ("scans", {"scans": [{}] * 101}),
    ],
)
def test_bad_input_is_named_and_changes_nothing(gate, family, name, said):
    answer = gate(name, **said)

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["fields"]
    assert not family.check_ins.exists()


def test_a_walk_in_is_sold_and_the_list_says_what_is_left(client, gate):
    slot = a_slot(seats=5)
    sale = {"slot": slot.pk, "party": {"adult": 2}, "how": "qr", "nonce": NONCE + "1", "gate": "north"}
    dearer = gate("walk-ins", **sale, amount_fen=16000)
    old_page = gate("walk-ins", **sale)  # which a telephone kept from before
    nobody_in = Booking.objects.count()
    sold = gate("walk-ins", **sale, amount_fen=17600)
    old_page_again = gate("walk-ins", **sale)
    day = client.get(reverse("gate-api:day")).json()

    assert (dearer.status_code, dearer.json()["code"], dearer.json()["amount_fen"]) == (409, "other_sum", 17600)
    assert (old_page.status_code, old_page.json()["code"]) == (400, "old_page")
    assert "Reload the page" in old_page.json()["detail"]
    assert (old_page_again.status_code, old_page_again.json()["number"]) == (201, sold.json()["number"])
    assert (nobody_in, sold.status_code, sold.json()["let_in"]) == (0, 201, 2)
    assert [(one["slot"], one["left"], one["kinds"][0]["price"]) for one in day["walk_ins"]] == [(slot.pk, 3, "88.00")]


def test_what_is_due_is_taken_at_the_gate(gate):
    booking = a_booking(a_slot(experience=an_experience(may_pay_on_arrival=True)), plan="arrival")
    before = gate("looks", code=booking.number).json()["balance"]
    other = gate("balances", number=booking.number, amount_fen=8800, how="cash")
    after = gate("balances", number=booking.number, amount_fen=17600, how="cash").json()

    assert (before, after["balance_fen"], after["green"]) == ("176.00", 0, True)
    assert (other.status_code, other.json()["code"], other.json()["amount_fen"]) == (409, "other_sum", 17600)
    assert gate("balances", number=booking.number, amount_fen=17600, how="cash").status_code == 409


def test_scans_without_network_are_told_and_conflicts_shown(client, gate, family):
    gate("admissions", code=family.number, nonce=NONCE + "1", gate="north", people=4)
    scan = {"code": tickets.party_token(family), "nonce": NONCE + "2", "gate": "west", "at": OPENING.isoformat()}
    told = gate("scans", scans=[scan]).json()
    day = client.get(reverse("gate-api:day")).json()

    assert [(one["nonce"], one["people"], one["conflict"]) for one in told["told"]] == [(NONCE + "2", 0, "already_in")]
    assert [(one["number"], one["gate"]) for one in day["conflicts"]] == [(family.number, "west")]
    assert StaffTask.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "nonce"),
    [
        ({"gate": ""}, NONCE + "2"),
        ({"at": "yesterday"}, NONCE + "2"),
        ({"at": "0001-01-01T00:00:00"}, NONCE + "2"),
        ({"keys": [{}]}, NONCE + "2"),
        ({"nonce": "\0"}, ""),
        ({"nonce": ["x"]}, ""),
    ],
)
def test_a_scan_that_cannot_be_read_does_not_stop_the_others(gate, family, bad, nonce):
    good = {"code": family.number, "nonce": NONCE + "1", "gate": "west", "at": OPENING.isoformat(), "people": 3}
    answer = gate("scans", scans=[{**good, "nonce": NONCE + "2", **bad}, "nothing", good]).json()
    again = gate("scans", scans=[{**good, "nonce": NONCE + "2", **bad}]).json()

    told = [(one["nonce"], one["people"], one["conflict"]) for one in answer["told"]]
    assert told == [(NONCE + "1", 3, ""), (nonce, 0, "unreadable"), ("", 0, "unreadable")]
    assert next(iter(bad)) in answer["told"][1]["words"]
    assert again["told"] == [answer["told"][1]]
    assert (StaffTask.objects.count(), family.tickets.filter(check_in=None).count()) == (2, 1)


def test_each_scan_that_cannot_be_read_is_asked_about_whatever_was_wrong_with_others_before(gate, family):
    bad = {"code": family.number, "nonce": "?", "gate": "west", "at": OPENING.isoformat()}
    gate("scans", scans=[bad])
    StaffTask.objects.update(settled_at=OPENING, settled_by="li.na")

    gate("scans", scans=[bad, {**bad, "gate": "north"}])

    assert StaffTask.objects.filter(settled_at=None).count() == 1


@pytest.mark.parametrize("is_whole", [True, False])
def test_page_paper_and_telephone_say_the_same_of_a_party(client, gate, is_whole):
    experience = an_experience()
    Question.objects.create(experience=experience, code="a", words_zh="过敏", words_en="Allergies", is_on_manifest=True)
    Question.objects.create(experience=experience, code="b", words_zh="几点到", words_en="When do you come")
    booking = a_confirmed_booking(a_slot(experience=experience), adult=2, child=1)
    Booking.objects.update(
        answers={"a": "<b>nuts", "b": "at nine"}, notes="A pram comes, too.", total_fen=booking.total_fen + 4400
    )
    a_helper(client, "check_in", *(["view_visitors"] if is_whole else []))
    paper = client.get(reverse("gate:manifest", args=[SATURDAY])).content.decode()
    look = gate("looks", code=booking.number).json()
    day = client.get(reverse("gate-api:day"))

    assert [word in paper for word in ("Adult ×2", "¥44.00", "&lt;b&gt;nuts", "0/3", "3 expected")] == [True] * 5
    assert look["to_know"] == day.json()["bookings"][0]["to_know"] == ["Allergies: <b>nuts", "A pram comes, too."]
    assert ("A pram comes, too." in paper, "at nine" in paper) == (True, False)
    assert ("13987654321" in paper, "李小红" in paper) == (is_whole, is_whole)
    assert (look["who"], day.json()["bookings"][0]["who"]) == ("李小红" if is_whole else "李**", "李**")
    assert "13987654321" not in day.content.decode()


@pytest.mark.parametrize("date", ["2026-13-01", "today", "20260912x"])
def test_a_day_that_is_none_is_not_found(client, date):
    a_boss(client)

    assert client.get(reverse("gate:manifest", args=[date])).status_code == 404


def test_the_worker_may_look_after_the_gate_only(client):
    worker = client.get(reverse("gate:worker"))

    assert reverse("gate:worker").startswith(reverse("gate:page"))
    assert worker["Content-Type"].startswith("text/javascript")
    assert '"/static/tours/gate/page.js"' in worker.content.decode()
