"""The waiting list of a full slot: a whole party joins, is offered its seats when they come free, books or lets go."""

import dataclasses
import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from farm import limited, outbox, rows
from farm.refusals import Refused
from farm.security import new_reference
from farm.states import WrongState
from tours import booking as holding
from tours import line, sheets
from tours.booking import Contact, Wish
from tours.models import Booking, Credit, WaitingParty
from tours.party import Kept, Party, PricedParty, accepted, priced

AT_ONCE = 100
Status = WaitingParty.Status


class RoomIsLeft(Refused):
    """Nobody needs to wait: the slot has seats for the party."""

    code = "room_is_left"
    conflict = True


class WaitsAlready(Refused):
    code = "waits_already"
    conflict = True


class OfferEnded(Refused):
    code = "offer_ended"
    conflict = True


def join(*, slot: int, party: Party, contact: Contact, language: str, now: dt.datetime) -> WaitingParty:
    """Put the whole party in line for a full slot and return its place.

    :raises Refused: unknown or closed slot, a rule of the party, room that is left, or a phone that waits already.
    """
    row = holding.bookable(slot, now)
    whole = priced(party, slot=row, sheet=sheets.recent(row.experience_id, now))
    if min(row.left, row.day.left) >= whole.people and not _line(row.pk).exists():
        raise RoomIsLeft(_("There is room for your party."), advice=_("Book it now."), field="slot")
    waiting = WaitingParty(
        number=new_reference("BW"),
        slot=row,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        language=language,
        party=party.as_dict(),
        seats=whole.seats,
        people=whole.people,
        joined_at=now,
    )
    try:
        with transaction.atomic():
            rows.insert_one(waiting)
            waiting.log("waiting", at=now, by="visitor")
            if line.offer_freed([row], now=now):  # there was room that is too small for those before it
                waiting.refresh_from_db(fields=["status", "offered_until"])
    except IntegrityError as error:
        raise WaitsAlready(
            _("This phone number waits for that time already."), advice=_("You hear from us when seats come free.")
        ) from error
    return waiting


@transaction.atomic
def leave(*, party: WaitingParty, by: str, now: dt.datetime) -> None:
    """Leave the line; seats that were offered go to the next.

    :raises OfferEnded: when the party booked, left or was let go before.
    """
    try:
        _end(_locked(party), Status.LEFT, by, now)
    except WrongState as error:
        raise _ended() from error


@transaction.atomic
def accept(*, party: WaitingParty, wish: Wish, key: str, now: dt.datetime) -> Booking:
    """Book the offered seats: the party's slot, tickets, phone and language, with the answers and the plan of `wish`.

    :raises OfferEnded: when the offer's time is over; it went to the next.
    :raises Refused: what `booking.hold` refuses; the offer stays.
    """
    party = _locked(party)
    if party.status == Status.BOOKED and party.booking:
        return party.booking
    if not party.may_book(now):
        raise _ended()
    list(Credit.objects.select_for_update().filter(code=wish.credit))  # counters are locked in one order: credits first
    limited.release([party.holder], why="booked", now=now)  # taken again below, under the same locks
    contact = dataclasses.replace(wish.contact, phone=party.phone)
    mine = dataclasses.replace(wish, slot=party.slot_id, party=Party.of(party.party), contact=contact)
    booking = holding.hold(wish=mine, language=party.language, key=key, now=now, whole=whole_of(party, now))
    party.move(Status.BOOKED, at=now, by="visitor", booking=booking)
    return booking


def whole_of(party: WaitingParty, now: dt.datetime) -> PricedParty:
    """The party as it was accepted, with tickets that are offered no longer and the seats they took then, priced now.

    :raises UnknownTicketType: when one of its tickets is gone for good.
    """
    kept = Kept(seats=party.seats)
    return accepted(Party.of(party.party), slot=party.slot, sheet=sheets.for_wait(party, now), kept=kept)


@transaction.atomic
def let_go(*, party: WaitingParty, now: dt.datetime) -> bool:
    """The wait is pointless or its offer over: the next in line gets the seats. False when it ended before."""
    party = _locked(party)
    if party.status not in WaitingParty.MOVES[Status.LAPSED]:
        return False
    _end(party, Status.LAPSED, "system", now)
    outbox.publish("party.lapsed", at=now, number=party.number)
    return True


def end_lapsed(now: dt.datetime) -> int:
    """End offers that were not taken in time (the next in line gets the seats) and waits that are pointless."""
    over = Q(status=Status.OFFERED, offered_until__lte=now) | Q(status=Status.WAITING, slot__cut_off_at__lte=now)
    lapsed = list(WaitingParty.objects.filter(over).order_by("pk")[:AT_ONCE])
    return sum(let_go(party=party, now=now) for party in lapsed)


def place_of(party: WaitingParty) -> int:
    """How many wait for the same slot up to this party, itself among them."""
    return _line(party.slot_id).filter(pk__lte=party.pk).count()


def _line(slot: int) -> QuerySet[WaitingParty]:
    return WaitingParty.objects.filter(slot=slot, status=Status.WAITING)


def _end(party: WaitingParty, to: str, by: str, now: dt.datetime) -> None:
    was_offered = party.status == Status.OFFERED
    party.move(to, at=now, by=by)
    if was_offered:
        limited.release([party.holder], why=str(to), now=now)
        line.offer_freed([party.slot], now=now)


def _locked(party: WaitingParty) -> WaitingParty:
    waiting = WaitingParty.objects.select_for_update(of=("self",)).select_related("slot__day", "slot__experience")
    return waiting.get(pk=party.pk)


def _ended() -> OfferEnded:
    return OfferEnded(
        _("These seats are no longer offered to you."), advice=_("Look at the calendar for times with room.")
    )
