"""Days and months in addresses and queries."""

import datetime as dt
from typing import Any, cast

from django.urls import register_converter
from rest_framework import serializers


class DateInPath:
    """A day as 2026-09-10; one that no calendar has is no address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        return dt.date.fromisoformat(value).isoformat()

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(DateInPath, "date")


class MonthIn(serializers.Serializer[Any]):
    month = serializers.DateField(input_formats=["%Y-%m"], help_text="YYYY-MM")


def month_of(month_in: dict[str, Any]) -> tuple[int, int]:
    first = cast(dt.date, month_in["month"])
    return first.year, first.month
