"""What the farm tells its visitors, in the booking's language and with the link to the booking."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from farm import rows
from farm.models import Notice
from farm.money import yuan
from farm.notify import Message, notify, notify_sparingly
from farm.templatetags.dates import day_of_year, when
from farm.web_addresses import absolute
from tours import changed, refusals
from tours.links import booking_path, party_path
from tours.models import Booking, ClosureOffer, Credit, Slot, WaitingParty
from tours.money import PREFIX

RESEND_EACH = dt.timedelta(minutes=10)


def on_confirmed(*, number: str, now: dt.datetime, **__: object) -> None:
    booking = _booking(number)
    with override(booking.language):
        text = _("Beizhen farm: see you on %(time)s, %(visit)s. Your tickets:")
        if booking.slot.runs == Slot.Runs.OPEN:
            text = _(
                "Beizhen farm: booked for %(time)s, %(visit)s. It is held when at least %(least)s people come; "
                "if fewer do, you hear by %(until)s. Your tickets:"
            )
        _tell_sparingly(booking, "confirmed", text % (_words(booking) | _minimum(booking.slot)), now)


def on_sure(*, slot: int, now: dt.datetime, **__: object) -> None:
    """Enough came together: whoever was told that the visit needs a minimum hears that it is held, each once."""
    parties = Booking.objects.filter(slot=slot, status=Booking.Status.CONFIRMED, slot__runs=Slot.Runs.SURE)
    to_come = parties.filter(slot__starts_at__gt=now, slot__is_closed=False, slot__day__is_closed=False)
    for booking in to_come.select_related("slot__experience").order_by("pk"):
        with override(booking.language):
            text = _(
                "Beizhen farm: enough people have booked: your visit on %(time)s, %(visit)s, is held. Your tickets:"
            )
            _tell_sparingly(booking, f"sure:{slot}", text % _words(booking), now)


def on_changed(*, number: str, now: dt.datetime, **__: object) -> None:
    booking = _booking(number)
    with override(booking.language):
        text = _("Beizhen farm: your visit, %(visit)s, is changed, now %(now)s. Older tickets are void, your new ones:")
        if booking.slot.runs == Slot.Runs.OPEN:
            text = _(
                "Beizhen farm: your visit, %(visit)s, is changed, now %(now)s. It is held when at least %(least)s "
                "people come; if fewer do, you hear by %(until)s. Older tickets are void, your new ones:"
            )
        said = booking.events.filter(what="changed").order_by("pk").last()
        # The time stands there also when only the party is new: who has two visits knows which by it.
        new = {"now": (said and changed.words(said.details | {"was": None})) or _time(booking.slot)}
        words = _words(booking) | _minimum(booking.slot) | new
        _tell_sparingly(booking, f"changed:{booking.issue}", text % words, now)


def on_cancelled(*, number: str, now: dt.datetime, given_fen: int | None = None, **__: object) -> None:
    booking = _booking(number)
    with override(booking.language):
        text = _("Beizhen farm: booking %(number)s is cancelled.") % {"number": number}
        tell = _tell_sparingly if given_fen == 0 else _tell_surely  # what was given is on its way back by now
        tell(booking, "cancelled", text, now)


def on_refunded(
    *, payable: str, amount_fen: int, why: str, now: dt.datetime, refund_no: str = "", **__: object
) -> None:
    number = payable.removeprefix(PREFIX).partition("/")[0]
    booking = Booking.objects.filter(number=number).first() if payable.startswith(PREFIX) else None
    if booking is None:
        return
    with override(booking.language):
        words = {"amount": yuan(amount_fen), "number": number}
        text = _("Beizhen farm: we sent back ¥%(amount)s for booking %(number)s.") % words
        _tell_surely(booking, f"refunded:{payable}:{refund_no or why}", text, now)


def on_offered(*, number: str, now: dt.datetime, **__: object) -> None:
    party = WaitingParty.objects.select_related("slot__experience").get(number=number)
    if not party.may_book(now) or party.offered_until is None:
        return  # told too late to be of use: it was taken or went to the next
    with override(party.language):
        words = {"time": _time(party.slot), "until": f"{localtime(party.offered_until):%H:%M}"}
        text = _("Beizhen farm: seats for %(time)s came free and are kept for you until %(until)s:") % words
        _tell_waiting(party, f"offered:{party.offered_until:%d%H%M}", text, now)


def on_lapsed(*, number: str, now: dt.datetime, **__: object) -> None:
    party = WaitingParty.objects.select_related("slot__experience").get(number=number)
    with override(party.language):
        text = _("Beizhen farm: your place in line for %(time)s has ended.") % {"time": _time(party.slot)}
        _tell_waiting(party, "lapsed", text, now)


def on_rained_out(*, number: str, offer: int, now: dt.datetime, **__: object) -> None:
    made = ClosureOffer.objects.select_related("closure", "booking__slot__experience").get(pk=offer)
    if made.status != ClosureOffer.Status.WAITING:
        return  # told too late to be of use: it was answered or undone
    with override(made.booking.language):
        words = {"reason": made.closure.reason, "until": when(made.closure.answer_until)}
        text = _(
            "Beizhen farm: your visit on %(time)s cannot be held: %(reason)s. "
            "Choose another time, your money or a credit until %(until)s:"
        )
        if not made.booking.paid_fen + made.booking.credit_fen:
            text = _(
                "Beizhen farm: your visit on %(time)s cannot be held: %(reason)s. Choose another time until %(until)s:"
            )
        _tell_surely(made.booking, f"rain:{offer}", text % (words | _words(made.booking)), now)


def on_rain_undone(*, number: str, offer: int, now: dt.datetime, **__: object) -> None:
    booking = _booking(number)
    with override(booking.language):
        text = _("Beizhen farm: good news, your visit on %(time)s is held after all. Your tickets stay valid:")
        _tell_surely(booking, f"rain undone:{offer}", text % _words(booking), now)


def on_credit(*, code: str, number: str, now: dt.datetime, **__: object) -> None:
    booking, credit = _booking(number), Credit.objects.get(code=code)
    with override(booking.language):
        words = {"amount": yuan(credit.limit), "code": code, "date": day_of_year(credit.expires_on)}
        text = _("Beizhen farm: your credit of ¥%(amount)s for another visit until %(date)s is %(code)s.") % words
        _tell_surely(booking, f"credit:{code}", text, now)


def remind(booking: Booking, *, now: dt.datetime) -> None:
    """Remind of tomorrow's visit, with what to bring and the note on the weather. The slot comes with its day."""
    with override(booking.language):
        experience = booking.slot.experience
        parts = [_("Beizhen farm: tomorrow, %(time)s, %(visit)s. Meet here: %(place)s.") % _words(booking)]
        if experience.bring:
            parts.append(_("Bring: %(things)s.") % {"things": pgettext("list", ", ").join(experience.bring)})
        if booking.slot.weather_note:
            parts.append(booking.slot.weather_note)
        _tell_sparingly(booking, reminder_key(booking.slot), " ".join(parts), now)


