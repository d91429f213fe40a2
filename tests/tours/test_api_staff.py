"""Staff's programs over REST: the week, limits, the day's list, bookings, rain; each only with its permission."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry

from tests.drift import drift
from tests.rest import refused, sent
from tests.staff import a_member, queries
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tours import closures
from tours.booking import Contact
from tours.models import Booking, ClosureOffer, Slot, VisitorsDay

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
RAIN = closures.Reason("雨", "rain")
DOORS = [
    ("get", "slots?week=2026-09-12"),
    ("patch", "slots/1"),
    ("patch", "visitors-days/2026-09-12"),
    ("post", "slots/1/opening"),
    ("post", "visitors-days/2026-09-12/opening"),
    ("get", "manifest?date=2026-09-12"),
    ("get", "visit-report?first=2026-09-12&last=2026-09-12"),
    ("get", "bookings"),
    ("post", "bookings/BV1/cancellation"),
    ("put", "bookings/BV1/slot"),
    ("get", "closures"),
    ("post", "closures"),
    ("get", "closures/BR1"),
    ("post", "closures/BR1/undoing"),
]


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def taken(*slots) -> list[int]:
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_who_is_not_signed_in_or_may_not_is_sent_away(client, method, path):
    call = getattr(client, method)

    refused(call(f"/api/v1/staff/{path}", content_type="application/json"), 403, "not_authenticated")
    a_member(client, "packing")
    refused(call(f"/api/v1/staff/{path}", content_type="application/json"), 403, "permission_denied")


def test_the_week_shows_its_times_and_days(client):
    a_confirmed_booking(a_slot(seats=10))
    a_slot(SUNDAY, experience=an_experience("tasting"))
    a_slot(SATURDAY + dt.timedelta(days=7))
    a_member(client, "gate")

    week = client.get("/api/v1/staff/slots?week=2026-09-09").json()
    only = client.get("/api/v1/staff/slots?week=2026-09-09&experience=tasting").json()

    assert [(slot["experience"], slot["taken"], slot["left"]) for slot in week["slots"]] == [
        ("picking", 2, 8),
        ("tasting", 0, 20),
    ]
    assert [day["date"] for day in week["days"]][::6] == ["2026-09-07", "2026-09-13"]
    assert [day["visitors"] and day["visitors"]["taken"] for day in week["days"]] == [None] * 5 + [2, 0]
    assert len(only["slots"]) == 1
    refused(client.get("/api/v1/staff/slots?week=2026-09-09&experience=none"), 404, "not_found")
    refused(client.get("/api/v1/staff/slots?week=soon"), 400, "invalid")


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_all_break_nothing(client, date):
    a_member(client, "shop")

    refused(client.get(f"/api/v1/staff/slots?week={date}"), 400, "invalid")
    assert client.get(f"/api/v1/staff/manifest?date={date}").json() == {"results": []}


def test_a_time_and_a_day_get_other_limits_but_never_below_what_is_taken(client):
    slot = a_slot()
    a_booking(slot, adult=3)
    a_member(client, "shop")
    places = (f"staff/slots/{slot.pk}", f"staff/visitors-days/{SATURDAY}")

    for place in places:
        assert sent(client, "patch", place, {"limit": 3}).json()["left"] == 0
        document = refused(sent(client, "patch", place, {"limit": 2}), 409, "limit_too_low")
        assert document["fields"][0]["field"] == "limit"

    assert (Slot.objects.get().limit, VisitorsDay.objects.get().limit) == (3, 3)


@pytest.mark.parametrize("limit", [-1, 10**12, "many", None, 1.5])
def test_a_limit_that_is_no_number_of_people_is_refused(client, limit):
    slot = a_slot()
    a_member(client, "shop")

    for place in (f"staff/slots/{slot.pk}", f"staff/visitors-days/{SATURDAY}"):
        refused(sent(client, "patch", place, {"limit": limit}), 400, "invalid")

    assert (Slot.objects.get().limit, VisitorsDay.objects.get().limit) == (20, 300)


@pytest.mark.parametrize(
    "place", ["slots/99", f"slots/{10**30}", "visitors-days/2026-12-24", "visitors-days/2026-02-30"]
)
def test_what_is_not_there_gets_no_limit(client, place):
    a_member(client, "shop")

    refused(sent(client, "patch", f"staff/{place}", {"limit": 1}), 404, "not_found")


def test_the_days_list_tells_each_what_they_need(client):
    slot = a_slot()
    slot.experience.questions.create(code="allergies", words_zh="过敏", words_en="Allergies?", is_on_manifest=True)
    a_confirmed_booking(slot, adult=1, infant=1)
    Booking.objects.update(answers={"allergies": "walnuts"}, notes="By train.")
    member = a_member(client, "gate")

    whole = client.get(f"/api/v1/staff/manifest?date={SATURDAY}").json()["results"][0]
    member.groups.first().permissions.remove(*member.groups.first().permissions.filter(codename="view_visitors"))
    masked = client.get(f"/api/v1/staff/manifest?date={SATURDAY}").json()["results"][0]
    a_member(client, "money")
    counted = client.get(f"/api/v1/staff/manifest?date={SATURDAY}").json()["results"][0]

    assert (whole["expected"], whole["inside"], whole["balance_fen"]) == (2, 0, 0)
    assert whole["parties"][0]["answers"] == [{"question": "Allergies?", "answer": "walnuts"}]
    assert (whole["parties"][0]["phone"], masked["parties"][0]["phone"]) == ("13987654321", "139******21")
    assert (masked["parties"][0]["answers"], masked["parties"][0]["notes"]) == (
        whole["parties"][0]["answers"],
        "By train.",
    )
    assert (counted["parties"][0]["answers"], counted["parties"][0]["notes"]) == ([], "")


@pytest.mark.parametrize(
    "path", ["slots?week=2026-09-12", "manifest?date=2026-09-12", "bookings", "closures", "closures/{}"]
)
def test_one_row_or_three_cost_the_same_queries(client, path):
    counts = []
    a_member(client, "shop")
    shut = a_slot(SUNDAY)
    for n in range(3):
        slot = a_slot(time=dt.time(9 + n, 0), experience=an_experience(f"kind-{n}"))
        a_confirmed_booking(slot, contact=Contact("李小红", f"1398765432{n}"))
        a_confirmed_booking(shut, contact=Contact("李小红", f"1391234567{n}"))
        closures.close(slots=[a_slot(SUNDAY, dt.time(12 + n)).pk], reason=RAIN, by="x", now=NOW)
    closure = closures.close(slots=[shut.pk], reason=RAIN, by="x", now=NOW)
    closures.carry_on(NOW)
    for keep in (3, 1):
        ClosureOffer.objects.filter(pk__in=list(ClosureOffer.objects.values_list("pk", flat=True)[keep:])).delete()
        if keep == 1:
            Booking.objects.filter(slot__experience__code__in=("kind-1", "kind-2")).update(status="expired")
        counts.append(queries(client, f"/api/v1/staff/{path.format(closure.number)}"))

    assert counts[0] == counts[1]


def test_bookings_are_found_by_day_state_and_phone(client):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    first, other = a_confirmed_booking(slot), a_booking(sunday, contact=Contact("王芳", "13911112222"))
    a_member(client, "shop")

    def numbers(query: str) -> list[str]:
        return [row["number"] for row in client.get(f"/api/v1/staff/bookings?{query}").json()["results"]]

    assert numbers("") == [other.number, first.number]
    assert numbers(f"date={SATURDAY}") == numbers("status=confirmed") == numbers("phone_last4=4321") == [first.number]
    assert numbers(f"slot={sunday.pk}") == [other.number]
    assert client.get("/api/v1/staff/bookings?page_size=1").json()["next"]
    for wrong in ("status=lost", "date=soon", "slot=x", "slot=99999999999999999999", "phone_last4=1"):
        refused(client.get(f"/api/v1/staff/bookings?{wrong}"), 400, "invalid")


def test_who_saw_whole_names_in_the_list_is_kept_on_record(client):
    booking = a_booking(a_slot())
    member = a_member(client, "shop")

    client.get("/api/v1/staff/bookings")

    line = LogEntry.objects.get()
    assert (line.user, line.object_repr) == (member, "1 bookings")
    assert line.change_message == f"looked at personal data: {booking.number}"


def test_nobody_looks_for_a_phone_who_may_not_see_it(client):
    member = a_member(client, "gate")
    member.groups.first().permissions.remove(*member.groups.first().permissions.filter(codename="view_visitors"))

    refused(client.get("/api/v1/staff/bookings?phone_last4=4321"), 403, "permission_denied")


def test_staff_cancel_with_all_the_money_and_move_after_the_cut_off(client, now):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    goes, moves = a_confirmed_booking(slot), a_confirmed_booking(slot, contact=Contact("王芳", "13911112222"))
    a_member(client, "shop")
    now.move_to(slot.cut_off_at, tick=False)

    cancelled = sent(client, "post", f"staff/bookings/{goes.number}/cancellation", {"reason": "ill guide"}).json()
    moved = sent(client, "put", f"staff/bookings/{moves.number}/slot", {"slot": sunday.pk}).json()

    assert (cancelled["status"], cancelled["paid_fen"]) == ("cancelled", 0)
    assert (moved["status"], moved["slot"], moved["starts_at"]) == (
        "confirmed",
        sunday.pk,
        "2026-09-13T09:30:00+08:00",
    )
    assert (taken(slot, sunday), drift()) == ([0, 2], [])


def test_a_move_that_cannot_be_leaves_everything_as_it_was(client):
    slot, full = a_slot(), a_slot(SUNDAY, seats=1)
    shut, other = a_slot(SUNDAY, dt.time(14, 0), is_closed=True), a_slot(experience=an_experience("tasting"))
    over = a_slot(NOW.date() - dt.timedelta(days=1))
    booking, held = a_confirmed_booking(slot), a_booking(slot, contact=Contact("王芳", "13911112222"))
    a_member(client, "shop")

    def move(number: str, to: object):
        return sent(client, "put", f"staff/bookings/{number}/slot", {"slot": to})

    refused(move(booking.number, full.pk), 409, "sold_out")
    refused(move(booking.number, shut.pk), 409, "slot_not_open")
    refused(move(booking.number, over.pk), 409, "slot_not_open")
    refused(move(booking.number, other.pk), 400, "unknown_slot")
    refused(move(booking.number, slot.pk), 409, "wrong_state")
    refused(move(held.number, full.pk), 409, "wrong_state")
    refused(move("BV0", full.pk), 404, "not_found")
    refused(move(booking.number, "Sunday"), 400, "invalid")

    assert (taken(slot, full, shut, other), drift()) == ([4, 0, 0, 0], [])
