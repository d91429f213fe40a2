"""Lists that leave the house as files: in sums that whoever keeps the books can use, and never as formulas."""

import pytest
from django.contrib import admin
from django.urls import reverse

from farm.admin.exports import Exportable, FarmResource, harmless
from farm.models import LedgerEntry, Payment, Refund, TillEntry
from shop import changes
from shop.models import Order
from tests.builders import NOW, a_paid_order, a_shop, work_off
from tests.staff import a_boss, list_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cell", ["=1+1", "+1 (555)", "-a", "@SUM(A1)", "\tx", "  =x", "＝1"])
def test_no_cell_becomes_a_formula(cell):
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-12.50", "BZ7K", 12, None, "13812345678"])
def test_plain_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


@pytest.mark.parametrize(("model", "column"), [(TillEntry, "by"), (Refund, "why"), (LedgerEntry, "payable")])
def test_a_list_of_money_exports_no_formula(client, boss, model, column):
    a_shop()
    changes.cancel(order=a_paid_order(), by="customer", now=NOW)
    work_off()
    TillEntry.objects.create(at=NOW, trade_no="PT1", amount_fen=5, how="cash", by="boss")
    model.objects.update(**{column: "@SUM.A1"})

    file = exported(client, model)

    assert ",'@SUM.A1" in file
    assert ",@SUM.A1" not in file


def exported(client, model) -> str:
    """Its list as CSV, with all columns."""
    place = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
    return client.post(place, {"format": "1", "resource": "0"}).content.decode()


@pytest.mark.parametrize("model", [Payment, Refund, LedgerEntry])
def test_who_keeps_the_books_gets_yuan_and_the_orders_number(client, boss, model):
    a_shop()
    order = changes.cancel(order=a_paid_order(), by="customer", now=NOW)
    work_off()

    head, *lines = exported(client, model).splitlines()

    assert {"yuan", "amount_fen"} <= set(head.lstrip("\ufeff").split(","))
    assert any(order.payable in line and f",84.00,{order.total_fen}" in line for line in lines)


@pytest.mark.parametrize("narrowed", ["ship_date__id__exact=abc", "phone__startswith=138"])
def test_an_export_that_cannot_be_narrowed_so_leads_back_to_the_list(client, narrowed):
    a_boss(client)

    answer = client.get(f"{list_of(Order)}export/?{narrowed}")

    assert (answer.status_code, answer["Location"]) == (302, list_of(Order))


def test_every_list_that_is_exported_makes_its_cells_harmless():
    exported = [one for one in admin.site._registry.values() if isinstance(one, Exportable)]

    kinds = {kind for one in exported for kind in one.resource_classes or [one]}
    assert exported
    assert [kind for kind in kinds if not (isinstance(kind, type) and issubclass(kind, FarmResource))] == []
