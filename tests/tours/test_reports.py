"""The numbers of the visits: they agree with the money book to the fen, and cost the same however many days."""

import datetime as dt
import io

import pytest
from django.db.models import Sum
from openpyxl import load_workbook

from farm.models import LedgerEntry
from tests.builders import work_off
from tests.staff import a_boss, a_member, queries
from tests.tours.test_ledgers import a_busy_week
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import aftermath, cancelling, closures, gate, reports, walkins
from tours.booking import Contact
from tours.closures import Reason
from tours.gate import Scan, Whom
from tours.models import Booking
from tours.party import Party

pytestmark = pytest.mark.django_db
PAGE = "/staff/tours/booking/reports/"
FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 9, 30)


def let_in(booking: Booking, people: int | None = None) -> None:
    scan = Scan(f"nonce {booking.number}", "South gate", "wang", booking.slot.starts_at)
    gate.admit(code=booking.number, whom=Whom(people=people), scan=scan, now=scan.at)


def a_saturday():
    """Of nine people five come: a family whole, of two adults one, and of the other party nobody."""
    slot, visitors = a_slot(), [Contact("李", f"1398765432{number}") for number in range(3)]
    let_in(a_confirmed_booking(slot, family=1, infant=1, contact=visitors[0]), 4)
    let_in(a_confirmed_booking(slot, contact=visitors[1]), 1)
    a_confirmed_booking(slot, contact=visitors[2])
    aftermath.mark_who_came(slot.ends_at + dt.timedelta(hours=4))
    return slot


def test_money_agrees_with_the_money_book():
    a_busy_week()
    cancelling.cancel(booking=a_confirmed_booking(a_slot(time=dt.time(14))), by="visitor", now=NOW)
    work_off(NOW)

    report = reports.of_days(FIRST, LAST)

    book = LedgerEntry.objects.filter(payable__startswith="booking:")
    came, back = (book.filter(amount_fen__gt=0), book.filter(amount_fen__lt=0))
    assert report.total.in_fen == came.aggregate(sum=Sum("amount_fen"))["sum"] > 0
    assert -report.total.out_fen == back.aggregate(sum=Sum("amount_fen"))["sum"] < 0
    assert report.total.net_fen == sum(line.net_fen for _, line in report.by_experience)
    assert report.total.net_fen == sum(line.net_fen for line in report.days.values())
    assert report.total.net_fen == sum(line.net_fen for line in report.channels.values())


def test_a_busy_week_adds_up_by_hand():
    a_busy_week()

    report = reports.of_days(FIRST, LAST)

    sure = Booking.objects.filter(status="confirmed")
    assert report.total.bookings == sure.count() == sum(line.bookings for line in report.channels.values())
    assert report.total.expected == sum(booking.tickets.count() for booking in sure)
    assert report.total.net_fen == sum(Booking.objects.values_list("paid_fen", flat=True))


def test_who_came_and_who_stayed_away_are_people():
    slot = a_saturday()

    line = reports.of_days(SATURDAY, SATURDAY).total

    assert (line.bookings, line.expected, line.came, line.stayed_away) == (3, 9, 5, 4)
    assert (line.no_show_percent, line.seats, line.capacity, line.occupancy_percent) == (44, 8, 20, 40)
    assert reports.of_days(SATURDAY, SATURDAY).channels["web"].came == 5
    assert slot.bookings.filter(status="no-show").count() == 1


def test_money_stands_under_the_channel_by_which_the_visit_was_booked(client, time_machine):
    slot = a_saturday()
    scan = Scan("walk-in", "South gate", "wang", slot.starts_at)
    walkins.sell(slot=slot.pk, party=Party.of({"adult": 1}), how="cash", agreed_fen=8800, scan=scan, now=scan.at)
    work_off(scan.at)
    time_machine.move_to(scan.at, tick=False)
    a_boss(client)

    channels = reports.of_days(FIRST, LAST).channels
    told = client.get("/api/v1/staff/visit-report?first=2026-09-01&last=2026-09-30").json()
    page = client.get(PAGE).content.decode()

    assert {name: (line.bookings, line.net_fen) for name, line in channels.items()} == {
        "gate": (1, 8800),
        "web": (3, 57200),
    }
    assert ("¥88" in page, "¥572" in page) == (True, True)
    assert {line["channel"]: line["net_fen"] for line in told["channels"]} == {"gate": 8800, "web": 57200}
    assert (told["total"]["net_fen"], told["total"]["no_show_percent"], len(told["days"])) == (66000, 40, 30)
    assert told["experiences"][0]["occupancy_percent"] == 45


def test_nobody_stayed_away_before_the_visit_is_over():
    a_slot_with_a_booking()

    line = reports.of_days(SATURDAY, SATURDAY).total

    assert (line.expected, line.no_show_percent) == (2, None)


