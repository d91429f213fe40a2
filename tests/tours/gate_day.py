"""A day at the gate: one experience, its slots, and bookings that were paid long ago."""

import datetime as dt
from typing import Any

from farm.security import new_reference
from tests.builders import FARM_TIME
from tours import tickets
from tours.models import BookedUnit, Booking, Experience, Slot, Ticket, TicketType, VisitorsDay

DAY = dt.date(2026, 9, 12)
START = dt.datetime(2026, 9, 12, 10, 0, tzinfo=FARM_TIME)
AT_THE_GATE = START - dt.timedelta(minutes=10)
KINDS: dict[str, dict[str, Any]] = {
    "adult": {"kind": "adult", "name_zh": "成人", "name_en": "Adult", "price_fen": 8800, "people": 1},
    "child": {"kind": "child", "name_zh": "儿童", "name_en": "Child", "price_fen": 4400, "people": 1},
    "infant": {"kind": "infant", "name_zh": "婴儿", "name_en": "Infant", "price_fen": 0, "people": 0},
    "family": {"kind": "family", "name_zh": "家庭", "name_en": "Family", "price_fen": 22800, "people": 4},
}


def an_experience(code: str = "picking", **different: Any) -> Experience:
    words = {
        "name_zh": "巨峰采摘", "name_en": "Kyoho picking", "summary_zh": "亲手剪下一串", "summary_en": "Cut your own",
        "meeting_point_zh": "北门大葡萄架下", "meeting_point_en": "Under the great vine at the north gate",
        "bring_zh": "防晒帽\n舒适的鞋", "bring_en": "A sun hat\nComfortable shoes", "duration_minutes": 90,
    }  # fmt: skip
    experience, is_new = Experience.objects.get_or_create(code=code, defaults={**words, **different})
    if is_new:
        for place, (kind, facts) in enumerate(KINDS.items()):
            TicketType.objects.create(experience=experience, code=kind, position=place, **facts)
    return experience


def a_slot(starts_at: dt.datetime = START, *, limit: int = 40, **different: Any) -> Slot:
    date = starts_at.astimezone(FARM_TIME).date()
    plain = {
        "experience": different.pop("experience", None) or an_experience(),
        "day": VisitorsDay.objects.get_or_create(date=date, defaults={"limit": 300})[0],
        "date": date,
        "ends_at": starts_at + dt.timedelta(minutes=90),
        "cut_off_at": starts_at - dt.timedelta(hours=2),
        "limit": limit,
    }
    return Slot.objects.get_or_create(
        experience=plain.pop("experience"), starts_at=starts_at, defaults={**plain, **different}
    )[0]


def a_party(*kinds: str, slot: Slot | None = None, **different: Any) -> Booking:
    """A confirmed booking with its tickets; without kinds it is a family of four."""
    slot = slot or a_slot()
    types = {one.code: one for one in slot.experience.ticket_types.all()}
    units = [types[kind] for kind in kinds or ("family",)]
    total_fen = sum(unit.price_fen for unit in units)
    facts = {"name": "王小明", "phone": "13812345678", "total_fen": total_fen, "paid_fen": total_fen, **different}
    booking = Booking.objects.create(
        number=new_reference("BV"), slot=slot, people=sum(unit.people for unit in units), held_at=START,
        hold_until=START, status=facts.pop("status", Booking.Status.CONFIRMED), **facts,
    )  # fmt: skip
    for unit in units:
        BookedUnit.objects.create(booking=booking, ticket_type=unit, price_fen=unit.price_fen)
    tickets.issue(booking, now=START)
    return booking


def codes_of(booking: Booking) -> list[str]:
    """What the QR codes of the party's tickets say."""
    return [tickets.token_of(ticket, booking) for ticket in Ticket.objects.filter(booking=booking)]
