"""The farm's day is Asia/Shanghai's, whatever the server's clock says: every moment here is told in UTC."""

import datetime as dt

import pytest

from farm import limited
from farm.limited import Demand, SoldOut
from farm.refusals import Refused
from tests.visits import NOW, SATURDAY, VISITOR, a_booking, a_confirmed_booking, a_slot, an_experience
from tours import aftermath, availability, cancelling, closures, gate, offers, slots, walkins
from tours import booking as holding
from tours.gate import Scan
from tours.models import Booking, ClosureOffer, Credit
from tours.party import Party

pytestmark = pytest.mark.django_db
FRIDAY, SUNDAY = SATURDAY - dt.timedelta(days=1), SATURDAY + dt.timedelta(days=1)
MIDNIGHT, HALF_PAST_ELEVEN = dt.time(0, 0), dt.time(23, 30)
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


def utc(date: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A time at the farm, as a server in UTC tells it: eight hours earlier, often the day before."""
    return dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=dt.UTC) - 8 * HOUR


def refusal_of(story, **wish) -> str:
    try:
        story(**wish)
    except Refused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("time", [(0, 0), (7, 59), (8, 0), (23, 30)])
def test_a_slot_belongs_to_the_day_on_which_it_begins_at_the_farm(time):
    picking = an_experience()

    slot = slots.add(experience=picking, starts_at=utc(SATURDAY, *time), limit=5, price_list=None)

    on_saturday = availability.of_experience(experience=picking, first=SATURDAY, last=SATURDAY, now=NOW)
    assert (slot.date, slot.day.date) == (SATURDAY, SATURDAY)
    assert [opening.slot for opening in on_saturday] == [slot.pk]


def test_months_end_at_the_farms_midnight():
    picking = an_experience()
    moments = [utc(dt.date(2026, 9, 30), 23, 30), utc(dt.date(2026, 10, 1), 0), utc(dt.date(2026, 12, 31), 23, 59)]
    moments.append(utc(dt.date(2027, 1, 1), 0))
    for starts_at in moments:
        slots.add(experience=picking, starts_at=starts_at, limit=5, price_list=None)

    months = [(2026, 9), (2026, 10), (2026, 12), (2027, 1)]
    found = [availability.of_month(experience=picking, year=year, month=month, now=NOW) for year, month in months]

    assert [[opening.starts_at for opening in openings] for openings in found] == [[moment] for moment in moments]


def test_a_cut_off_before_midnight_ends_the_bookings_of_the_next_day():
    slot = a_slot(SATURDAY, dt.time(0, 30))
    ends = utc(FRIDAY, 22, 30)

    assert slot.cut_off_at == ends
    assert a_booking(slot, now=ends - SECOND).status == Booking.Status.HELD
    assert refusal_of(a_booking, slot=slot, now=ends) == "slot_not_open"


@pytest.mark.parametrize("time", [MIDNIGHT, HALF_PAST_ELEVEN])
@pytest.mark.parametrize(
    ("before", "percent"),
    [(48 * HOUR, 100), (48 * HOUR - SECOND, 50), (24 * HOUR, 50), (24 * HOUR - SECOND, 0), (SECOND, 0)],
)
def test_the_terms_count_hours_to_the_second(time, before, percent):
    booking = a_confirmed_booking(a_slot(SATURDAY, time))

    assert cancelling.preview(booking=booking, now=booking.slot.starts_at - before).percent == percent


def test_the_reminder_goes_out_from_four_in_the_afternoon_of_the_day_before():
    a_confirmed_booking(a_slot(SATURDAY, MIDNIGHT))
    a_confirmed_booking(a_slot(SATURDAY, HALF_PAST_ELEVEN))
    a_confirmed_booking(a_slot(SUNDAY, MIDNIGHT))

    moments = (utc(FRIDAY, 0), utc(FRIDAY, 16) - SECOND, utc(FRIDAY, 16), utc(SATURDAY, 0), utc(SATURDAY, 16))
    reminded = [aftermath.remind_of_tomorrow(moment) for moment in moments]

    assert reminded == [0, 0, 2, 0, 1]


def test_who_does_not_come_late_at_night_is_a_no_show_on_the_next_day():
    booking = a_confirmed_booking(a_slot(SATURDAY, HALF_PAST_ELEVEN))

    marked = [aftermath.mark_who_came(moment) for moment in (utc(SUNDAY, 4, 30) - SECOND, utc(SUNDAY, 4, 30))]

    booking.refresh_from_db()
    assert (marked, booking.status) == ([0, 1], Booking.Status.NO_SHOW)


def test_a_credit_is_good_to_the_last_second_of_its_day_at_the_farm():
    slot = a_slot(SUNDAY)
    money = {"code": "CR1", "phone": VISITOR.phone, "given_at": NOW, "limit": 99_00}
    Credit.objects.create(expires_on=FRIDAY, **money)
    last = utc(SATURDAY, 0) - SECOND

    assert holding.quote(slot=slot.pk, party=Party.of({"adult": 2}), credit="CR1", now=last).credit_fen == 99_00
    assert a_booking(slot, credit="CR1", now=last).credit_fen == 99_00
    assert refusal_of(a_booking, slot=slot, credit="CR1", now=last + SECOND) == "bad_credit"


def test_nothing_is_taken_of_a_credit_after_its_day_whatever_was_read_before():
    money = {"phone": VISITOR.phone, "why": "rain", "given_at": NOW, "expires_on": FRIDAY}
    credit = Credit.objects.create(code="CR1", limit=99_00, **money)
    last = utc(SATURDAY, 0) - SECOND

    limited.take([Demand(credit, 1_00)], holder="booking:A", why="held", now=last)
    with pytest.raises(SoldOut):
        limited.take([Demand(credit, 1_00)], holder="booking:B", why="held", now=last + SECOND)

    credit.refresh_from_db()
    assert credit.taken == 1_00


def test_a_credit_given_after_midnight_lasts_a_year_from_the_farms_new_day():
    slot = a_slot()
    a_confirmed_booking(slot)
    after_midnight = utc(FRIDAY, 0, 30)
    closures.close(slots=[slot.pk], reason=closures.Reason("雨", "rain"), by="li.na", now=after_midnight)
    closures.carry_on(after_midnight)

    credit = offers.choose_credit(offer=ClosureOffer.objects.get(), by="visitor", now=after_midnight)

    assert credit.expires_on == FRIDAY.replace(year=2027)


@pytest.mark.parametrize(
    ("time", "at", "verdict"),
    [
        (MIDNIGHT, utc(FRIDAY, 22, 59), "wrong_day"),
        (MIDNIGHT, utc(FRIDAY, 23, 0), "welcome"),
        (MIDNIGHT, utc(SATURDAY, 2, 0), "wrong_time"),
        (HALF_PAST_ELEVEN, utc(SATURDAY, 22, 29), "wrong_time"),
        (HALF_PAST_ELEVEN, utc(SUNDAY, 1, 29), "welcome"),
        (HALF_PAST_ELEVEN, utc(SUNDAY, 1, 30), "wrong_day"),
    ],
)
def test_the_gate_knows_a_visit_that_crosses_midnight(time, at, verdict):
    booking = a_confirmed_booking(a_slot(SATURDAY, time))

    assert gate.look(booking.number, now=at).code == verdict


@pytest.mark.parametrize(
    ("time", "at", "code"),
    [
        (MIDNIGHT, utc(FRIDAY, 23, 59), "slot_not_open"),
        (MIDNIGHT, utc(SATURDAY, 0, 0), ""),
        (HALF_PAST_ELEVEN, utc(SUNDAY, 0, 10), ""),
        (HALF_PAST_ELEVEN, utc(SUNDAY, 1, 30), "slot_not_open"),
    ],
)
def test_places_are_sold_at_the_gate_on_the_day_and_while_the_visit_lasts(time, at, code):
    slot = a_slot(SATURDAY, time)
    scan = Scan(nonce="n1", gate="south", by="li.na", at=at)

    sold = refusal_of(
        walkins.sell, slot=slot.pk, party=Party.of({"adult": 1}), how="cash", agreed_fen=8800, scan=scan, now=at
    )

    assert (sold, slot in walkins.open_slots(at)) == (code, code == "")
