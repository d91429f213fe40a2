"""A gate without network: what it takes along in the morning, and the scans that it tells of later."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.timezone import localdate, localtime, make_aware
from django.utils.translation import gettext as _

from farm import chores
from farm.models import StaffTask
from farm.security import mask_name
from tours import gate, manifest, tickets, tokens, verdicts
from tours.gate import Scan, Whom
from tours.manifest import Guests, SlotList
from tours.models import Booking, CheckIn, ScanConflict, Slot, Ticket

ONE_DAY = dt.timedelta(days=1)
ANSWER_WITHIN = dt.timedelta(hours=4)
UNREADABLE = "unreadable"
ABOUT_SCAN = "scan:"
"""So begin the names of tasks about scans; the scan's own number follows."""
STANDING = ("welcome", verdicts.WRONG_TIME, verdicts.CLOSED)


@dataclass(frozen=True)
class QueuedScan:
    """One scan that a gate kept while it had no network: the code, and who came in by it."""

    scan: Scan
    code: str
    whom: Whom


@dataclass(frozen=True)
class Unreadable:
    """A queued scan that says nothing the farm understands: `why` names its fields.

    `mark` tells it from others, for it may have no nonce: told again it is the same.
    """

    nonce: str
    by: str
    why: str
    mark: str


@dataclass(frozen=True)
class Told:
    """What became of a queued scan: so many are in by it; `conflict` says why others should not have come in."""

    nonce: str
    people: int
    conflict: str = ""
    words: str = ""


def bundle(now: dt.datetime) -> dict[str, Any]:
    """What a gate's page needs to work alone for today: the keys that verify tickets, who is expected and who is not.

    With today go visits that began yesterday and are still on, and those after midnight whose guests come before it.
    Names are masked and phones left out, whoever asks: a lost telephone tells nobody's name. Six queries for any day.
    """
    date = localdate(now)
    slots = _of_today(date, now)
    lists = manifest.of_slots(slots)
    return {
        "date": date.isoformat(),
        "early_minutes": int(verdicts.EARLY.total_seconds()) // 60,
        "until": _over_at(date, lists).isoformat(),
        "keys": tokens.public_keys(),
        "bookings": [_booking(guests, now) for slot in lists for guests in slot.guests],
        "gone": [{"number": booking.number, "issue": booking.issue} for booking in manifest.gone_from(slots)],
    }


def upload(scans: Iterable[QueuedScan], *, unreadable: Iterable[Unreadable] = (), now: dt.datetime) -> list[Told]:
    """Take over scans in the order in which they were made, each for itself; a nonce that is known changes nothing.

    People who came in at two gates are in once: the second scan becomes a conflict that our people look at. What is
    unreadable is for them, too, and never stops the others.
    """
    set_aside = [_set_aside(one, now) for one in unreadable]
    # A telephone's clock may be fast: nobody comes in later than we hear of it.
    in_time = [replace(queued, scan=replace(queued.scan, at=min(queued.scan.at, now))) for queued in scans]
    return [_take_over(queued, now) for queued in sorted(in_time, key=lambda queued: queued.scan.at)] + set_aside


def conflicts(now: dt.datetime) -> QuerySet[ScanConflict]:
    """What our people have not settled yet, and what was told since this time yesterday, newest first."""
    open_tasks = StaffTask.objects.filter(key=Concat(Value(ABOUT_SCAN), OuterRef("nonce")), settled_at=None)
    return ScanConflict.objects.filter(Exists(open_tasks) | Q(told_at__gt=now - ONE_DAY)).order_by("-pk")


def _take_over(queued: QueuedScan, now: dt.datetime) -> Told:
    try:
        with transaction.atomic():
            return _known(queued.scan.nonce) or _judge(queued, now)
    except IntegrityError:  # the same scan was told by another hand, or its nonce belongs to another booking
        return _known(queued.scan.nonce) or Told(queued.scan.nonce, 0, "nonce_used", gate.nonce_used().reason)


def _judge(queued: QueuedScan, now: dt.datetime) -> Told:
    try:
        claim, party = gate.claimed_with_party(queued.code)
    except (tickets.NotOurs, tickets.Unknown) as refusal:
        return _conflict(queued, refusal.code, refusal.reason, now)
    if known := _known(queued.scan.nonce):  # told by another hand while we waited for the booking
        return known
    verdict = verdicts.of(gate.narrowed(claim, queued.whom), party, queued.scan.at, told_at=now)
    if verdict.code not in STANDING:
        return _conflict(queued, verdict.code, verdict.words, now, claim.booking, verdict.first)
    chosen = _chosen(queued.whom, verdict.waiting)
    if chosen:
        gate.let_in(chosen, party, claim.booking, queued.scan, now)
    if len(chosen) >= _wanted(queued.whom):
        if queued.whom.overrules(verdict):
            return Told(queued.scan.nonce, len(chosen))
        return replace(_conflict(queued, verdict.code, verdict.words, now, claim.booking), people=len(chosen))
    first = _first(queued.whom, party)
    why, words = ("already_in", verdicts.first_words(first)) if first else ("dead", _("These tickets were replaced."))
    return replace(_conflict(queued, why, words, now, claim.booking, first), people=len(chosen))


