"""Every way in which the shop says no, in words that say what to do next."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farm.money import yuan
from farm.refusals import Refused
from farm.templatetags.dates import day, day_of_any_year
from shop.divisions import Division
from shop.freight import NotServed
from shop.models import Box, Order, ShipDate, Variety


class UnknownBox(Refused):
    code = "unknown_box"


class NotInSeason(Refused):
    code = "not_in_season"
    conflict = True


class BadQuantity(Refused):
    code = "bad_quantity"


class DateRefused(Refused):
    code = "date_not_open"
    conflict = True


class SoldOut(Refused):
    """The ship date has less left than is wanted: its row says so, or the flag, which only errs towards trying."""

    code = "sold_out"
    conflict = True
    may_come_back = True


class LargerThanADay(SoldOut):
    """What the date packs in all is less: nothing that comes free there is enough, and its line no help."""

    may_come_back = False


class NotEnoughFruit(Refused):
    """The cold rooms cannot cover the order; said only after looking again."""

    code = "sold_out"
    conflict = True
    may_come_back = True


class TotalChanged(Refused):
    """A price or the freight is another than the customer agreed to."""

    code = "total_changed"
    conflict = True


class AddressRefused(Refused):
    code = "bad_address"


class PhoneRefused(Refused):
    code = "bad_phone"


class AlreadyOrdered(Refused):
    code = "already_ordered"
    conflict = True


class TooLate(Refused):
    code = "too_late"
    conflict = True


class NotPossibleNow(Refused):
    code = "wrong_state"
    conflict = True


class KeptOnce(NotPossibleNow):
    """A hold is made longer once."""


def unknown_box(sku: str, *, line: int) -> UnknownBox:
    return UnknownBox(
        _("There is no box “%(sku)s”.") % {"sku": sku[:50]},
        advice=_("Choose a box from the list."),
        field=f"lines.{line}.sku",
    )


def not_in_season(box: Box, date: dt.date, *, field: str = "ship_date") -> NotInSeason:
    return NotInSeason(
        _("%(box)s does not ship on %(date)s.") % {"box": box.name, "date": day_of_any_year(date)},
        advice=_("It ships from %(first)s to %(last)s: choose a date in between.")
        % {"first": day_of_any_year(box.season_from), "last": day_of_any_year(box.season_until)},
        field=field,
    )


def bad_quantity(box: Box, *, line: int) -> BadQuantity:
    return BadQuantity(
        _("This many boxes of %(box)s cannot be ordered.") % {"box": box.name},
        advice=_("Order between 1 and %(most)s of it.") % {"most": box.max_per_order},
        field=f"lines.{line}.quantity",
    )


def no_boxes() -> BadQuantity:
    return BadQuantity(_("The order has no boxes."), advice=_("Choose at least one box."), field="lines")


def no_such_date(date: dt.date) -> DateRefused:
    return DateRefused(
        _("The farm does not ship on %(date)s.") % {"date": day_of_any_year(date)},
        advice=_("Choose a date that the calendar shows as open."),
        field="ship_date",
    )


def date_closed(ship_date: ShipDate) -> DateRefused:
    if not (ship_date.is_closed and ship_date.closed_reason):
        return no_such_date(ship_date.date)
    return DateRefused(
        _("The farm does not ship on %(date)s: %(why)s.")
        % {"date": day(ship_date.date), "why": ship_date.closed_reason},
        advice=_("Choose a date that the calendar shows as open."),
        field="ship_date",
    )


def past_cut_off(ship_date: ShipDate) -> DateRefused:
    return DateRefused(
        _("Orders for %(date)s have closed.") % {"date": day(ship_date.date)},
        advice=_("Choose a later ship date."),
        field="ship_date",
    )


def sold_out(date: dt.date, next_dates: list[dt.date], *, left: int = 0) -> SoldOut:
    advice = (
        _("The next dates with room: %(dates)s.") % {"dates": _listed(next_dates)}
        if next_dates
        else _("No later date has room at the moment: look again soon, when unpaid orders have ended.")
    )
    return SoldOut(
        _("%(date)s has fewer boxes left than you want.") % {"date": day(date)},
        advice=advice,
        field="ship_date",
        next_dates=[str(next_date) for next_date in next_dates],
        left=left,
    )


def larger_than_a_day(ship_date: ShipDate, next_dates: list[dt.date], *, is_ordered: bool) -> LargerThanADay:
    """For an order that stands already, which keeps its day, or for one that can still be made smaller."""
    other = (
        _("Choose another day, or leave the order on its own.")
        if is_ordered
        else _("Take fewer boxes, or spread them over several days.")
    )
    advice = _("The next dates with room: %(dates)s.") % {"dates": _listed(next_dates)} if next_dates else other
    return LargerThanADay(
        _("This is more than we pack on %(date)s in all.") % {"date": day(ship_date.date)},
        advice=advice,
        field="ship_date",
        next_dates=[str(next_date) for next_date in next_dates],
        left=ship_date.left,
        limit=ship_date.limit,
    )


def no_later_date(order: Order) -> SoldOut:
    return SoldOut(
        _("No later date has room and fruit for order %(number)s.") % {"number": order.number},
        advice=_("Open a date, raise a limit, or cancel the order."),
        field="ship_date",
        next_dates=[],
    )


def not_enough_fruit(variety: Variety, date: dt.date, next_dates: list[dt.date]) -> NotEnoughFruit:
    advice = (
        _("The next dates with enough for your order: %(dates)s. Or order fewer boxes of it or another variety.")
        % {"dates": _listed(next_dates)}
        if next_dates
        else _("No later date has enough of it: order fewer boxes of it or another variety.")
    )
    return NotEnoughFruit(
        _("There is not enough %(variety)s in the cold rooms for %(date)s.")
        % {"variety": variety.name, "date": day(date)},
        advice=advice,
        field="lines",
        next_dates=[str(next_date) for next_date in next_dates],
    )


def sent_before() -> AlreadyOrdered:
    return AlreadyOrdered(
        _("You have ordered with this page before, and then changed it."),
        advice=_("Your first order stands. Go on if you want these boxes as well: they will be an order of their own."),
    )


def too_late(order: Order) -> TooLate:
    return TooLate(
        _("Order %(number)s can no longer be changed.") % {"number": order.number},
        advice=_("Changes were possible until its cut-off; call the farm if something is wrong."),
    )


def not_possible(order: Order) -> NotPossibleNow:
    return NotPossibleNow(
        _("Order %(number)s is %(status)s.") % {"number": order.number, "status": order.get_status_display().lower()},
        advice=_("Reload its page to see what can be done now."),
    )


def kept_once(order: Order, now: dt.datetime) -> Refused:
    """Why a hold is not made longer, by what the order looks like now."""
    order.refresh_from_db(fields=["status", "hold_until", "was_extended"])
    if not order.awaits_payment(now):
        return not_possible(order)
    return KeptOnce(
        _("Your boxes were kept for longer once already."), advice=_("Pay before the time is over, or order again.")
    )


def total_changed(agreed_fen: int | None, total_fen: int) -> TotalChanged:
    return TotalChanged(
        _("The total is ¥%(now)s now, no longer ¥%(agreed)s: a price or the freight has changed.")
        % {"now": yuan(total_fen), "agreed": yuan(agreed_fen or 0)},
        advice=_("Nothing was ordered. Look at the new total, and order if it suits you."),
        field="agreed_fen",
        total_fen=total_fen,
    )


def not_served(place: NotServed) -> AddressRefused:
    return AddressRefused(place.reason, advice=place.advice, field="address.province")


def bad_address(field: str, reason: str, advice: str, suggestions: list[str]) -> AddressRefused:
    return AddressRefused(reason, advice=advice, field=f"address.{field}", suggestions=suggestions)


def bad_phone(field: str = "phone") -> PhoneRefused:
    return PhoneRefused(
        _("This is not a mobile number in mainland China."),
        advice=_("Write 11 digits, for example 138 1234 5678."),
        field=field,
    )


def dearer_way(division: Division) -> AddressRefused:
    return AddressRefused(
        _("The way to %(province)s costs more freight than you paid.") % {"province": division.province},
        advice=_("Cancel this order (the money goes back by itself) and order again to the new address."),
        field="address.province",
    )


def gone_meanwhile(date: dt.date, next_dates: list[dt.date]) -> NotEnoughFruit:
    advice = (
        _("Nothing was changed: try again or take one of the next dates with enough: %(dates)s.")
        % {"dates": _listed(next_dates)}
        if next_dates
        else _("Nothing was changed. No later date has enough at the moment: try again or order fewer boxes.")
    )
    return NotEnoughFruit(
        _("Somebody else took the last boxes for %(date)s just now.") % {"date": day(date)},
        advice=advice,
        field="ship_date",
        next_dates=[str(next_date) for next_date in next_dates],
    )


def _listed(dates: list[dt.date]) -> str:
    return pgettext("between days", ", ").join(map(day, dates))