def reminder_key(slot: Slot) -> str:
    """By the slot, so that a visit that was moved is reminded of again."""
    return f"reminder:{slot.pk}"


def send_again(booking: Booking, *, now: dt.datetime) -> None:
    """Send the link to the tickets once more; repeats within ten minutes are one.

    :raises NotPossibleNow: while there are none, or no more, or nobody left a phone or a mail address.
    """
    if booking.status not in (Booking.Status.CONFIRMED, Booking.Status.ATTENDED):
        raise refusals.not_possible(booking)
    if not (booking.phone or booking.email):
        raise refusals.nobody_to_tell(booking)
    with override(booking.language):
        text = _("Beizhen farm: your tickets for %(time)s, %(visit)s:") % _words(booking)
        _tell_sparingly(booking, f"again:{int(now.timestamp() // RESEND_EACH.total_seconds())}", text, now)


def _tell_sparingly(booking: Booking, what: str, text: str, now: dt.datetime) -> None:
    """As `_tell_surely`, but few a day while nobody has paid anything and it is no sale of our own staff."""
    is_ours = booking.channel == Booking.Channel.GATE
    tell = notify if is_ours or booking.paid_fen or booking.credit_fen else notify_sparingly
    _tell_party_of(booking, what, text, partial(tell, about=booking.holder, now=now))


def _tell_surely(booking: Booking, what: str, text: str, now: dt.datetime) -> None:
    """Note `text` with the booking's link, for its phone and its mail address if it has them; once per `what`."""
    _tell_party_of(booking, what, text, partial(notify, about=booking.holder, now=now))


def _tell_party_of(booking: Booking, what: str, text: str, tell: Callable[..., None]) -> None:
    words = f"{text} {absolute(booking_path(booking))}"
    _tell(booking.phone, booking.email, words, f"{booking.number}:{what}", tell)


def _tell_waiting(party: WaitingParty, what: str, text: str, now: dt.datetime) -> None:
    words = f"{text} {absolute(party_path(party))}"
    tell = partial(notify_sparingly, about=party.holder, now=now)
    _tell(party.phone, party.email, words, f"{party.number}:{what}", tell)


@transaction.atomic
def _tell(phone: str, email: str, words: str, key: str, tell: Callable[..., None]) -> None:
    if phone:
        tell(Message(Notice.Channel.SMS, phone, words), key=key)
    if email:
        tell(Message(Notice.Channel.MAIL, email, words, _("Your visit at the Beizhen farm")), key=f"{key}:mail")


def _booking(number: str) -> Booking:
    return rows.one(_with_visit, number)


def _with_visit(number: str) -> QuerySet[Booking]:
    return Booking.objects.select_related("slot__experience").filter(number=number)


def _words(booking: Booking) -> dict[str, str]:
    experience = booking.slot.experience
    return {"time": _time(booking.slot), "visit": experience.name, "place": experience.meeting_point}


def _minimum(slot: Slot) -> dict[str, object]:
    return {"least": slot.minimum_to_run, "until": when(slot.decided_by)}


def _time(slot: Slot) -> str:
    return when(slot.starts_at)
