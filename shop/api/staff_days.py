"""The staff's farm over REST: ship dates and their limits, lots in the cold rooms."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.dates import MonthIn, month_of
from farm.api.paging import ByCursor
from farm.api.schema import (
    BAD_FIELDS,
    NOT_FOUND,
    NOT_STAFF,
    PAGING,
    Answer,
    Sent,
    in_path,
    in_query,
    listing,
    page,
    told,
)
from farm.api.shapes import read, show
from farm.api.views import StaffDoor
from shop import calendar_days, harvest, lot_care, planning
from shop.api import staff_examples as examples
from shop.api.staff_serializers import LotIn, LotOut, PlanOut, ShipDateChangeIn, StaffDayOut
from shop.models import Lot, ShipDate

DATE = in_path("date", "the ship date, YYYY-MM-DD", "2026-09-10")
CODE = in_path("code", "the lot's code", "K-0903-A1")


class StaffShipDates(StaffDoor):
    needs = {"GET": "shop.view_shipdate"}

    @told(
        "listShipDates",
        "The ship dates of a month",
        gives=Answer(listing(StaffDayOut), {"results": [examples.DAY]}),
        refuses=[BAD_FIELDS, NOT_STAFF],
        parameters=[in_query("month", "YYYY-MM", "2026-09", required=True)],
    )
    def get(self, request: Request) -> Response:
        """Limits, what is promised, closures with their reasons in both languages."""
        year, month = month_of(read(MonthIn, request.query_params.dict()))
        return Response({"results": [show(StaffDayOut, day) for day in ShipDate.objects.of_month(year, month)]})


class StaffShipDate(StaffDoor):
    needs = {"PATCH": "shop.change_shipdate"}

    @told(
        "changeShipDateLimits",
        "Change, close or reopen a ship date",
        takes=Sent(ShipDateChangeIn, {"is_closed": True, "reason_zh": "国庆节", "reason_en": "National Day"}),
        gives=Answer(StaffDayOut, examples.DAY),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND, examples.LIMIT_TOO_LOW],
        parameters=[DATE],
    )
    def patch(self, request: Request, date: str) -> Response:
        """A limit is never set below what is promised. Closing sells no more; promised orders become a staff task."""
        change, ship_date = read(ShipDateChangeIn, request.data), _ship_date(date)
        with transaction.atomic():
            self._apply(change, ship_date, self.by(request))
        return Response(show(StaffDayOut, ship_date))

    def _apply(self, change: dict[str, Any], ship_date: ShipDate, by: str) -> None:
        now = timezone.now()
        if "limit" in change:
            calendar_days.set_limit(ship_date=ship_date, limit=change["limit"], by=by, now=now)
        if change.get("is_closed") is True:
            reasons = {"reason_zh": change["reason_zh"], "reason_en": change["reason_en"]}
            calendar_days.close(ship_date=ship_date, **reasons, by=by, now=now)
        if change.get("is_closed") is False:
            calendar_days.reopen(ship_date=ship_date, by=by, now=now)


class StaffPlan(StaffDoor):
    needs = {"POST": "shop.pack_order"}

    @told(
        "planShipDate",
        "Plan a ship date",
        gives=Answer(PlanOut, {"wave": examples.WAVE}, 201, "The new wave, or null when no paid order waits."),
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=[DATE],
    )
    def post(self, request: Request, date: str) -> Response:
        """Put all paid orders of the date into one wave to pick. May be repeated: later orders become later waves."""
        wave = planning.plan_day(ship_date=_ship_date(date), now=timezone.now())
        return Response(show(PlanOut, {"wave": wave}), status.HTTP_201_CREATED)


class StaffLots(StaffDoor):
    needs = {"GET": "shop.view_lot", "POST": "shop.add_lot"}

    @told(
        "listLots",
        "The lots, newest first",
        gives=Answer(page(LotOut), examples.page_of(examples.LOT)),
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """Net grams stored and promised of every lot."""
        pages = ByCursor()
        lots = pages.paginate_queryset(Lot.objects.select_related("variety", "cold_room"), request, self) or []
        return pages.get_paginated_response([show(LotOut, lot) for lot in lots])

    @told(
        "bringInLot",
        "Bring in a lot",
        takes=Sent(LotIn, examples.LOT_IN),
        gives=Answer(LotOut, examples.LOT, 201, "Stored and on sale."),
        refuses=[BAD_FIELDS, NOT_STAFF, examples.LOT_KNOWN],
    )
    def post(self, request: Request) -> Response:
        """Store a harvest in a cold room; it sells at once, first expired first out."""
        new = harvest.Harvest(**read(LotIn, request.data))
        lot = harvest.bring_in(harvest=new, by=self.by(request), now=timezone.now())
        return Response(show(LotOut, lot), status.HTTP_201_CREATED)


class StaffLotWithdrawal(StaffDoor):
    needs = {"POST": "shop.change_lot", "DELETE": "shop.change_lot"}

    @told(
        "withdrawLot",
        "Withdraw a lot from sale",
        gives=Answer(LotOut, {**examples.LOT, "is_withdrawn": True}),
        refuses=[NOT_STAFF, NOT_FOUND, examples.NOTHING_TO_CHANGE],
        parameters=[CODE],
    )
    def post(self, request: Request, code: str) -> Response:
        """Sell no more of it. Orders that wait for its grapes become a staff task."""
        lot = lot_care.withdraw(lot=_lot(code), by=self.by(request), now=timezone.now())
        return Response(show(LotOut, lot))

    @told(
        "putBackLot",
        "Put a withdrawn lot back on sale",
        gives=Answer(LotOut, examples.LOT),
        refuses=[NOT_STAFF, NOT_FOUND, examples.NOTHING_TO_CHANGE],
        parameters=[CODE],
    )
    def delete(self, request: Request, code: str) -> Response:
        """The lot sells again."""
        lot = lot_care.put_back(lot=_lot(code), by=self.by(request), now=timezone.now())
        return Response(show(LotOut, lot))


def _ship_date(date: str) -> ShipDate:
    ship_date = ShipDate.objects.filter(date=date).first()
    if ship_date is None:
        raise Http404
    return ship_date


def _lot(code: str) -> Lot:
    lot = Lot.objects.filter(code=code).first()
    if lot is None:
        raise Http404
    return lot
