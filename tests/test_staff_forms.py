"""What a form of the staff's tool refuses, it refuses in words: no rule of the database is shown by its name."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import BaseConstraint, CheckConstraint, UniqueConstraint
from django.http import HttpRequest
from django.urls import resolve, reverse
from unfold.admin import ModelAdmin

from shop.models import Lot
from tests.builders import a_lot
from tests.staff import a_boss

pytestmark = [pytest.mark.django_db, pytest.mark.once("forms are the same beside any database")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "“Best before” must be a later day than “harvested on”."), ("zh-hans", "“赏味期限”必须晚于“采摘日”。")],
)
def test_a_lot_that_would_not_keep_is_refused_in_words(client, language, said):
    a_boss(client)
    old = a_lot()
    asked = {"code": "new", "variety": old.variety_id, "cold_room": old.cold_room_id, "grower": "Wang", "block": "3",
             "harvested_on": "2026-09-10", "best_before": "2026-09-10", "limit": 5_000}  # fmt: skip

    page = client.post(reverse("admin:shop_lot_add"), asked, headers={"Accept-Language": language}).content.decode()

    assert said in page
    assert "a_lot_keeps_a_while" not in page
    assert Lot.objects.get() == old


def test_every_rule_of_the_database_that_a_form_can_meet_has_its_own_words(client, rf):
    request = rf.get("/")
    request.user, request.resolver_match = a_boss(client), resolve("/staff/tours/tickettype/0/change/")

    met = [one for room in admin.site._registry.values() for one in _met_by(room, request)]

    assert "a_rule_ends_after_it_begins" in {one.name for one in met}
    assert {one.name for one in met if _is_shown_by_its_name(one)} == set()


def _met_by(room: ModelAdmin, request: HttpRequest) -> Iterator[BaseConstraint]:
    """The constraints of which the forms of the page write every column."""
    if not (room.has_add_permission(request) or room.has_change_permission(request)):
        return
    forms = [(room.model, set(room.get_form(request).base_fields))]
    for formset, _ in room.get_formsets_with_inlines(request):
        forms.append((formset.model, set(formset.form.base_fields) | {formset.fk.name}))
    for model, written in forms:
        yield from (one for one in model._meta.constraints if _columns(one) <= written)


def _columns(one: BaseConstraint) -> set[str]:
    asked = one.condition.referenced_base_fields if one.condition else set()
    return asked | set(getattr(one, "fields", ()))


def _is_shown_by_its_name(one: BaseConstraint) -> bool:
    """Django words a plain uniqueness by the labels of its columns."""
    says_its_columns = isinstance(one, UniqueConstraint) and not one.condition
    has_none = one.violation_error_message == CheckConstraint.default_violation_error_message
    return has_none and not says_its_columns
