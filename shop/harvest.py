"""Grapes come in: a new lot in a cold room, sold from then on."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farm import outbox
from farm.refusals import Refused
from shop.models import ColdRoom, Lot, Variety


class UnknownPlace(Refused):
    """There is no such variety or cold room at this farm."""

    code = "unknown_place"


class LotKnown(Refused):
    """Two lots of one code could not be told apart on boxes."""

    code = "lot_known"
    conflict = True


class NeverFresh(Refused):
    """The lot would be over before it was picked."""

    code = "never_fresh"


@dataclass(frozen=True)
class Harvest:
    """What was picked where, and how many net grams of it; variety and cold room by their codes."""

    code: str
    variety: str
    cold_room: str
    grower: str
    block: str
    harvested_on: dt.date
    best_before: dt.date
    net_grams: int


def bring_in(*, harvest: Harvest, by: str, now: dt.datetime) -> Lot:
    """Store a harvest as a new lot, on sale at once.

    :raises Refused: unknown variety or room, a code that another lot has, or best before the harvest.
    """
    if harvest.best_before <= harvest.harvested_on:
        raise never_fresh()
    lot = Lot(
        code=harvest.code,
        variety=_variety(harvest.variety),
        cold_room=_cold_room(harvest.cold_room),
        grower=harvest.grower,
        block=harvest.block,
        harvested_on=harvest.harvested_on,
        best_before=harvest.best_before,
        limit=harvest.net_grams,
    )
    _store(lot, by, now)
    return lot


def never_fresh() -> NeverFresh:
    return NeverFresh(_("Best before is not after the harvest."), advice=_("Check both dates."), field="best_before")


def _store(lot: Lot, by: str, now: dt.datetime) -> None:
    try:
        with transaction.atomic():
            lot.save(force_insert=True)
            outbox.whisper("lot.changed", at=now, lot=lot.code, what="brought in", by=by)
    except IntegrityError as error:
        raise LotKnown(
            _("There is a lot %(lot)s already.") % {"lot": lot.code},
            advice=_("Give this one another code."),
            field="code",
        ) from error


def _variety(code: str) -> Variety:
    variety = Variety.objects.filter(code=code).first()
    if variety is None:
        raise _unknown("variety", code, [*Variety.objects.values_list("code", flat=True)])
    return variety


def _cold_room(code: str) -> ColdRoom:
    room = ColdRoom.objects.filter(code=code).first()
    if room is None:
        raise _unknown("cold_room", code, [*ColdRoom.objects.values_list("code", flat=True)])
    return room


def _unknown(field: str, code: str, known: list[str]) -> UnknownPlace:
    return UnknownPlace(
        _("The farm has no “%(code)s”.") % {"code": code},
        advice=_("Choose one of: %(known)s.") % {"known": ", ".join(known)},
        field=field,
    )
