"""The gate: look at a code, let one, some or all of the party in exactly once, and take what is still to pay."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farm import payments, rows
from farm.money import yuan
from farm.payments import desk
from farm.refusals import Refused
from tours import asked, paying, receiving, tickets, verdicts
from tours.models import Booking, CheckIn, Ticket
from tours.tickets import Claim, Finding
from tours.verdicts import Verdict

PREFIX = "BV"
NUMBER = re.compile(r"(?:BV)?([0-9A-Z]{10})")
MISREAD = str.maketrans("OIL", "011")  # letters that no number has, for the digits they are mistaken for
SPACING = re.compile(r"[\s\-]+")


class NotLetIn(Refused):
    """The look was red; `verdict` says why and shows the first scan."""

    code = "not_let_in"
    conflict = True

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.words, advice=verdict.advice, verdict=verdict.code)
        self.verdict = verdict


class TooMany(Refused):
    """More people than still wait outside."""

    code = "too_many"
    conflict = True


class NonceUsed(Refused):
    """The scanner's number belongs to another scan."""

    code = "nonce_used"
    conflict = True


class OtherSum(Refused):
    """Another sum is to be paid than the one that was shown; nothing was taken."""

    code = "other_sum"
    conflict = True


@dataclass(frozen=True)
class Scan:
    """One scan: the scanner's own number for it, where, by whom and when; later than `at` the farm may hear of it."""

    nonce: str
    gate: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Whom:
    """Who of a party comes in: the tickets with these keys, or so many of those outside, or all of them.

    `despite` is the verdict that our people saw and overruled: nobody comes in to a closed visit unknowingly.
    """

    keys: tuple[str, ...] = ()
    people: int | None = None
    despite: str = ""

    def overrules(self, verdict: Verdict) -> bool:
        return verdict.code != verdicts.CLOSED or self.despite == verdicts.CLOSED


@dataclass(frozen=True)
class Admission:
    """Who was let in by one scan, and the whole party as it stands after it."""

    booking: Booking
    check_in: CheckIn
    party: Sequence[Ticket]
    is_repeat: bool = False

    @property
    def outside(self) -> int:
        return sum(ticket.check_in_id is None for ticket in self.party)


def look(text: str, *, now: dt.datetime) -> Verdict:
    """What the gate says of a scanned or typed code; nothing is changed. Two queries whatever the party."""
    try:
        claim = claimed(text)
    except (tickets.NotOurs, tickets.Unknown) as refusal:
        return verdicts.of_nobody(refusal.reason, refusal.advice, refusal.code)
    return verdicts.of(claim, party_of(claim.booking), now)


def claimed(text: str, find: Finding = tickets.known) -> Claim:
    """Whom a ticket's code or a typed booking number stands for; `find` looks up the booking by its number.

    :raises NotOurs, Unknown: for anything else.
    """
    if (typed := NUMBER.fullmatch(SPACING.sub("", text).upper())) is None:
        return tickets.read(text, find)
    booking = find(PREFIX + typed[1].translate(MISREAD))
    if booking is None:
        raise tickets.Unknown(
            _("There is no booking with this number."), advice=_("Read it again, or look on today's list.")
        )
    return Claim(booking=booking, key="", issue=booking.issue)


def party_of(booking: Booking) -> list[Ticket]:
    """Everybody of a booking, with how and when they were let in."""
    return rows.read(_party, booking.number)


def claimed_with_party(code: str) -> tuple[Claim, list[Ticket]]:
    """Whom a code stands for, its booking held until commit, and everybody of it as they are then.

    :raises NotOurs, Unknown: as `claimed`.
    """
    party: list[Ticket] = []

    def find(number: str) -> Booking | None:
        _, bookings, tickets_of_it = rows.read_in_turn((asked.held_still, asked.numbered_with_slot, _party), number)
        party.extend(tickets_of_it)
        return next(iter(bookings), None)

    return claimed(code, find), party


def admit(*, code: str, whom: Whom, scan: Scan, now: dt.datetime) -> Admission:
    """Let people of a party in; the same nonce again gives the same answer and lets nobody in.

    :raises NotLetIn: when the look is red, or the visit closed and `whom` does not say that our people know it.
    :raises TooMany: when fewer wait outside than are to come in; nobody is let in.
    :raises NotOurs, Unknown, NonceUsed: for what was shown, or a nonce of another scan.
    """
    try:
        return _admit_at_once(code, whom, scan, now) or _admit(code, whom, scan, now)
    except IntegrityError as error:
        raise nonce_used() from error


def let_in(
    chosen: Sequence[Ticket], party: Sequence[Ticket], booking: Booking, scan: Scan, now: dt.datetime
) -> CheckIn:
    """Mark these tickets of a party as used by `scan`, all or none, in a transaction that holds the booking.

    :raises IntegrityError: when a scan of another booking had the nonce.
    """
    check_in = CheckIn(
        nonce=scan.nonce, booking=booking, people=len(chosen), gate=scan.gate, by=scan.by, at=scan.at, told_at=now
    )
    marked = rows.marking(Ticket, "check_in", {"nonce": scan.nonce}, [ticket.pk for ticket in chosen])
    changes = [rows.making(check_in), marked]
    lines = [booking.line("let in", at=scan.at, by=scan.by, people=len(chosen), gate=scan.gate)]
    if has_come := _has_come(booking, party, chosen):
        changes.insert(0, booking.becoming(Booking.Status.ATTENDED, still=["issue"]))
        lines.append(booking.line(Booking.Status.ATTENDED, at=scan.at, by=scan.by))
    rows.change_at_once([*changes, rows.inserting(lines)])
    if has_come:
        booking.status = Booking.Status.ATTENDED
    for ticket in chosen:
        ticket.check_in = check_in
    return check_in


