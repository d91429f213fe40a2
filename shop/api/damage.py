"""Damaged fruit over REST: say which boxes are bad, see the answer. Photos are sent on the order's page."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, Sent, listing, refusal, told
from farm.api.shapes import read, show
from farm.api.throttles import ReportingByAddress
from farm.api.views import PublicDoor
from shop import damage
from shop.api.orders import TOKEN
from shop.damage import Hurt
from shop.links import order_in
from shop.models import DamageReport, Order

MOST_KINDS = 20
HURT = {"sku": "kyoho-2500", "quantity": 1, "percent": 50}
REPORT_IN = {"boxes": [HURT], "words": "One box was crushed."}
REPORT: dict[str, Any] = {
    "number": "BD7C1D4H8JKT",
    "status": "open",
    "boxes": [{"sku": "kyoho-2500", "quantity": 1, "grams": 1250}],
    "words": "One box was crushed.",
    "photos": 0,
    "asks_fen": 3400,
    "granted_fen": 0,
    "answer": "",
    "reported_at": "2026-09-11T12:00:00+08:00",
    "due_at": "2026-09-12T12:00:00+08:00",
    "answered_at": None,
}
NOT_REPORTABLE = refusal(
    409,
    "not_reportable",
    "",
    "Damage could be reported within 48 hours after delivery.",
    "Call the farm: we look for a way.",
)
REPORTED_ALREADY = refusal(
    409,
    "reported_already",
    "",
    "We are looking at your report already.",
    "You get an answer by message and on the order's page.",
)
BAD_REPORT = refusal(
    400, "bad_report", "boxes", "The order has fewer boxes of this kind.", "Say how many of them are damaged."
)


class HurtIn(serializers.Serializer[Hurt]):
    sku = serializers.CharField(max_length=50)
    quantity = serializers.IntegerField(min_value=1, max_value=1000, help_text="so many of these boxes")
    percent = serializers.IntegerField(min_value=1, max_value=100, default=100, help_text="of each that is bad")
    grams = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="or what was weighed, in all of them together"
    )


class DamageIn(serializers.Serializer[Any]):
    boxes = serializers.ListField(child=HurtIn(), min_length=1, max_length=MOST_KINDS)
    words = serializers.CharField(max_length=500, allow_blank=True, default="")


class HurtOut(serializers.Serializer[Any]):
    sku = serializers.CharField(source="box.sku")
    quantity = serializers.IntegerField()
    grams = serializers.IntegerField()


class DamageOut(serializers.Serializer[DamageReport]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=DamageReport.Status.choices)
    boxes = HurtOut(many=True)
    words = serializers.CharField()
    photos = serializers.IntegerField(source="photo_count", help_text="sent with it on the order's page")
    asks_fen = serializers.IntegerField(help_text="what the damaged fruit cost")
    granted_fen = serializers.IntegerField(help_text="goes back, the way it came")
    answer = serializers.CharField(help_text="the farm's words, or empty")
    reported_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="an answer comes until here")
    answered_at = serializers.DateTimeField(allow_null=True)


class DamageReports(PublicDoor):
    throttle_classes = (ReportingByAddress,)

    @told(
        "reportDamage",
        "Report damaged fruit of a delivered order",
        takes=Sent(DamageIn, REPORT_IN),
        gives=Answer(DamageOut, REPORT, 201, "Staff answer until `due_at`."),
        refuses=[BAD_FIELDS, BAD_REPORT, NOT_FOUND, NOT_REPORTABLE, REPORTED_ALREADY, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Within 48 hours after delivery. Photos help the answer: they are sent on the order's page."""
        said, now = read(DamageIn, request.data), timezone.now()
        hurt = [Hurt(**part) for part in said["boxes"]]
        report = damage.report(order=order_in(token), hurt=hurt, words=said["words"], photos=(), now=now)
        return Response(show(DamageOut, report), status.HTTP_201_CREATED)

    @told(
        "getDamageReports",
        "What was reported damaged, and the answers",
        gives=Answer(listing(DamageOut), {"results": [REPORT]}),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """All reports of the order, oldest first."""
        order = order_in(token, Order.objects.prefetch_related("damage_reports__boxes__box"))
        return Response({"results": [show(DamageOut, report) for report in reversed(order.damage_reports.all())]})
