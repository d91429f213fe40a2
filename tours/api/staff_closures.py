"""Rain over REST: staff close times, see who has not chosen, and take it back while nobody has."""

import datetime as dt
from typing import Any

from django.db.models import Case, QuerySet, When
from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.paging import ByCursor
from farm.api.schema import BAD_FIELDS, NOT_FOUND, NOT_STAFF, PAGING, Answer, Sent, in_path, page, told
from farm.api.shapes import read, show
from farm.api.views import StaffDoor
from tours import closures
from tours.api import staff_examples as examples
from tours.api.staff_serializers import ClosureIn, ClosureOut, WholeClosureOut
from tours.closures import Reason
from tours.models import Closure, ClosureOffer, Slot, VisitorsDay

NUMBER = in_path("number", "the number of the closure", examples.CLOSURE_NUMBER)
WAITING = ClosureOffer.Status.WAITING


class StaffClosures(StaffDoor):
    needs = {"GET": "tours.close_slots", "POST": "tours.close_slots"}

    @told(
        "listClosures",
        "The closures, newest first",
        gives=Answer(page(ClosureOut), examples.CLOSURES),
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """For rain and other reasons, with what happens to parties that do not answer."""
        pages = ByCursor()
        found = pages.paginate_queryset(Closure.objects.select_related("day"), request, self) or []
        return pages.get_paginated_response([show(ClosureOut, _facts(closure)) for closure in found])

    @told(
        "closeSlots",
        "Close times for rain",
        takes=Sent(ClosureIn, examples.CLOSURE_IN),
        gives=Answer(WholeClosureOut, examples.WHOLE_CLOSURE, 201, "Closed; the parties are asked within a minute."),
        refuses=[BAD_FIELDS, NOT_STAFF, examples.NOTHING_TO_CLOSE],
    )
    def post(self, request: Request) -> Response:
        """Some times, a whole day, or an experience over some days: nothing more is sold in them from now on.

        Each sure party is asked what it wants instead, with seats kept for it in other times until a deadline.
        """
        said, now = read(ClosureIn, request.data), timezone.now()
        reason = Reason(said["reason_zh"], said["reason_en"], said.get("otherwise", ""))
        day = VisitorsDay.objects.filter(date=said["date"]).first() if "date" in said else None
        slots = list(_meant(said).values_list("pk", flat=True))
        closure = closures.close(slots=slots, reason=reason, by=self.by(request), day=day, now=now)
        return Response(_whole(closure), status.HTTP_201_CREATED)


class StaffClosure(StaffDoor):
    needs = {"GET": "tours.close_slots"}

    @told(
        "getClosure",
        "One closure, and who has not chosen",
        gives=Answer(WholeClosureOut, examples.WHOLE_CLOSURE),
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=[NUMBER],
    )
    def get(self, request: Request, number: str) -> Response:
        """Every party that was asked with its choice. Call those that wait before the deadline: phones are masked
        here, the list of bookings shows them whole to staff who may see visitors."""
        return Response(_whole(_closure(number)))


class StaffClosureUndoing(StaffDoor):
    needs = {"POST": "tours.close_slots"}

    @told(
        "undoClosure",
        "It does not rain after all",
        gives=Answer(WholeClosureOut, examples.UNDONE),
        refuses=[NOT_STAFF, NOT_FOUND, examples.ANSWERED_ALREADY, examples.ONE_BEGUN, examples.NOT_PLANNED],
        parameters=[NUMBER],
    )
    def post(self, request: Request, number: str) -> Response:
        """Open the times again, while nobody has chosen. Who was asked hears of it. No body is needed."""
        closures.undo(closure=_closure(number), by=self.by(request), now=timezone.now())
        return Response(_whole(_closure(number)))


def _meant(said: dict[str, Any]) -> QuerySet[Slot]:
    """The times that a request means; the story leaves out those that are closed or have begun."""
    if "slots" in said:
        return Slot.objects.filter(pk__in=said["slots"])
    if "date" in said:
        return Slot.objects.filter(date=said["date"])
    days: tuple[dt.date, dt.date] = (said["first_on"], said["last_on"])
    return Slot.objects.filter(experience__code=said["experience"], date__range=days)


def _closure(number: str) -> Closure:
    closure = Closure.objects.select_related("day").filter(number=number).first()
    if closure is None:
        raise Http404
    return closure


def _facts(closure: Closure) -> dict[str, Any]:
    names = ("number", "status", "reason_zh", "reason_en", "otherwise", "made_at", "made_by", "answer_until")
    date = closure.day.date if closure.day else None
    return {**{name: getattr(closure, name) for name in names}, "date": date}


def _whole(closure: Closure) -> dict[str, Any]:
    waiting_first = Case(When(status=WAITING, then=0), default=1)
    made = list(closure.offers.select_related("booking__slot__experience").order_by(waiting_first, "pk"))
    seen = {
        **_facts(closure),
        "slots": closure.slots.select_related("experience").order_by("starts_at", "pk"),
        "waiting": sum(offer.status == WAITING for offer in made),
        "offers": made,
    }
    return show(WholeClosureOut, seen)