@transaction.atomic
def take_balance(*, booking: Booking, amount_fen: int, how: str, by: str, now: dt.datetime) -> Booking:
    """Take what is left to pay of a booking at the desk (`how`: a TillEntry.How), and return it paid.

    :raises NotPossibleNow: when nothing is.
    :raises OtherSum: when it is not `amount_fen`, the sum that both sides of the desk have seen.
    """
    bill = paying.remainder(booking, now=now)
    if bill.amount_fen != amount_fen:
        raise other_sum(bill.amount_fen)
    asked = payments.Bill(
        payable=bill.payable,
        amount_fen=bill.amount_fen,
        subject=_("Beizhen farm visit, booking %(number)s") % {"number": booking.number},
        expires_at=now + dt.timedelta(hours=1),
    )
    payment = desk.take_at_desk(asked, by=by, how=how, now=now)
    receiving.on_payment(payable=bill.payable, payment=payment.trade_no, amount_fen=bill.amount_fen, by=by, now=now)
    booking.refresh_from_db()
    return booking


def _party(number: str) -> QuerySet[Ticket]:
    mine = Ticket.objects.filter(booking__number=number)
    return mine.select_related("unit__ticket_type", "check_in").order_by("pk")


def _party_with_booking(number: str) -> QuerySet[Ticket]:
    return _party(number).select_related("booking__slot__experience", "booking__slot__day")


def narrowed(claim: Claim, whom: Whom) -> Claim:
    """Who scans one ticket may let in others of its party, too; without choosing, the one ticket alone."""
    if whom.people is None and not whom.keys:
        return claim
    return Claim(booking=claim.booking, key="", issue=claim.issue)


def other_sum(amount_fen: int) -> OtherSum:
    return OtherSum(
        _("It is ¥%(yuan)s now.") % {"yuan": yuan(amount_fen)},
        advice=_("Tell them the new sum, then take it."),
        field="amount_fen",
        amount_fen=amount_fen,
    )


def nonce_used() -> NonceUsed:
    return NonceUsed(_("This scan was counted for another booking."), advice=_("Scan the code again."))


def _admit_at_once(code: str, whom: Whom, scan: Scan, now: dt.datetime) -> Admission | None:
    """Let in a party that has come with these, in two statements: nobody holds its booking, but only one can move it.

    None when it is not as simple as that, be it red, a part of the party, or others at the same moment.
    """
    party: list[Ticket] = []

    def find(number: str) -> Booking | None:
        party.extend(rows.read(_party_with_booking, number))
        return party[0].booking if party else None

    try:
        claim = claimed(code, find)
        chosen = _chosen(claim, party, whom, scan)
        if not _has_come(claim.booking, party, chosen):
            return None
        return Admission(claim.booking, let_in(chosen, party, claim.booking, scan, now), party)
    except (Refused, rows.Overtaken, IntegrityError):
        return None


@transaction.atomic
def _admit(code: str, whom: Whom, scan: Scan, now: dt.datetime) -> Admission:
    claim, party = claimed_with_party(code)
    # A scan of this booking let in somebody of its party, or it was none.
    known = next((one.check_in for one in party if one.check_in and one.check_in.nonce == scan.nonce), None)
    if known:
        return Admission(claim.booking, known, party, is_repeat=True)
    chosen = _chosen(claim, party, whom, scan)
    return Admission(claim.booking, let_in(chosen, party, claim.booking, scan, now), party)


def _chosen(claim: Claim, party: Sequence[Ticket], whom: Whom, scan: Scan) -> Sequence[Ticket]:
    verdict = verdicts.of(narrowed(claim, whom), party, scan.at)
    if not (verdict.may_be_let_in and whom.overrules(verdict)):
        raise NotLetIn(verdict)
    if whom.keys:
        chosen = [ticket for ticket in verdict.waiting if ticket.key in whom.keys]
    else:
        chosen = list(verdict.waiting[: whom.people])
    wanted = len(set(whom.keys)) or whom.people or len(chosen)
    if not 0 < wanted == len(chosen):
        raise TooMany(
            _("Only %(people)s of this party are outside yet.") % {"people": len(verdict.waiting)},
            advice=_("Look at the code again and let in fewer."),
            outside=len(verdict.waiting),
        )
    return chosen


def _has_come(booking: Booking, party: Sequence[Ticket], chosen: Sequence[Ticket]) -> bool:
    """A party has come when all of it is in; one that was given up, or comes to a closed visit, with its first guest.

    Nobody looks after those two once more when the visit is over.
    """
    if booking.status == Booking.Status.ATTENDED:
        return False
    slot = booking.slot
    is_last_look = booking.status == Booking.Status.NO_SHOW or slot.is_closed or slot.day.is_closed
    return is_last_look or all(ticket.check_in or ticket in chosen for ticket in party)
