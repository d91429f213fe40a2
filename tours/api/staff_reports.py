"""How the visits went, over REST: visitors, no-shows, occupancy and money by day, by experience and by channel."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.schema import BAD_FIELDS, NOT_STAFF, Answer, in_query, told
from farm.api.shapes import read, show
from farm.api.views import StaffDoor
from tours import reports
from tours.api import staff_examples as examples
from tours.models import Booking


class DaysIn(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wrong = reports.wrong_with(**attrs)
        if wrong:
            raise serializers.ValidationError({"last": wrong})
        return attrs


class LineOut(serializers.Serializer[Any]):
    bookings = serializers.IntegerField(help_text="sure ones")
    expected = serializers.IntegerField(help_text="people with a ticket")
    came = serializers.IntegerField()
    stayed_away = serializers.IntegerField(help_text="once the visit is over")
    no_show_percent = serializers.IntegerField(allow_null=True, help_text="null while nobody's visit is over")
    seats = serializers.IntegerField(help_text="taken, of times that were held; a channel has none of its own")
    capacity = serializers.IntegerField()
    occupancy_percent = serializers.IntegerField(allow_null=True)
    in_fen = serializers.IntegerField(help_text="came in on these days")
    out_fen = serializers.IntegerField(help_text="went back on these days")
    net_fen = serializers.IntegerField()


LINE: tuple[str, ...] = tuple(str(name) for name in LineOut().fields)


class DayLineOut(LineOut):
    date = serializers.DateField()


class ExperienceLineOut(LineOut):
    experience = serializers.CharField(allow_null=True, help_text="its code; null: money of no known booking")


class ChannelLineOut(LineOut):
    channel = serializers.ChoiceField(
        choices=Booking.Channel.choices, allow_null=True, help_text="of the booking; null: money of no known booking"
    )


class ReportOut(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    total = LineOut()
    days = DayLineOut(many=True)
    experiences = ExperienceLineOut(many=True)
    channels = ChannelLineOut(many=True)


class StaffReport(StaffDoor):
    needs = {"GET": "tours.view_reports"}

    @told(
        "getVisitReport",
        "How the visits went",
        gives=Answer(ReportOut, examples.REPORT),
        refuses=[BAD_FIELDS, NOT_STAFF],
        parameters=[
            in_query("first", "the first day, YYYY-MM-DD", "2026-09-12", required=True),
            in_query("last", "the last day, at most a year later", "2026-09-12", required=True),
        ],
    )
    def get(self, request: Request) -> Response:
        """Visitors and seats stand on the day of the visit, money on the day it moved: it is the money book's own."""
        report = reports.of_days(**read(DaysIn, request.query_params.dict()))
        seen = {
            "first": report.first,
            "last": report.last,
            "total": _line(report.total),
            "days": [_line(line, date=date) for date, line in report.days.items()],
            "experiences": [
                _line(line, experience=found.code if found else None) for found, line in report.by_experience
            ],
            "channels": [_line(line, channel=channel or None) for channel, line in report.channels.items()],
        }
        return Response(show(ReportOut, seen))


def _line(line: reports.Line, **place: Any) -> dict[str, Any]:
    return {**{name: getattr(line, name) for name in LINE}, **place}
