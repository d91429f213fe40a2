"""A farm in which everything that an address can name is there."""

import datetime as dt
from typing import Any

from farm.security import sign
from shop.links import waiting_token
from tests.builders import DAY, NOW, a_place_in_line, a_ship_date, a_shop, an_order
from tests.visits import SATURDAY, a_booking, a_slot
from tours import closures, links, waiting
from tours.api import examples as visits
from tours.booking import Contact
from tours.models import Booking
from tours.party import Party


def what_is_there() -> dict[str, dict[str, Any]]:
    """What stands in addresses, by what they are about: things that are there."""
    a_shop()
    order = an_order()
    slot = a_slot(pk=visits.SLOT_ID, seats=4)
    a_slot(SATURDAY + dt.timedelta(days=1), pk=visits.SUNDAY_ID)
    for code in visits.BOOKING_IN["answers"]:
        slot.experience.questions.create(code=code, words_zh=code, words_en=code)
    booking = a_booking(slot, adult=2)
    party = waiting.join(slot=slot.pk, party=Party.of({"adult": 3}), contact=WAITS, language="zh-hans", now=NOW)
    full = a_ship_date(DAY + dt.timedelta(days=30), limit=1).date
    an_order(date=full)
    in_line = a_place_in_line(1, date=full)
    ours = {"date": str(DAY), "wave": 1, "slot": slot.pk, "code": "L1", "number": order.number}
    rain = a_slot(SATURDAY, dt.time(14, 0))
    guests = a_booking(a_slot(SATURDAY, dt.time(16, 0)))
    Booking.objects.filter(pk=guests.pk).update(number=visits.NUMBER)  # the gate's examples name it in their bodies
    closure = closures.close(slots=[rain.pk], reason=closures.Reason("大雨", "rain"), by="boss", now=NOW)
    return {
        "": {**ours, "token": sign(order.number, purpose="order")},
        "/experiences": {"code": "picking"},
        "/bookings": {"token": links.token_of(booking)},
        "/waiting-parties": {"token": links.party_token(party)},
        "/waiting-orders": {"token": waiting_token(in_line)},
        "/account": {"address": 3},
        "/staff/bookings": {"number": booking.number},
        "/staff/closures": {"number": closure.number},
        "/staff/visitors-days": {"date": str(SATURDAY)},
    }


WAITS = Contact("王芳", "13911112222")


def in_address(path: str, ours: dict[str, dict[str, Any]]) -> dict[str, Any]:
    about = max((start for start in ours if path.startswith(f"/api/v1{start}")), key=len)
    return {**ours[""], **ours[about]}
