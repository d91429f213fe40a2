"""Signing in without a password: a code goes to a phone or a mail address, who types it in time is its owner."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from farm import customers
from farm.contacts import Contact
from farm.models import Customer, SignIn, SignInCode
from farm.models.accounts import MOST_CODES_A_DAY, MOST_TRIES
from farm.notify import Message, notify
from farm.refusals import Refused
from farm.security import sign, unsign

CODE_MINUTES = 10
ABOUT = "sign-in"
"""What messages with a code are about: of no use to anybody as soon as the code has ended."""
TICKET = "sign-in-code"
TOKEN_BYTES = 32
FRESH = dt.timedelta(minutes=30)


class EnoughCodes(Refused):
    """The day's codes for this phone or mail address are used up."""

    code = "enough_codes"
    conflict = True


class WrongCode(Refused):
    """Not the digits that were sent; some tries are left."""

    code = "wrong_code"


class CodeOver(Refused):
    """Too late, used, tried too often, or never asked for: one answer for all of them."""

    code = "code_over"
    conflict = True


class SignInAgain(Refused):
    """What cannot be undone asks for a sign-in of just now."""

    code = "sign_in_again"
    conflict = True


@dataclass(frozen=True)
class SignedIn:
    """A new sign-in, and the token by which its device is known from now on: it is nowhere else."""

    sign_in: SignIn
    token: str


def ask_code(*, contact: Contact, language: str, now: dt.datetime) -> SignInCode:
    """Send six digits to `contact`, whether the farm knows it or not, and return the code's row.

    :raises EnoughCodes: after ten in one day.
    """
    digits = f"{secrets.randbelow(1_000_000):06}"
    day = localdate(now)
    last = SignInCode.objects.filter(contact=contact.to, day=day).aggregate(last=Max("number"))["last"] or 0
    asked = SignInCode(
        channel=contact.channel,
        contact=contact.to,
        language=language,
        digest=_digest(contact.to, digits, now),
        day=day,
        number=last + 1,
        made_at=now,
        ends_at=now + dt.timedelta(minutes=CODE_MINUTES),
    )
    if asked.number > MOST_CODES_A_DAY:
        raise _enough()
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            _send(asked, digits, now)
    except IntegrityError as error:  # asked twice at the same instant: the other one is on its way
        raise _enough() from error
    return asked


def ticket_of(asked: SignInCode) -> str:
    """What whoever asked shows together with the digits: a code is of use only where it was asked for."""
    return sign(str(asked.pk), purpose=TICKET)


def asked_with(ticket: str) -> SignInCode | None:
    """The code that was asked for with this ticket; None when the ticket is none of ours, or old."""
    pk = unsign(ticket, purpose=TICKET, max_age=dt.timedelta(days=1))
    return SignInCode.objects.filter(pk=pk).first() if pk else None


def sign_in(*, ticket: str, digits: str, device: str, now: dt.datetime) -> SignedIn:
    """Sign in with the digits that were sent for `ticket`. Each call is one of five tries, and a code is used once.

    :raises WrongCode: when they are others; CodeOver: when the code is over or unknown.
    """
    asked = asked_with(ticket)
    if asked is None or not _count_try(asked, now):
        raise _over()
    if not constant_time_compare(asked.digest, _digest(asked.contact, digits, asked.made_at)):
        left = MOST_TRIES - SignInCode.objects.values_list("tries", flat=True).get(pk=asked.pk)
        raise _wrong(left) if left else _over()
    return _begin(asked, device, now)


def signed_in(token: str, *, now: dt.datetime) -> SignIn | None:
    """The running sign-in of a device, with its customer."""
    known = SignIn.objects.running(now).select_related("customer")
    return known.filter(digest=_fingerprint(token)).first() if token else None


def sign_out(sign_in: SignIn, *, now: dt.datetime) -> None:
    SignIn.objects.filter(pk=sign_in.pk, ended_at=None).update(ended_at=now)


def sign_out_elsewhere(sign_in: SignIn, *, now: dt.datetime) -> int:
    """End the customer's sign-ins on all other devices; return how many."""
    others = SignIn.objects.running(now).filter(customer=sign_in.customer_id).exclude(pk=sign_in.pk)
    return others.update(ended_at=now)


def check_fresh(sign_in: SignIn, *, now: dt.datetime) -> None:
    """:raises SignInAgain: when it began more than half an hour ago."""
    if now - sign_in.at > FRESH:
        raise SignInAgain(_("You signed in a while ago."), advice=_("Sign in again, so that we know it is you."))


@transaction.atomic
def _begin(asked: SignInCode, device: str, now: dt.datetime) -> SignedIn:
    if not SignInCode.objects.filter(pk=asked.pk, used_at=None).update(used_at=now):
        raise _over()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    begun = SignIn.objects.create(
        customer=_customer(asked, now),
        digest=_fingerprint(token),
        device=device[:20],
        at=now,
        ends_at=now + dt.timedelta(days=settings.SIGN_IN_DAYS),
    )
    return SignedIn(begun, token)


def _customer(asked: SignInCode, now: dt.datetime) -> Customer:
    whose = {"email": asked.contact} if asked.channel == "mail" else {"phone": asked.contact}
    return customers.known(**whose, language=asked.language, now=now)


def _count_try(asked: SignInCode, now: dt.datetime) -> bool:
    """One conditional UPDATE, before anything is compared: tries at the same time are tries all the same."""
    open_ones = SignInCode.objects.filter(pk=asked.pk, used_at=None, ends_at__gt=now, tries__lt=MOST_TRIES)
    return bool(open_ones.update(tries=F("tries") + 1))


def _send(asked: SignInCode, digits: str, now: dt.datetime) -> None:
    with override(asked.language):
        words = {"code": digits, "minutes": CODE_MINUTES}
        text = _("Beizhen Grapes: %(code)s is your code to sign in, for %(minutes)s minutes. We never ask you for it.")
        message = Message(asked.channel, asked.contact, text % words, _("Your code for Beizhen Grapes"))
        notify(message, key=f"{ABOUT}:{asked.pk}", about=ABOUT, now=now, until=asked.ends_at)


def _digest(contact: str, digits: str, made_at: dt.datetime) -> str:
    """Keyed, for a million codes are tried in a second; with the moment, so that equal digits look different."""
    said = f"{contact} {made_at.timestamp():.6f} {digits}"
    return salted_hmac("farm.accounts", said, algorithm="sha256").hexdigest()


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _enough() -> EnoughCodes:
    return EnoughCodes(
        _("Many codes were asked for here."), advice=_("Use the newest one you got, or try again tomorrow.")
    )


def _over() -> CodeOver:
    return CodeOver(_("This code is over."), advice=_("Ask for a new one."), field="code")


def _wrong(left: int) -> WrongCode:
    advice = ngettext(
        "Look at the newest message: %(left)s try is left.",
        "Look at the newest message: %(left)s tries are left.",
        left,
    )
    return WrongCode(_("These are not the digits we sent."), advice=advice % {"left": left}, field="code")