def test_money_stands_on_the_farms_day():
    slot = a_slot()
    before_midnight = dt.datetime(2026, 9, 9, 23, 59, 59, tzinfo=NOW.tzinfo)
    a_confirmed_booking(slot, now=before_midnight, contact=Contact("李", "13987654320"))
    a_confirmed_booking(slot, now=before_midnight + dt.timedelta(seconds=1), contact=Contact("李", "13987654322"))

    days = reports.of_days(dt.date(2026, 9, 9), dt.date(2026, 9, 10)).days

    assert [line.in_fen for line in days.values()] == [17600, 17600]


def test_money_of_nobodys_booking_stands_alone():
    booking = a_slot_with_a_booking()
    LedgerEntry.objects.update(payable=f"booking:BV0000000000/{booking.pk}")

    assert reports.of_days(FIRST, LAST).channels[""].in_fen == 17600
    [(_, line)] = [pair for pair in reports.of_days(FIRST, LAST).by_experience if pair[0] is None]

    assert line.in_fen == 17600


def test_a_closed_slot_had_no_seats_to_fill():
    slot = a_slot()
    a_slot(time=dt.time(14))
    closures.close(slots=[slot.pk], reason=Reason("雨", "Rain"), by="boss", now=NOW)

    assert reports.of_days(SATURDAY, SATURDAY).total.capacity == 20


def test_a_season_costs_the_queries_of_one_day(django_assert_num_queries):
    a_saturday()
    a_confirmed_booking(a_slot(SATURDAY + dt.timedelta(days=1), experience=an_experience("tasting")))

    with django_assert_num_queries(5):
        reports.of_days(SATURDAY, SATURDAY)
    with django_assert_num_queries(5):
        reports.of_days(FIRST, FIRST + dt.timedelta(days=365))


def test_the_hours_of_a_day_say_who_comes_and_what_is_owed(django_assert_num_queries):
    slot = a_slot(experience=an_experience(deposit_percent=30))
    a_confirmed_booking(slot, family=1, plan="deposit")
    a_slot(time=dt.time(14), is_closed=True)

    with django_assert_num_queries(3):
        hours = reports.hours_of(SATURDAY)

    assert [(hour.slot, hour.bookings, hour.expected, hour.inside, hour.balance_fen) for hour in hours] == [
        (slot, 1, 4, 0, 15400)
    ]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ("", "required"),
        ("first=x&last=0001-01-01", "format"),
        ("first=2026-09-02&last=2026-09-01", "The last day comes before the first"),
        ("first=2026-01-01&last=2027-01-02", "Name at most a year"),
        ("first=2199-12-31&last=2201-01-01", "Name days of the years 2000 to 2200"),
    ],
)
def test_programs_ask_for_a_year_at_most(client, days, why):
    a_boss(client)

    answer = client.get(f"/api/v1/staff/visit-report?{days}")

    assert (answer.status_code, why in str(answer.json()["fields"])) == (400, True)


@pytest.mark.once("a door over reports that run on both")
@pytest.mark.usefixtures("in_september")
class TestPage:
    def test_it_shows_sums_and_every_day(self, client):
        a_boss(client)
        a_saturday()

        page = client.get(f"{PAGE}?first=2026-09-11&last=2026-09-13").content.decode()

        for words in ("44 %", "40 %", "Kyoho picking", "website"):
            assert words in page
        assert page.count("?comes=2026-09-1") == 3

    def test_it_costs_the_same_for_a_day_and_for_a_month(self, client):
        a_boss(client)
        a_saturday()
        one = queries(client, f"{PAGE}?first=2026-09-12&last=2026-09-12")

        assert queries(client, f"{PAGE}?first=2026-09-01&last=2026-09-30") == one

    def test_its_files_hold_a_line_per_day_experience_and_channel(self, client):
        a_boss(client)
        a_busy_week()
        asked = "first=2026-09-01&last=2026-09-30"

        csv = client.get(f"{PAGE}?{asked}&file=csv").content.decode("utf-8-sig")
        sheet = load_workbook(io.BytesIO(client.get(f"{PAGE}?{asked}&file=xlsx").content)).active

        head, *lines = [[cell.value for cell in row] for row in sheet.rows]
        kept = sum(line[head.index("net_fen")] for line in lines)
        assert kept == reports.of_days(FIRST, LAST).total.net_fen
        assert {line[head.index("channel")] for line in lines} == {"web", None}
        assert csv.splitlines()[0] == ",".join(head)
        assert len(csv.splitlines()) == len(lines) + 1

    def test_odd_dates_show_something(self, client):
        a_boss(client)

        for odd in ("first=x", "first=0001-01-01&last=9999-12-31", "first=2026-09-30&last=2026-09-01", "file=pdf"):
            assert client.get(f"{PAGE}?{odd}").status_code == 200
        two_years = client.get(f"{PAGE}?first=2026-01-01&last=2027-12-31").content.decode()
        assert 'name="last" value="2027-01-01"' in two_years

    def test_packers_see_no_numbers(self, client):
        a_member(client, "packing")

        assert client.get(PAGE).status_code == 403
