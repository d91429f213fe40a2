"""Damaged fruit over REST: say which boxes are bad, with photos if there are any, and see the answer."""

from io import BytesIO
from typing import Any, BinaryIO

import orjson
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api import OrjsonParser, uploads
from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, Sent, listing, refusal, told
from farm.api.shapes import read, show
from farm.api.throttles import ReportingByAddress
from farm.api.views import PublicDoor
from shop import damage, photos
from shop.api.orders import TOKEN
from shop.damage import Hurt
from shop.links import order_in
from shop.models import DamageReport, Order

MOST_KINDS = 20
HURT = {"sku": "kyoho-2500", "quantity": 1, "percent": 50}
PHOTOS = "multipart/form-data"
REPORT_IN = {"boxes": [HURT], "words": "One box was crushed."}
WITH_PHOTOS_IN = {"report": orjson.dumps(REPORT_IN).decode(), "photos": ["(the bytes of a photo)"]}
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
BAD_PHOTO = refusal(
    400, "bad_photo", "photos", "This file is not a photo that we can read.", "Send a JPEG, PNG or WebP photo."
)
PHOTOS_NOT_KEPT = refusal(
    409,
    "photos_not_kept",
    "photos",
    "Your photos could not be kept just now.",
    "Try again in a minute, or send the report without them.",
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


class DamageWithPhotosIn(serializers.Serializer[Any]):
    report = serializers.CharField(help_text="the JSON that is sent when there are no photos")
    photos = serializers.ListField(
        child=serializers.FileField(), max_length=photos.MOST, help_text="JPEG, PNG or WebP, each at most 10 MB"
    )


class HurtOut(serializers.Serializer[Any]):
    sku = serializers.CharField(source="box.sku")
    quantity = serializers.IntegerField()
    grams = serializers.IntegerField()


class DamageOut(serializers.Serializer[DamageReport]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=DamageReport.Status.choices)
    boxes = HurtOut(many=True)
    words = serializers.CharField()
    photos = serializers.IntegerField(source="photo_count", help_text="how many came with it")
    asks_fen = serializers.IntegerField(help_text="what the damaged fruit cost")
    granted_fen = serializers.IntegerField(help_text="goes back, the way it came")
    answer = serializers.CharField(help_text="the farm's words, or empty")
    reported_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="an answer comes until here")
    answered_at = serializers.DateTimeField(allow_null=True)


class DamageReports(PublicDoor):
    throttle_classes = (ReportingByAddress,)
    parser_classes = (OrjsonParser, MultiPartParser)

    @told(
        "reportDamage",
        "Report damaged fruit of a delivered order",
        takes=Sent(DamageIn, REPORT_IN, others=(Sent(DamageWithPhotosIn, WITH_PHOTOS_IN, PHOTOS),)),
        gives=Answer(DamageOut, REPORT, 201, "Staff answer until `due_at`."),
        refuses=[
            BAD_FIELDS,
            BAD_REPORT,
            BAD_PHOTO,
            NOT_FOUND,
            NOT_REPORTABLE,
            REPORTED_ALREADY,
            PHOTOS_NOT_KEPT,
            TOO_MANY,
        ],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """For 48 hours after delivery, unless set otherwise. With photos, send a form whose `report` is the JSON."""
        order, now = order_in(token), timezone.now()
        said = read(DamageIn, _report_in(request))
        hurt = [Hurt(**part) for part in said["boxes"]]
        damage.check_open(order, now=now)  # before photos are unpacked: that is work
        shown = photos.all_redrawn(_photos_in(request))
        report = damage.report(order=order, hurt=hurt, words=said["words"], photos=shown, now=now)
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


def _report_in(request: Request) -> Any:
    """The report, from the body itself or out of a form with photos.

    :raises ValidationError: when the form's is no JSON.
    """
    if not isinstance(request.data, QueryDict):
        return request.data
    try:
        return orjson.loads(request.data.get("report", ""))
    except orjson.JSONDecodeError as error:
        raise ValidationError({"report": [_("Write the report as JSON in this field of the form.")]}) from error


def _photos_in(request: Request) -> list[BinaryIO]:
    """The files of a form; a body that is JSON has none.

    :raises PhotoRefused: when there was more than a form may carry.
    """
    if uploads.was_too_much(request._request):
        raise photos.too_large_together()
    sent = request.data.getlist("photos") if isinstance(request.data, QueryDict) else []
    return [BytesIO(one.encode()) if isinstance(one, str) else one.file for one in sent]  # words are no photo
