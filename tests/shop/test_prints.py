"""While paper for the bench is drawn nothing is locked: on SQLite one transaction that writes stops all sales."""

import io

import pytest
from django.db import connection
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from shop.models import Label, Order, OrderLine
from tests.staff import a_boss, list_of
from tests.worlds import a_shop_with_a_packed_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn(monkeypatch):
    """For each file that was finished, whether a transaction was open at that moment."""
    seen = []

    def watched(finish):
        def watch(*args, **kwargs):
            seen.append(connection.in_atomic_block)
            return finish(*args, **kwargs)

        return watch

    monkeypatch.setattr(Canvas, "save", watched(Canvas.save))
    monkeypatch.setattr(PdfWriter, "write", watched(PdfWriter.write))
    return seen


@pytest.mark.parametrize("action", ["print_labels", "print_slips", "print_papers", "print_stickers"])
def test_paper_is_drawn_outside_of_any_transaction(client, settings, drawn, action):
    settings.PACKING_BENCH = "staff"
    order = a_shop_with_a_packed_order()
    a_boss(client)
    drawn.clear()

    answer = client.post(list_of(Order), {"action": action, "_selected_action": [order.pk]})

    assert PdfReader(io.BytesIO(answer.content)).pages
    assert drawn
    assert not any(drawn)
    assert Label.objects.get().prints == (1 if action in ("print_labels", "print_papers") else 0)
    assert OrderLine.objects.get().passport
