"""Damaged fruit is paid: the customer says what is bad, a person answers with money or with words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from farm import chores, outbox
from farm.models import StaffTask
from farm.money import yuan
from farm.refusals import Refused
from farm.security import new_reference
from shop import photos as pictures
from shop import pricing
from shop.models import DamagedBoxes, DamagePhoto, DamageReport, Order
from shop.pricing import QuoteLine

FOLDER = "damage"
TASK_PREFIX = "damage:"
REPORTED, ANSWERED = "damage reported", "damage answered"
Status = DamageReport.Status


class NothingToReport(Refused):
    """The order has not arrived, or arrived too long ago."""

    code = "not_reportable"
    conflict = True


class BadReport(Refused):
    code = "bad_report"


class ReportedAlready(Refused):
    """A report of this order waits for its answer."""

    code = "reported_already"
    conflict = True


class AmountRefused(Refused):
    """More than is left of what was paid, or nothing at all."""

    code = "bad_amount"


@dataclass(frozen=True)
class Hurt:
    """So many boxes of one SKU of which `grams` are bad in all, or about `percent` of each."""

    sku: str
    quantity: int
    percent: int = 100
    grams: int | None = None


def report(
    *, order: Order, hurt: Sequence[Hurt], words: str, photos: Sequence[bytes], now: dt.datetime
) -> DamageReport:
    """Note what arrived damaged and ask staff to answer within a day. `photos` are drawn anew already.

    :raises NothingToReport: before the order has arrived, or when the time for it is over.
    :raises BadReport: when it names no boxes, or others than were bought.
    :raises ReportedAlready: while an earlier report waits.
    :raises PhotosNotKept: when the disk does not take the photos.
    """
    number = new_reference("BD")
    check_open(order, now=now)
    places = pictures.keep(photos[: pictures.MOST], under=f"{FOLDER}/{number}")
    try:
        return _report(DamageReport(number=number, order=order, words=words.strip()), hurt, places, now)
    except BaseException:
        pictures.drop(places)
        raise


def reportable_until(order: Order) -> dt.datetime | None:
    """Until when damage may be reported; None while the order has not arrived, or once its buyer was forgotten."""
    arrived = [event.at for event in order.events.all() if event.what == Order.Status.DELIVERED]
    may = arrived and order.buyer_phone
    return arrived[-1] + dt.timedelta(hours=settings.DAMAGE_REPORT_HOURS) if may else None


def check_open(order: Order, *, now: dt.datetime) -> None:
    """:raises NothingToReport: unless the order has arrived and the time to say what is bad is not over.
    :raises ReportedAlready: while an earlier report waits for its answer.
    """
    has_arrived = order.status == Order.Status.DELIVERED
    if has_arrived and not order.buyer_phone:
        raise NothingToReport(_("We no longer know who ordered this."), advice=_("Call the farm: we look for a way."))
    until = reportable_until(order) if has_arrived else None
    if until is None:
        raise NothingToReport(
            _("Order %(number)s has not arrived yet.") % {"number": order.number},
            advice=_("Come back when you have opened the parcel."),
        )
    if now >= until:
        raise NothingToReport(
            _("Damage could be reported within %(hours)s hours after delivery.")
            % {"hours": settings.DAMAGE_REPORT_HOURS},
            advice=_("Call the farm: we look for a way."),
        )
    if order.damage_reports.filter(status=Status.OPEN).exists():
        raise _looking_already()


@transaction.atomic
def grant(*, report: DamageReport, amount_fen: int, words: str, by: str, now: dt.datetime) -> DamageReport:
    """Send `amount_fen` back for the damage, never more than is left of what the order keeps, and tell the customer.

    :raises AmountRefused: for nothing, or for more than is left.
    :raises WrongState: when somebody has answered it already.
    """
    order = Order.objects.select_for_update(of=("self",)).get(pk=report.order_id)  # two reports share what is left
    left = left_fen(order)
    if not 1 <= amount_fen <= left:
        raise AmountRefused(
            _("¥%(amount)s cannot be granted.") % {"amount": yuan(amount_fen)},
            advice=_("Between ¥0.01 and ¥%(left)s is left of what this order paid.") % {"left": yuan(left)},
            field="amount",
        )
    _answer(report, Status.GRANTED, words, by, now, granted_fen=amount_fen)
    outbox.publish(
        "refund.due", at=now, payable=order.payable, payment=order.paid_by, amount_fen=amount_fen, why=report.why
    )
    return report


@transaction.atomic
def refuse(*, report: DamageReport, words: str, by: str, now: dt.datetime) -> DamageReport:
    """Send nothing back, and tell the customer why.

    :raises BadReport: without words.
    :raises WrongState: when somebody has answered it already.
    """
    if not words.strip():
        raise BadReport(_("No words were written."), advice=_("Tell the customer why."), field="words")
    _answer(report, Status.REFUSED, words, by, now)
    return report


def left_fen(order: Order) -> int:
    """What the order keeps of its price after all that was granted."""
    granted = order.damage_reports.aggregate(sum=Sum("granted_fen"))["sum"] or 0
    return order.total_fen - granted


@transaction.atomic
def _report(mine: DamageReport, hurt: Sequence[Hurt], places: list[str], now: dt.datetime) -> DamageReport:
    order = mine.order
    kinds = {part.box.sku: part for part in pricing.bought(order.lines.select_related("box"))}
    boxes = _boxes(mine, hurt, kinds)
    if not boxes:
        raise BadReport(_("No box was named."), advice=_("Say how many boxes are damaged."), field="boxes")
    mine.asks_fen = sum(_worth_fen(part, kinds) for part in boxes)
    mine.photo_count, mine.reported_at = len(places), now
    mine.due_at = now + dt.timedelta(hours=settings.DAMAGE_ANSWER_HOURS)
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
    except IntegrityError as error:
        raise _looking_already() from error
    DamagedBoxes.objects.bulk_create(boxes)
    DamagePhoto.objects.bulk_create(DamagePhoto(report=mine, place=place, kept_at=now) for place in places)
    mine.log("reported", at=now, by="customer", photos=len(places))
    order.log(REPORTED, at=now, by="customer", report=mine.number)
    _ask_staff(mine, boxes, now)
    outbox.whisper("damage.reported", at=now, number=mine.number)
    return mine


def _looking_already() -> ReportedAlready:
    return ReportedAlready(
        _("We are looking at your report already."),
        advice=_("You get an answer by message and on the order's page."),
    )


def _boxes(mine: DamageReport, hurt: Sequence[Hurt], kinds: dict[str, QuoteLine]) -> list[DamagedBoxes]:
    """One row for each kind: named twice, e.g. one box crushed and half of another bad, it adds up."""
    boxes: dict[str, DamagedBoxes] = {}
    for part in hurt:
        if not part.quantity:
            continue
        row = _damaged(mine, part, kinds.get(part.sku))
        if before := boxes.get(part.sku):
            row.quantity, row.grams = before.quantity + row.quantity, before.grams + row.grams
        if row.quantity > kinds[part.sku].quantity:
            raise _fewer_boxes()
        boxes[part.sku] = row
    return list(boxes.values())


def _fewer_boxes() -> BadReport:
    return BadReport(
        _("The order has fewer boxes of this kind."), advice=_("Say how many of them are damaged."), field="boxes"
    )


def _damaged(mine: DamageReport, part: Hurt, kind: QuoteLine | None) -> DamagedBoxes:
    if kind is None:
        raise _fewer_boxes()
    whole = kind.box.net_grams * part.quantity
    grams = part.grams if part.grams else -(-whole * part.percent // 100)
    return DamagedBoxes(report=mine, box=kind.box, quantity=part.quantity, grams=max(1, min(grams, whole)))


def _worth_fen(part: DamagedBoxes, kinds: dict[str, QuoteLine]) -> int:
    """What so many grams of these boxes cost, in favour of the customer to the fen."""
    return -(-kinds[part.box.sku].price_fen * part.grams // part.box.net_grams)


def _ask_staff(mine: DamageReport, boxes: list[DamagedBoxes], now: dt.datetime) -> None:
    words = {
        "order": mine.order.number,
        "boxes": sum(part.quantity for part in boxes),
        "worth": yuan(mine.asks_fen),
        "photos": mine.photo_count,
    }
    chores.raise_task(
        key=f"{TASK_PREFIX}{mine.number}",
        what=lambda: (
            _("Damaged fruit in %(boxes)s boxes of order %(order)s, worth ¥%(worth)s, %(photos)s photos: answer it")
            % words
        ),
        about=mine.order.payable,
        due_at=mine.due_at,
        now=now,
    )


def _answer(report: DamageReport, to: str, words: str, by: str, now: dt.datetime, **fields: int) -> None:
    details = {"answer": words.strip(), **fields}
    report.move(to, at=now, by=by, details=details, answer=words.strip(), answered_at=now, answered_by=by, **fields)  # type: ignore[arg-type]  # fields of the row
    report.order.log(ANSWERED, at=now, by=by, report=report.number, **fields)
    chores.close(StaffTask.objects.filter(key=f"{TASK_PREFIX}{report.number}"), by=by, now=now)
    outbox.publish("damage.answered", at=now, number=report.number)
