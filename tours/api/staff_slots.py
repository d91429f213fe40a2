"""The staff's week over REST: times and their seats, days and their visitors, and who comes on a day."""

from typing import Any, NamedTuple

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.schema import (
    BAD_FIELDS,
    NOT_FOUND,
    NOT_STAFF,
    Answer,
    Sent,
    in_path,
    in_query,
    listing,
    told,
)
from farm.api.shapes import read, show
from farm.api.views import StaffDoor
from farm.security import mask_name, mask_phone
from tours import capacity, manifest, reopening
from tours.api import staff_examples as examples
from tours.api.inputs import DayIn
from tours.api.staff_serializers import LimitIn, SlotListOut, StaffSlotOut, VisitorsDayOut, WeekIn, WeekOut
from tours.manifest import Guests, SlotList
from tours.models import Experience, Slot, VisitorsDay
from tours.week import Week, week_of


class Reader(NamedTuple):
    """What of a party somebody may read."""

    sees_names: bool
    may_know: bool


class StaffSlots(StaffDoor):
    needs = {"GET": "tours.view_slot"}

    @told(
        "getWeek",
        "The times of a week",
        gives=Answer(WeekOut, examples.WEEK),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND],
        parameters=[
            in_query("week", "any day of the week, YYYY-MM-DD", "2026-09-12", required=True),
            in_query("experience", "only this one, by its code", "picking"),
        ],
    )
    def get(self, request: Request) -> Response:
        """From Monday to Sunday: seats taken, closures with their reasons, and how many visitors each day takes."""
        said = read(WeekIn, request.query_params.dict())
        experience = _experience(said["experience"]) if "experience" in said else None
        return Response(show(WeekOut, _listed(week_of(said["week"], experience=experience))))


class StaffSlot(StaffDoor):
    needs = {"PATCH": "tours.change_slot"}

    @told(
        "changeSlotLimit",
        "Change how many people a time takes",
        takes=Sent(LimitIn, {"limit": 24}),
        gives=Answer(StaffSlotOut, {**examples.SLOT, "limit": 24, "left": 11}),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND, examples.LIMIT_TOO_LOW],
        parameters=[in_path("slot", "the id of the time", examples.SLOT_ID)],
    )
    def patch(self, request: Request, slot: int) -> Response:
        """Never fewer than have a seat, nor than it needs to run while that is not sure yet.

        New seats are offered to those who wait for them first.
        """
        found = Slot.objects.select_related("experience", "day").filter(pk=slot).first()
        if found is None:
            raise Http404
        limit = read(LimitIn, request.data)["limit"]
        return Response(show(StaffSlotOut, capacity.set_slot_limit(slot=found, limit=limit, now=timezone.now())))


class StaffSlotOpening(StaffDoor):
    needs = {"POST": "tours.close_slots"}

    @told(
        "openSlotAgain",
        "Open a closed time again",
        gives=Answer(StaffSlotOut, examples.SLOT),
        refuses=[NOT_STAFF, NOT_FOUND, examples.STILL_ANSWERING, examples.NOT_PLANNED, examples.BEGUN_ALREADY],
        parameters=[in_path("slot", "the id of the time", examples.SLOT_ID)],
    )
    def post(self, request: Request, slot: int) -> Response:
        """Once every party has chosen; of a day that was closed as a whole this time alone. No body is needed."""
        found = Slot.objects.filter(pk=slot).first()
        if found is None:
            raise Http404
        return Response(show(StaffSlotOut, reopening.open_again(slot=found, now=timezone.now())))


class StaffVisitorsDay(StaffDoor):
    needs = {"PATCH": "tours.change_visitorsday"}

    @told(
        "changeDayLimit",
        "Change how many visitors a day takes",
        takes=Sent(LimitIn, {"limit": 320}),
        gives=Answer(VisitorsDayOut, {**examples.DAY, "limit": 320, "left": 157}),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND, examples.LIMIT_TOO_LOW],
        parameters=[in_path("date", "the farm's day, YYYY-MM-DD", "2026-09-12")],
    )
    def patch(self, request: Request, date: str) -> Response:
        """Over all experiences; never fewer than are expected."""
        found = VisitorsDay.objects.filter(date=date).first()
        if found is None:
            raise Http404
        limit = read(LimitIn, request.data)["limit"]
        return Response(show(VisitorsDayOut, capacity.set_day_limit(day=found, limit=limit, now=timezone.now())))


class StaffVisitorsDayOpening(StaffDoor):
    needs = {"POST": "tours.close_slots"}

    @told(
        "openDayAgain",
        "Open a closed day again",
        gives=Answer(VisitorsDayOut, examples.DAY),
        refuses=[NOT_STAFF, NOT_FOUND, examples.STILL_ANSWERING, examples.NOT_PLANNED, examples.DAY_OVER],
        parameters=[in_path("date", "the farm's day, YYYY-MM-DD", "2026-09-12")],
    )
    def post(self, request: Request, date: str) -> Response:
        """With the times that were closed with it, once every party has chosen. No body is needed."""
        found = VisitorsDay.objects.filter(date=date).first()
        if found is None:
            raise Http404
        return Response(show(VisitorsDayOut, reopening.open_day(day=found, now=timezone.now())))


class StaffManifest(StaffDoor):
    needs = {"GET": "tours.view_booking"}

    @told(
        "getManifest",
        "Who comes on a day",
        gives=Answer(listing(SlotListOut), {"results": [examples.MANIFEST]}),
        refuses=[BAD_FIELDS, NOT_STAFF],
        parameters=[in_query("date", "the farm's day, YYYY-MM-DD", "2026-09-12", required=True)],
    )
    def get(self, request: Request) -> Response:
        """By time: headcounts, what the guide must know, what is still to be paid, and who is in.

        Names and phones are whole only with the permission to see visitors; answers and notes are there for those and
        for who lets visitors in.
        """
        date = read(DayIn, request.query_params.dict())["date"]
        reads = Reader(request.user.has_perm(manifest.WHOLE_NAMES), manifest.may_know(request.user))
        shown = [show(SlotListOut, _expected(one, reads)) for one in manifest.of_day(date)]
        return Response({"results": shown})


def _experience(code: str) -> Experience:
    experience = Experience.objects.filter(code=code).first()
    if experience is None:
        raise Http404
    return experience


def _listed(week: Week) -> dict[str, Any]:
    slots = [slot for row in week.rows for cell in row.cells for slot in cell]
    return {"days": week.columns, "slots": sorted(slots, key=lambda slot: (slot.starts_at, slot.pk))}


def _expected(one: SlotList, reader: Reader) -> dict[str, Any]:
    return {
        "slot": one.slot,
        "tickets": one.kinds,
        "expected": one.expected,
        "inside": one.inside,
        "balance_fen": one.balance_fen,
        "parties": [_party(guests, reader) for guests in one.guests],
    }


def _party(guests: Guests, reader: Reader) -> dict[str, Any]:
    booking = guests.booking
    known = [{"question": question, "answer": answer} for question, answer in guests.answers]
    return {
        "number": booking.number,
        "name": booking.name if reader.sees_names else mask_name(booking.name),
        "phone": booking.phone if reader.sees_names else mask_phone(booking.phone),
        "language": booking.language,
        "tickets": guests.kinds,
        "expected": guests.expected,
        "inside": guests.inside,
        "balance_fen": booking.balance_fen,
        "answers": known if reader.may_know else [],
        "notes": booking.notes if reader.may_know else "",
    }
