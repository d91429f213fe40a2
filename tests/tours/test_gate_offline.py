"""A gate that worked alone for a while: nothing is lost, nobody is counted twice, and conflicts are seen."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from farm import chores
from farm.models import StaffTask
from tests.staff import a_member
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import cancelling, changing, gate, manifest, offline, tickets
from tours.gate import Scan, Whom
from tours.models import Booking, CheckIn, Question, ScanConflict
from tours.offline import QueuedScan, Told
from tours.party import Party

pytestmark = pytest.mark.django_db
OPENING = dt.datetime.combine(SATURDAY, dt.time(9, 20), NOW.tzinfo)
NOON = OPENING.replace(hour=12, minute=0)


def queued(code, nonce="q1", *, at=OPENING, **whom):
    return QueuedScan(Scan(nonce=nonce, gate="west gate", by="helper", at=at), code, Whom(**whom))


def online(code, nonce="n1", **whom):
    scan = Scan(nonce=nonce, gate="north gate", by="gatekeeper", at=OPENING)
    return gate.admit(code=code, whom=Whom(**whom), scan=scan, now=OPENING)


@pytest.fixture
def family():
    return a_slot_with_a_booking(family=1)


def test_the_day_goes_along_without_anybodys_name_or_phone(family):
    bundle = offline.bundle(OPENING)
    [booking] = bundle["bookings"]

    assert (booking["number"], booking["issue"], booking["who"], len(booking["tickets"])) == (
        family.number,
        1,
        "李**",
        4,
    )
    assert (len(bundle["keys"]), bundle["date"]) == (1, "2026-09-12")
    assert not any(word in json.dumps(bundle, ensure_ascii=False) for word in (family.name, family.phone, family.email))


def test_the_day_names_who_cancelled_or_moved_away(family):
    moved = a_confirmed_booking(family.slot)
    sunday = a_slot(SATURDAY + dt.timedelta(days=1))
    changing.change(booking=moved, slot=sunday.pk, party=Party.of({"adult": 2}), by="visitor", now=NOW)
    cancelling.cancel(booking=family, by="visitor", now=NOW)

    bundle = offline.bundle(OPENING)

    assert ({one["number"] for one in bundle["gone"]}, bundle["bookings"]) == ({family.number, moved.number}, [])
    assert offline.bundle(sunday.starts_at)["gone"] == []


def test_a_night_goes_along_with_the_day_after_and_with_the_day_before():
    late, early = a_slot(SATURDAY, dt.time(22, 30)), a_slot(SATURDAY + dt.timedelta(days=1), dt.time(0, 15))
    night, next_night = a_confirmed_booking(late), a_confirmed_booking(early)

    def listed(at: dt.datetime) -> set[str]:
        return {one["number"] for one in offline.bundle(at)["bookings"]}

    both = {night.number, next_night.number}
    assert listed(OPENING) == listed(late.ends_at - dt.timedelta(minutes=1)) == both
    assert listed(late.ends_at) == {next_night.number}


@pytest.mark.parametrize("parties", [1, 3])
def test_the_day_costs_the_same_for_any_number_of_parties(parties, django_assert_num_queries):
    slot = a_slot()
    for _ in range(parties):
        a_confirmed_booking(slot)

    with django_assert_num_queries(6):
        offline.bundle(OPENING)


def test_a_queued_scan_lets_its_people_in_at_the_time_of_the_scan(family):
    told = offline.upload([queued(tickets.party_token(family), people=3)], now=NOON)
    check_in = CheckIn.objects.get()

    assert told == [Told("q1", 3)]
    assert (check_in.people, check_in.at, check_in.told_at, check_in.gate) == (3, OPENING, NOON, "west gate")


def test_the_same_upload_again_answers_the_same_and_changes_nothing(family):
    scans = [queued(tickets.party_token(family), people=3), queued(family.number, "q2", people=2)]
    once = offline.upload(scans, now=NOON)
    again = offline.upload(scans, now=NOON)

    assert [(told.people, told.conflict) for told in once] == [(3, ""), (1, "already_in")]
    assert again == once
    assert (CheckIn.objects.count(), ScanConflict.objects.count(), StaffTask.objects.count()) == (2, 1, 1)


def test_who_came_in_at_two_gates_is_in_once_and_seen(family):
    code = tickets.token_of(family.tickets.first(), family)
    online(code)
    [told] = offline.upload([queued(code)], now=NOON)
    conflict = ScanConflict.objects.get()

    assert (told.people, told.conflict) == (0, "already_in")
    assert (conflict.first.gate, conflict.gate, conflict.booking) == ("north gate", "west gate", family)
    assert "west gate" in StaffTask.objects.get().what
    assert CheckIn.objects.count() == 1


def test_the_part_of_a_party_that_is_not_in_yet_still_comes_in(family):
    keys = [ticket.key for ticket in family.tickets.all()]
    online(family.number, keys=tuple(keys[:2]))
    [told] = offline.upload([queued(family.number, keys=tuple(keys[1:]))], now=NOON)
    family.refresh_from_db()

    assert (told.people, told.conflict) == (2, "already_in")
    assert family.status == Booking.Status.ATTENDED


def test_a_ticket_of_before_a_change_is_a_conflict(family):
    old, key = tickets.party_token(family), family.tickets.first().key
    later = a_slot(time=dt.time(14, 0))
    changing.change(booking=family, slot=later.pk, party=Party.of({"family": 1}), by="visitor", now=NOW)
    told = offline.upload([queued(old), queued(family.number, "q2", keys=(key,), at=NOON)], now=NOON)

    assert [one.conflict for one in told] == ["dead", "dead"]
    assert not CheckIn.objects.exists()


def test_a_cancelled_party_that_came_in_is_a_conflict(family):
    code = tickets.party_token(family)
    cancelling.cancel(booking=family, by="visitor", now=NOW)

    assert offline.upload([queued(code)], now=NOON)[0].conflict == "cancelled"


@pytest.mark.parametrize("code", ["BV0000000000", "forged", ""])
def test_a_stranger_who_came_in_is_a_conflict_without_a_booking(code):
    [told] = offline.upload([queued(code)], now=NOON)

    assert told.conflict in ("unknown_ticket", "not_our_ticket")
    assert ScanConflict.objects.get().booking is None


def test_a_party_that_was_given_up_turns_out_to_have_come(family):
    family.move(Booking.Status.NO_SHOW, at=NOON)
    offline.upload([queued(tickets.party_token(family), people=1)], now=NOON)
    family.refresh_from_db()

    assert family.status == Booking.Status.ATTENDED


def test_a_fast_clock_lets_nobody_in_in_the_future(family):
    offline.upload([queued(family.number, at=NOON + dt.timedelta(hours=9))], now=NOON)

    assert CheckIn.objects.get().at == NOON


def test_a_nonce_of_another_booking_is_told_and_changes_nothing(family):
    other = a_confirmed_booking(family.slot)
    online(other.number, "q1")
    [told] = offline.upload([queued(family.number)], now=NOON)

    assert told.people == 2  # what that nonce stands for, as always
    assert family.tickets.filter(check_in=None).count() == 4


def test_the_manifest_says_who_comes_and_what_the_guide_must_know():
    experience = an_experience()
    Question.objects.create(
        experience=experience, code="allergies", words_zh="过敏", words_en="Allergies", is_on_manifest=True
    )
    slot = a_slot(experience=experience)
    a_slot(time=dt.time(14, 0), is_closed=True)
    booking = a_confirmed_booking(slot, adult=2, child=1)
    Booking.objects.filter(pk=booking.pk).update(answers={"allergies": "nuts"}, total_fen=booking.total_fen + 500)
    a_confirmed_booking(slot, family=1)
    online(booking.number, people=2)
    [morning] = manifest.of_day(SATURDAY)

    assert (morning.expected, morning.inside, morning.balance_fen) == (7, 2, 500)
    assert morning.kinds == {"Adult": 2, "Child": 1, "Family": 1}
    assert {guests.answers for guests in morning.guests} == {(), (("Allergies", "nuts"),)}


def test_the_gate_shows_a_conflict_until_it_is_settled_and_a_day_old(family, client, monkeypatch):
    a_member(client, "gate")
    online(family.number)
    offline.upload([queued(family.number, people=1)], now=NOON)

    def shown(at: dt.datetime) -> list[str]:
        monkeypatch.setattr(timezone, "now", lambda: at)
        return [one["number"] for one in client.get("/api/v1/gate/day").json()["conflicts"]]

    week = NOON + dt.timedelta(days=7)
    before = shown(week)
    chores.settle(task=StaffTask.objects.get(), by="li.na", now=week)

    assert before == [family.number]
    assert shown(NOON + dt.timedelta(hours=23)) == [family.number]
    assert shown(week) == []