def _chosen(whom: Whom, waiting: Sequence[Ticket]) -> Sequence[Ticket]:
    if whom.keys:
        return [ticket for ticket in waiting if ticket.key in whom.keys]
    return waiting[: whom.people]


def _wanted(whom: Whom) -> int:
    """How many came in by the scan: at least one, or it would not be told of."""
    return len(set(whom.keys)) or whom.people or 1


def _first(whom: Whom, party: Sequence[Ticket]) -> CheckIn | None:
    """The scan by which one of them was in before."""
    before = [ticket.check_in for ticket in party if not whom.keys or ticket.key in whom.keys]
    return next((check_in for check_in in before if check_in), None)


def _conflict(
    queued: QueuedScan,
    why: str,
    words: str,
    now: dt.datetime,
    booking: Booking | None = None,
    first: CheckIn | None = None,
) -> Told:
    """Write down that people came in whom the farm's books do not let in, and ask our people to look at it."""
    scan = queued.scan
    ScanConflict.objects.create(
        nonce=scan.nonce, booking=booking, why=why, gate=scan.gate, by=scan.by, at=scan.at, told_at=now, first=first
    )
    chores.raise_task(
        key=f"{ABOUT_SCAN}{scan.nonce}",
        what=lambda: (
            _("%(gate)s let in %(number)s without network: %(words)s")
            % {"gate": scan.gate, "number": booking.number if booking else _("an unknown ticket"), "words": words}
        ),
        about=booking.holder if booking else "",
        due_at=now + ANSWER_WITHIN,
        now=now,
    )
    return Told(scan.nonce, 0, why, words)


def _set_aside(one: Unreadable, now: dt.datetime) -> Told:
    """Somebody may be inside whom no book knows: our people ask whoever scanned, whose page still shows the scan."""
    chores.raise_task(
        key=f"{ABOUT_SCAN}unreadable:{one.nonce or one.mark}",
        what=lambda: (
            _("A scan that %(by)s made without network cannot be read: %(why)s") % {"by": one.by, "why": one.why}
        ),
        about="",
        due_at=now + ANSWER_WITHIN,
        now=now,
    )
    return Told(one.nonce, 0, UNREADABLE, one.why)


def _known(nonce: str) -> Told | None:
    """What became of a scan that was told before."""
    check_in = CheckIn.objects.filter(nonce=nonce).first()
    conflict = ScanConflict.objects.filter(nonce=nonce).select_related("first").first()
    if check_in is None and conflict is None:
        return None
    words = verdicts.first_words(conflict.first) if conflict and conflict.first else ""
    return Told(nonce, check_in.people if check_in else 0, conflict.why if conflict else "", words)


def _of_today(date: dt.date, now: dt.datetime) -> QuerySet[Slot]:
    still_on = Q(date=date - ONE_DAY, ends_at__gt=now)
    come_before_midnight = Q(date=date + ONE_DAY, starts_at__lt=_midnight_after(date) + verdicts.EARLY)
    return Slot.objects.filter(Q(date=date) | still_on | come_before_midnight)


def _over_at(date: dt.date, lists: Sequence[SlotList]) -> dt.datetime:
    """When a telephone forgets the day: at midnight, or when the last visit of its list has ended."""
    return localtime(max([_midnight_after(date), *(one.slot.ends_at for one in lists)]))


def _midnight_after(date: dt.date) -> dt.datetime:
    return make_aware(dt.datetime.combine(date + ONE_DAY, dt.time()))


def _booking(guests: Guests, now: dt.datetime) -> dict[str, Any]:
    booking, slot = guests.booking, guests.booking.slot
    return {
        "number": booking.number,
        "issue": booking.issue,
        "experience": slot.experience.name,
        "starts_at": localtime(slot.starts_at).isoformat(),
        "ends_at": localtime(slot.ends_at).isoformat(),
        "closed": verdicts.closed_words(slot) if slot.is_shut(now) else "",
        "who": mask_name(booking.name),
        "balance_fen": booking.balance_fen,
        "to_know": guests.to_know,
        "tickets": [
            {"key": ticket.key, "kind": ticket.unit.ticket_type.name, "is_in": ticket.check_in_id is not None}
            for ticket in guests.tickets
        ],
    }
