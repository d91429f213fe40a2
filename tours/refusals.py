"""Every way in which the visits say no, in words that say what to do next."""

from collections.abc import Sequence

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farm.refusals import Refused
from farm.templatetags.dates import when
from tours.models import Booking, Credit, Question, Slot, TicketType, Waiver


class UnknownSlot(Refused):
    code = "unknown_slot"


class SlotRefused(Refused):
    """Closed, past its cut-off or off sale."""

    code = "slot_not_open"
    conflict = True


class SlotFull(Refused):
    code = "sold_out"
    conflict = True


class PartyRefused(Refused):
    """The party breaks a rule of the experience."""

    code = "bad_party"


class UnknownTicketType(Refused):
    code = "unknown_ticket_type"


class BadAnswer(Refused):
    code = "bad_answer"


class WaiverNotAccepted(Refused):
    code = "waiver_not_accepted"


class PlanRefused(Refused):
    code = "bad_plan"


class TooManyOnArrival(Refused):
    """This phone has as many unpaid visits as the farm trusts anybody with."""

    code = "too_many_on_arrival"
    conflict = True


class CreditRefused(Refused):
    code = "bad_credit"
    conflict = True


class TooLate(Refused):
    code = "too_late"
    conflict = True


class NotPossibleNow(Refused):
    code = "wrong_state"
    conflict = True


def unknown_slot() -> UnknownSlot:
    return UnknownSlot(
        _("There is no such time for a visit."), advice=_("Choose a time that the calendar shows."), field="slot"
    )


def slot_closed(slot: Slot) -> SlotRefused:
    why = slot.closed_reason or slot.day.closed_reason
    return SlotRefused(
        _("The visit at %(time)s is closed: %(why)s.") % {"time": _time(slot), "why": why}
        if why
        else _("The visit at %(time)s is closed.") % {"time": _time(slot)},
        advice=_("Choose another time in the calendar."),
        field="slot",
    )


def past_cut_off(slot: Slot) -> SlotRefused:
    return SlotRefused(
        _("Bookings for %(time)s have closed.") % {"time": _time(slot)},
        advice=_("Choose a later time."),
        field="slot",
    )


def slot_full(slot: Slot, next_slots: Sequence[Slot], *, left: int) -> SlotFull:
    advice = (
        _("The next times with room: %(times)s.") % {"times": ", ".join(_time(other) for other in next_slots)}
        if next_slots
        else _("Join the waiting list: when enough seats come free, they are offered to you.")
    )
    return SlotFull(
        _("%(time)s has fewer seats left than your party needs.") % {"time": _time(slot)},
        advice=advice,
        field="slot",
        next_slots=[localtime(other.starts_at).isoformat() for other in next_slots],
        left=left,
    )


def unknown_ticket_type(code: str) -> UnknownTicketType:
    return UnknownTicketType(
        _("There is no ticket “%(code)s” for this experience.") % {"code": code[:50]},
        advice=_("Choose tickets from the list."),
        field="party",
    )


def bad_quantity(kind: TicketType, least: int, most: int) -> PartyRefused:
    return _party(
        _("This many tickets “%(ticket)s” cannot be booked.") % {"ticket": kind.name},
        _("Book between %(least)s and %(most)s of them.") % {"least": least, "most": most},
    )


def nobody() -> PartyRefused:
    return _party(_("Nobody is in the party."), _("Choose at least one ticket."))


def wrong_party_size(people: int, least: int, most: int) -> PartyRefused:
    return _party(
        _("A party of %(people)s cannot be booked.") % {"people": people},
        _("Between %(least)s and %(most)s people can come in one booking.") % {"least": least, "most": most},
    )


def alone(kind: TicketType, companions: Sequence[TicketType]) -> PartyRefused:
    who = _(" or ").join(companion.name for companion in companions)
    return _party(
        _("“%(ticket)s” cannot come alone: %(companions)s must be in the party.")
        % {"ticket": kind.name, "companions": who},
        _("Add one of them."),
    )


