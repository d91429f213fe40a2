"""What the shop offers and when it ships: the same for everybody, so it may be kept and asked for again cheaply."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.dates import MonthIn, month_of
from farm.api.keeping import A_MOMENT, HOUR, MINUTE, kept_for
from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, in_query, listing, told
from farm.api.shapes import read, show
from farm.api.views import PublicDoor
from shop import divisions
from shop.api import examples
from shop.api.serializers import (
    BoxFilterIn,
    BoxOut,
    DayOut,
    DivisionOut,
    ParentIn,
    VarietyOut,
)
from shop.models import Box, ShipDate, Variety


@kept_for(MINUTE)
class Varieties(PublicDoor):
    @told(
        "listVarieties",
        "The grape varieties of the farm",
        gives=Answer(listing(VarietyOut), {"results": [examples.VARIETY]}),
        refuses=[TOO_MANY],
    )
    def get(self, request: Request) -> Response:
        """All varieties, in the order the farm shows them. Names and tastes are in the reader's language."""
        return Response({"results": [show(VarietyOut, variety) for variety in Variety.objects.all()]})


@kept_for(MINUTE)
class Boxes(PublicDoor):
    @told(
        "listBoxes",
        "The boxes on sale",
        gives=Answer(listing(BoxOut), {"results": [examples.BOX]}),
        refuses=[BAD_FIELDS, TOO_MANY],
        parameters=[
            in_query("variety", "only boxes of this variety", "kyoho"),
            in_query("ship_date", "only boxes in season on this day", "2026-09-10"),
        ],
    )
    def get(self, request: Request) -> Response:
        """All boxes the farm offers now. Money is in fen (1/100 yuan), weights are net grams."""
        wish = read(BoxFilterIn, request.query_params.dict())
        boxes = Box.objects.on_sale(wish["ship_date"]) if "ship_date" in wish else Box.objects.filter(is_offered=True)
        if "variety" in wish:
            boxes = boxes.filter(variety__code=wish["variety"])
        return Response({"results": [show(BoxOut, box) for box in boxes.select_related("variety")]})


@kept_for(A_MOMENT)
class Availability(PublicDoor):
    @told(
        "getAvailability",
        "How much room each ship date of a month has",
        gives=Answer(listing(DayOut), {"results": [examples.DAY]}),
        refuses=[BAD_FIELDS, TOO_MANY],
        parameters=[in_query("month", "YYYY-MM", "2026-09", required=True)],
    )
    def get(self, request: Request) -> Response:
        """Every ship date of the month, open or not. `left` counts packing units: a gift box may take two."""
        year, month = month_of(read(MonthIn, request.query_params.dict()))
        now = timezone.now()
        return Response({"results": [_day(day, now) for day in ShipDate.objects.of_month(year, month)]})


@kept_for(HOUR)
class Divisions(PublicDoor):
    @told(
        "listDivisions",
        "Provinces, cities and districts",
        gives=Answer(listing(DivisionOut), {"results": [examples.DIVISION]}),
        refuses=[BAD_FIELDS, NOT_FOUND, TOO_MANY],
        parameters=[in_query("parent", "six-digit code of a province or city; without it the provinces", "210000")],
    )
    def get(self, request: Request) -> Response:
        """The places directly below `parent`, as an address may name them; none below a district."""
        parent = read(ParentIn, request.query_params.dict()).get("parent", "")
        if parent and parent not in divisions.NAMES:
            raise Http404
        places = [
            {"code": code, "name": name, "has_parts": code in divisions.BELOW}
            for code, name in divisions.children(parent)
        ]
        return Response({"results": [show(DivisionOut, place) for place in places]})


def _day(day: ShipDate, now: dt.datetime) -> dict[str, Any]:
    seen = {
        "date": day.date,
        "is_open": day.is_open(now),
        "left": day.left,
        "limit": day.limit,
        "cut_off_at": day.cut_off_at,
        "closed_reason": day.closed_reason,
    }
    return show(DayOut, seen)
