"""Histories stay when people are forgotten: of people and of whoever works here they say only what was edited."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db.models import CharField, Field, JSONField, Model, TextField
from django.db.models.fields.related import RelatedField

from farm.admin.changes import TELLING
from farm.models import User
from shop.models import ShipDate
from tests.builders import a_lot, made
from tests.staff import form_of, page_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
    pytest.mark.once("it proves what is written of what is typed"),
]
LOOKED_AT = {
    "shop.Box.name", "shop.Box.sku", "shop.ColdRoom.code", "shop.ColdRoom.name", "shop.LiveShow.code",
"shop.Lot.block", "shop.Lot.code", "shop.Variety.code", "shop.Variety.name",
    "shop.Variety.skin", "shop.Variety.taste", "tours.Experience.bring", "tours.Experience.code",
    "tours.Experience.drawing", "tours.Experience.included", "tours.Experience.languages",
    "tours.Experience.meeting_point", "tours.Experience.name", "tours.Experience.refund_terms",
    "tours.Experience.rules", "tours.Experience.story", "tours.Experience.summary", "tours.Experience.weather_note",
    "tours.PriceList.name", "tours.Question.choices", "tours.Question.code", "tours.Question.words",
    "tours.ScheduleException.kind", "tours.ScheduleRule.days", "tours.ScheduleRule.name",
    "tours.ScheduleRule.recurrence", "tours.ScheduleRule.times", "tours.TicketType.code", "tours.TicketType.kind",
    "tours.TicketType.name", "tours.VisitorsDay.weather_note",
}  # fmt: skip
"""The texts that histories tell: the farm writes them, of what it sells, and none is there to say who somebody is."""


def test_of_a_colleague_only_what_was_edited_is_kept(client):
    somebody = made(User(username="li.na", password=make_password("grape-harvest"), is_staff=True))

    client.post(page_of(somebody), form_of(client, somebody) | {"first_name": "Na", "is_active": ""})

    kept = LogEntry.objects.get().change_message
    assert "First name" in kept
    assert "values" not in kept


def test_the_grower_of_a_lot_is_not_kept(client):
    lot = a_lot()

    client.post(page_of(lot), form_of(client, lot) | {"grower": "老王", "block": "B-2"})

    [said] = json.loads(LogEntry.objects.get().change_message)
    assert said == {"changed": {"fields": ["Grower", "Vineyard block"], "values": [None, ["A-1", "B-2"]]}}


def test_every_text_that_is_told_was_looked_at():
    texts = [kept for kept in columns_told() if isinstance(kept[1], CharField | TextField | JSONField)]

    assert {f"{kind._meta.label}.{re.sub('_(zh|en)$', '', column.name)}" for kind, column in texts} == LOOKED_AT


def test_rows_that_are_told_name_only_rows_that_are_told():
    named = {column.related_model for _kind, column in columns_told() if isinstance(column, RelatedField)}

    assert named - {ShipDate} <= TELLING.keys()


def columns_told() -> list[tuple[type[Model], Field]]:
    return [
        (kind, column)
        for kind, silent in TELLING.items()
        for column in (*kind._meta.fields, *kind._meta.many_to_many)
        if column.editable and column.name not in silent
    ]