def too_many_for_grown_ups(kind: TicketType, companions: Sequence[TicketType], *, most: int) -> PartyRefused:
    who = _(" or ").join(companion.name for companion in companions)
    words = {"ticket": kind.name, "each": kind.per_grown_up, "companions": who, "most": most}
    return _party(
        _("Too many “%(ticket)s” for the grown-ups in the party: each may bring at most %(each)s.") % words,
        _("Book at most %(most)s of them, or add more of: %(companions)s.") % words,
    )


def no_answer(question: Question) -> BadAnswer:
    return BadAnswer(
        _("The question “%(question)s” needs an answer.") % {"question": question.words},
        advice=_("Answer it, please."),
        field=f"answers.{question.code}",
    )


def bad_answer(question: Question) -> BadAnswer:
    return BadAnswer(
        _("This is no answer to “%(question)s”.") % {"question": question.words},
        advice=_("Choose one of its answers."),
        field=f"answers.{question.code}",
    )


def unknown_question(code: str, asked: Sequence[Question]) -> BadAnswer:
    codes = ", ".join(question.code for question in asked)
    return BadAnswer(
        _("This visit asks no question “%(code)s”.") % {"code": code[:50]},
        advice=_("Answer only what it asks: %(codes)s.") % {"codes": codes}
        if asked
        else _("Leave the answers out: it asks none."),
        field=f"answers.{code[:50]}",
    )


def waiver_not_accepted(waiver: Waiver) -> WaiverNotAccepted:
    return WaiverNotAccepted(
        _("The rules of the visit were not accepted."),
        advice=_("Read and accept version %(version)s of them.") % {"version": waiver.version},
        field="waiver",
        version=waiver.version,
    )


def bad_plan() -> PlanRefused:
    return PlanRefused(
        _("This visit cannot be paid that way."), advice=_("Choose one of the ways it offers."), field="plan"
    )


def too_many_on_arrival(most: int) -> TooManyOnArrival:
    return TooManyOnArrival(
        ngettext(
            "This phone number has %(most)s visit already that is to be paid on arrival.",
            "This phone number has %(most)s visits already that are to be paid on arrival.",
            most,
        )
        % {"most": most},
        advice=_("Pay one of them by its link, pay this one now, or call the farm."),
        field="plan",
    )


def unknown_credit() -> CreditRefused:
    return CreditRefused(
        _("This credit is not yours, is used up or has expired."),
        advice=_("Book without it, or call the farm."),
        field="credit",
    )


def credit_used(credit: Credit) -> CreditRefused:
    return CreditRefused(
        _("Credit %(code)s was used just now.") % {"code": credit.code},
        advice=_("Book again to see what is left of it."),
        field="credit",
    )


def too_late(booking: Booking) -> TooLate:
    return TooLate(
        _("Booking %(number)s can no longer be changed.") % {"number": booking.number},
        advice=_("Its time has come or changes have closed; call the farm if something is wrong."),
    )


def not_possible(booking: Booking) -> NotPossibleNow:
    words = {"number": booking.number, "status": booking.get_status_display().lower()}
    return NotPossibleNow(
        _("Booking %(number)s is %(status)s.") % words,
        advice=_("Reload its page to see what can be done now."),
    )


def nobody_to_tell(booking: Booking) -> NotPossibleNow:
    return NotPossibleNow(
        _("Booking %(number)s has neither a phone number nor a mail address.") % {"number": booking.number},
        advice=_("Show or print its tickets instead."),
    )


def same_as_before(booking: Booking) -> NotPossibleNow:
    return NotPossibleNow(
        _("Booking %(number)s is already like that.") % {"number": booking.number},
        advice=_("Choose another time or another party."),
    )


def change_waits(booking: Booking) -> NotPossibleNow:
    return NotPossibleNow(
        _("A change of booking %(number)s waits for its payment.") % {"number": booking.number},
        advice=_("Pay for it or drop it first."),
    )


def nothing_to_pay(booking: Booking) -> NotPossibleNow:
    return NotPossibleNow(
        _("Nothing is to be paid for booking %(number)s.") % {"number": booking.number},
        advice=_("Reload its page to see what can be done now."),
    )


def _party(reason: str, advice: str) -> PartyRefused:
    return PartyRefused(reason, advice=advice, field="party")


def _time(slot: Slot) -> str:
    return when(slot.starts_at)
