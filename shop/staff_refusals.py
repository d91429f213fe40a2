"""How the shop says no to staff who change a ship date or a lot."""

import datetime as dt

from django.utils.translation import gettext as _

from farm.refusals import Refused
from farm.templatetags.dates import day
from shop.models import Lot, ShipDate


class NothingToChange(Refused):
    """Somebody was faster: the date or the lot is so already."""

    code = "nothing_to_change"
    conflict = True


class FarmClosed(Refused):
    """The whole farm is closed on that day, so nothing is shipped."""

    code = "farm_closed"
    conflict = True


class CutOffRefused(Refused):
    """The moment cannot be, or cuts short what customers were told."""

    code = "cut_off_refused"
    conflict = True


class LimitTooLow(Refused):
    """More is promised already than the new limit allows."""

    code = "limit_too_low"
    conflict = True


def date_changed(ship_date: ShipDate) -> NothingToChange:
    return NothingToChange(
        _("%(date)s was changed already.") % {"date": day(ship_date.date)}, advice=_("Reload the list of ship dates.")
    )


def farm_closed(date: dt.date) -> FarmClosed:
    return FarmClosed(
        _("The farm is closed on %(date)s.") % {"date": day(date)},
        advice=_("Delete that closed day first, then open the ship date again."),
    )


def lot_changed(lot: Lot) -> NothingToChange:
    return NothingToChange(
        _("Lot %(lot)s was changed already.") % {"lot": lot.code}, advice=_("Reload the list of lots.")
    )


def date_limit_too_low(ship_date: ShipDate) -> LimitTooLow:
    return LimitTooLow(
        _("%(taken)s packing units are promised on %(date)s already.")
        % {"taken": ship_date.taken, "date": day(ship_date.date)},
        advice=_("Set the limit to %(taken)s or more, or move orders to another date first.")
        % {"taken": ship_date.taken},
        field="limit",
    )


def lot_limit_too_low(lot: Lot) -> LimitTooLow:
    return LimitTooLow(
        _("%(taken)s g of lot %(lot)s are promised already.") % {"taken": lot.taken, "lot": lot.code},
        advice=_("Withdraw the lot so that it sells no more, then move or cancel orders."),
        field="limit",
    )


def cut_off_out_of_bounds(ship_date: ShipDate) -> CutOffRefused:
    return CutOffRefused(
        _("This cut-off is over already or lies beyond %(date)s.") % {"date": day(ship_date.date)},
        advice=_("Choose a moment from now until the end of that day."),
        field="cut_off_at",
    )


def cut_off_promised(ship_date: ShipDate) -> CutOffRefused:
    return CutOffRefused(
        _("Customers of %(date)s were told a later cut-off.") % {"date": day(ship_date.date)},
        advice=_("Choose a later moment, or close the date to sell no more."),
        field="cut_off_at",
    )


def cut_off_over(ship_date: ShipDate) -> CutOffRefused:
    return CutOffRefused(
        _("The orders of %(date)s are in a pick wave already: its cut-off stays.") % {"date": day(ship_date.date)},
        advice=_("Take new orders on the next ship date, or add another one."),
        field="cut_off_at",
    )
