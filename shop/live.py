"""Livestreams: what a show's page says to thousands at once, and which orders it brought.

Shows are looked up once in LIVE_SECONDS by each process, whatever the number of viewers; boxes left come from the
glance that the whole shop shares. What is shown only leads to trying: an order takes the rows themselves.
"""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Sum, TextChoices
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm.refusals import Refused
from shop import freshness, glance
from shop.freshness import Ahead
from shop.glance import Glance
from shop.models import Box, LiveShow, OrderLine
from shop.models.live import PAID, LiveShowQuerySet
from shop.pricing import Want

KEPT_DAYS = 30
"""Shows that ended longer ago are looked up one by one."""
DATES_TO_LOOK_AT, NEXT_DATES = 60, 3


class UnknownShow(Refused):
    code = "unknown_show"


class NotBegun(Refused):
    """Nothing is sold in the name of a show before it begins."""

    code = "show_not_begun"
    conflict = True


class State(TextChoices):
    TO_COME = "to-come"
    LIVE = "live"
    OVER = "over"


@dataclass(frozen=True)
class Show:
    """A show with the keys of its boxes and ship dates, as of a moment ago."""

    row: LiveShow
    skus: Sequence[str]
    dates: frozenset[dt.date]

    def may_ship(self, date: dt.date) -> bool:
        return not self.dates or date in self.dates


@dataclass(frozen=True)
class Offer:
    """One of the host's boxes: the first date with room for it, or the dates on which one can wait or go elsewhere."""

    box: Box
    first: Ahead | None
    others: Sequence[Ahead]
    """When the show's own dates are full: other dates of the shop that have room."""
    full: Ahead | None
    """A date of the show whose boxes are gone, where one can wait in line."""


@dataclass(frozen=True)
class Sold:
    """So many boxes of one kind that a show sold, and what they cost without freight."""

    box: Box
    boxes: int
    fen: int


@dataclass(frozen=True)
class Stage:
    """Everything the page of a show says that changes while one looks at it."""

    show: LiveShow
    state: State
    offers: Sequence[Offer]

    @property
    def is_sold_out(self) -> bool:
        return bool(self.offers) and not any(offer.first for offer in self.offers)

    @property
    def sells(self) -> bool:
        return self.state != State.TO_COME


_last: list[tuple[float, dict[str, Show]]] = []


def find(code: str, now: dt.datetime) -> Show | None:
    """The show of that code as it was at most LIVE_SECONDS ago."""
    known = _recent(now).get(code)
    if known is None:
        older = LiveShow.objects.filter(code=code, ends_at__lt=_kept_since(now))
        known = next(iter(_load(older)), None)
    return known


def on_now(now: dt.datetime) -> list[LiveShow]:
    """The shows that are on, the one that began last first."""
    return [show.row for show in _recent(now).values() if show.row.is_live(now)]


def stage(show: Show, now: dt.datetime) -> Stage:
    """The show as it is now, from the shop's shared look at boxes, dates and lots."""
    seen = glance.recent(now)
    boxes = [seen.boxes[sku] for sku in show.skus if sku in seen.boxes]
    today = localdate(now)
    return Stage(
        show.row, state_of(show.row, now), [_offer(box, show, seen, now) for box in boxes if box.season_until >= today]
    )


def state_of(show: LiveShow, now: dt.datetime) -> State:
    if not show.has_begun(now):
        return State.TO_COME
    return State.OVER if show.is_over(now) else State.LIVE


def believable(code: str, now: dt.datetime) -> str:
    """The code when an order may carry it, else nothing: what pages make of old links and of what was tampered with."""
    show = find(code, now) if code else None
    return code if show and show.row.has_begun(now) else ""


def show_of(code: str, wants: Sequence[Want], now: dt.datetime) -> int | None:
    """The key of the show that brought an order, or None when none of its boxes are the host's.

    :raises UnknownShow: when there is no such show.
    :raises NotBegun: when it has not begun.
    """
    show = find(code, now)
    if show is None:
        raise UnknownShow(
            _("There is no live show “%(code)s”.") % {"code": code[:50]},
            advice=_("Order without it, or correct the code."),
            field="live",
        )
    if not show.row.has_begun(now):
        raise NotBegun(
            _("The live show “%(code)s” has not begun.") % {"code": code},
            advice=_("Order without it now, or when it has begun."),
            field="live",
        )
    return show.row.pk if any(want.sku in show.skus for want in wants) else None


def sold(show: LiveShow) -> list[Sold]:
    """What its paid orders have of each kind of box, in two queries."""
    lines = OrderLine.objects.filter(order__live_show=show, order__status__in=PAID).order_by("box__sku")
    sums = list(lines.values("box").annotate(boxes=Sum("quantity"), fen=Sum(F("quantity") * F("price_fen"))))
    boxes = Box.objects.in_bulk([line["box"] for line in sums])
    return [Sold(boxes[line["box"]], line["boxes"], line["fen"]) for line in sums]


def forget() -> None:
    """Look again at the next question."""
    _last.clear()


def _recent(now: dt.datetime) -> dict[str, Show]:
    if _last and time.monotonic() - _last[0][0] < settings.LIVE_SECONDS:
        return _last[0][1]
    shows = {show.row.code: show for show in _load(LiveShow.objects.filter(ends_at__gte=_kept_since(now)))}
    _last[:] = [(time.monotonic(), shows)]
    return shows


def _kept_since(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=KEPT_DAYS)


def _load(shows: LiveShowQuerySet) -> list[Show]:
    """Three queries whatever the number of shows; one when there is none."""
    return [
        Show(row, [box.sku for box in row.boxes.all()], frozenset(day.date for day in row.ship_dates.all()))
        for row in shows.prefetch_related("boxes", "ship_dates")
    ]


def _offer(box: Box, show: Show, seen: Glance, now: dt.datetime) -> Offer:
    days = [day for day in freshness.ahead(box, seen, DATES_TO_LOOK_AT) if day.ship_date.is_open(now)]
    own = [day for day in days if show.may_ship(day.date)]
    first = next((day for day in own if day.left), None)
    if first:
        return Offer(box, first, [], None)
    others = [day for day in days if day.left and not show.may_ship(day.date)]
    full = next((day for day in own if day.ship_date.left < box.packing_units), None)
    return Offer(box, None, others[:NEXT_DATES], full)
