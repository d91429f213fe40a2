"""Paper for the packing bench: the labels of several parcels as one file."""

import io
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from farm.refusals import Refused
from shop.models import Label, Order


class NoLabelYet(Refused):
    code = "no_label_yet"
    conflict = True


@transaction.atomic
def labels(*, orders: Iterable[Order]) -> bytes:
    """Return the stored labels of `orders` as one PDF, a page each by order, and count the print.

    :raises NoLabelYet: naming the orders that have none; nothing is printed.
    """
    numbers = {order.pk: order.number for order in orders}
    stored = list(
        Label.objects.filter(shipment__order__in=numbers).order_by("shipment__order_id").select_related("shipment")
    )
    missing = sorted(numbers[pk] for pk in numbers.keys() - {label.shipment.order_id for label in stored})
    if missing or not stored:
        raise NoLabelYet(
            _("No label yet: %(numbers)s.") % {"numbers": ", ".join(missing[:10])},
            advice=_("Labels are drawn after packing: wait a moment, or print the others without these."),
        )
    Label.objects.filter(pk__in=[label.pk for label in stored]).update(prints=F("prints") + 1)
    return _bound([bytes(label.pdf) for label in stored])


def _bound(pages: list[bytes]) -> bytes:
    bound = PdfWriter()
    for page in pages:
        bound.append(PdfReader(io.BytesIO(page)))
    paper = io.BytesIO()
    bound.write(paper)
    return paper.getvalue()
