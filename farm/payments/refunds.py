"""Send money back: note it once, ask the provider until it answers, book what it answered."""

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from farm import chores, jobs, naming, outbox
from farm.models import Job, LedgerEntry, Payment, Refund, StaffTask
from farm.money import yuan
from farm.payments import providers
from farm.payments.providers import RefundOutcome
from farm.security import new_reference

JOB = "farm.tasks.refund"
REFUND_PREFIX = "RF"
TASK_PREFIX = "refund:"
ANSWER_WITHIN = dt.timedelta(hours=24)
EXPLAINED = ("cancelled", "late", "double")
"""Why money goes back without anybody having to look: what it was for is cancelled, or it came too late, or twice."""


class MoreThanPaid(Exception):
    """More would go back than came in and is still here; nothing was noted."""


class StillUnknown(Exception):
    """The provider cannot say yet what became of a refund; the job asks again with the same number."""


def on_refund_due(*, payable: str, payment: str, amount_fen: int, why: str, now: dt.datetime) -> None:
    """Note that `amount_fen` of the payment must go back, and ask for it to be sent. Twice for one reason is once."""
    paid = Payment.objects.get(trade_no=payment, payable=payable)
    try:
        _note(paid, amount_fen, why, now)
    except MoreThanPaid:
        chores.raise_task(
            key=f"refund:{payment}:{why}",
            what=lambda: (
                _("¥%(amount)s should go back (%(why)s), but %(payment)s has less than that left to give")
                % {"amount": yuan(amount_fen), "why": naming.reason(why), "payment": payment}
            ),
            about=payable,
            due_at=now + ANSWER_WITHIN,
            now=now,
        )


def turn_away(*, payable: str, payment: str, amount_fen: int, why: str, now: dt.datetime) -> None:
    """Send money back that what it was for does not take; staff are asked about what no payer would do."""
    if why not in EXPLAINED:
        chores.raise_task(
            key=f"{why}:{payment}",
            what=lambda: (
                _("%(payment)s brought ¥%(amount)s for %(payable)s: %(why)s, sent back")
                % {
                    "payment": payment,
                    "amount": yuan(amount_fen),
                    "payable": naming.thing(payable),
                    "why": naming.reason(why),
                }
            ),
            about=payable,
            due_at=now + ANSWER_WITHIN,
            now=now,
        )
    outbox.publish("refund.due", at=now, payable=payable, payment=payment, amount_fen=amount_fen, why=why)


def send_back(*, refund_no: str, now: dt.datetime) -> jobs.Recording:
    """The job's slow part: ask the provider to send the money, always under the same number.

    :raises StillUnknown: when it cannot say; the job tries again.
    """
    refund = Refund.objects.select_related("payment").get(refund_no=refund_no)
    if refund.status != Refund.Status.DUE:
        return lambda: None
    provider = providers.named(refund.payment.provider)
    outcome = provider.refund(refund, now)
    if outcome.state == "unknown":
        outcome = provider.query_refund(refund, now)
    if outcome.state == "unknown":
        raise StillUnknown(f"{refund}: {outcome.reason}")
    record = {"done": book, "refused": _give_up, "by_hand": _ask_a_person}[outcome.state]
    return partial(record, refund, outcome, now)


def ask_about_refund(*, refund: Refund, now: dt.datetime) -> None:
    """Ask the provider now what became of a refund (staff), book it if it was sent, else let a parked job go on.

    :raises ProviderAway: when it does not answer; its job goes on as planned.
    :raises WrongState: when it was booked already, or just now by its job.
    """
    provider = providers.named(refund.payment.provider)
    with providers.answering(refund):
        outcome = provider.query_refund(refund, now)
    if outcome.state == "done":
        with transaction.atomic():
            book(refund, outcome, now)
        return
    for job in Job.objects.filter(key=refund.refund_no):
        jobs.release(job, now=now)


def book(refund: Refund, outcome: RefundOutcome, now: dt.datetime, by: str = "system") -> None:
    """Write down, within the caller's transaction, that the money has gone back, and tell whoever had paid.

    :raises WrongState: when it was booked already.
    """
    payable = refund.payment.payable
    status = Refund.objects.select_for_update().values_list("status", flat=True).get(pk=refund.pk)
    if status == Refund.Status.REFUSED:  # it was sent after all; until now it did not count
        _promise(refund.payment_id, refund.amount_fen)
    refund.move(Refund.Status.DONE, at=now, by=by, done_at=outcome.at)
    LedgerEntry.objects.create(
        at=outcome.at, payable=payable, payment=refund.payment, refund=refund, amount_fen=-refund.amount_fen
    )
    sent = {"amount_fen": refund.amount_fen, "why": refund.why, "refund_no": refund.refund_no}
    outbox.publish("payment.refunded", at=now, payable=payable, **sent)


def task_of(refund: Refund) -> str:
    """The key of the staff task that a refund may need; what leads to the refund itself names it so, too."""
    return f"{TASK_PREFIX}{refund.refund_no}"


def on_their_way() -> QuerySet[Refund]:
    """Refunds that are still to reach somebody, however late: due at a provider or with a person."""
    return Refund.objects.filter(Q(status=Refund.Status.DUE) | Q(pk__in=refused_with_a_task().values("pk")))


def refused_with_a_task() -> QuerySet[Refund]:
    """Refunds that a provider refused, and that a person has been asked to settle another way."""
    task = StaffTask.objects.filter(key=Concat(Value(TASK_PREFIX), OuterRef("refund_no")), settled_at=None)
    return Refund.objects.filter(Exists(task), status=Refund.Status.REFUSED)


@transaction.atomic
def _note(paid: Payment, amount_fen: int, why: str, now: dt.datetime) -> None:
    number = new_reference(REFUND_PREFIX)
    refund, is_new = Refund.objects.get_or_create(
        payment=paid, why=why, defaults={"refund_no": number, "amount_fen": max(amount_fen, 0), "asked_at": now}
    )
    if not is_new:
        return
    _promise(paid.pk, amount_fen)
    refund.log("due", at=now)
    jobs.ask(JOB, number, now=now, refund_no=number)


def _promise(payment_pk: int, amount_fen: int) -> None:
    """Count the money as going back; one UPDATE decides that there is that much left."""
    paid = Payment.objects.filter(pk=payment_pk, status=Payment.Status.CAPTURED)
    left = paid.filter(refunded_fen__lte=F("amount_fen") - amount_fen)
    if amount_fen < 1 or not left.update(refunded_fen=F("refunded_fen") + amount_fen):
        raise MoreThanPaid


def _give_up(refund: Refund, outcome: RefundOutcome, now: dt.datetime) -> None:
    """The provider will never send it: the money is the farm's to return by another way, so a person must."""
    refund.move(Refund.Status.REFUSED, at=now, details={"reason": outcome.reason})
    Payment.objects.filter(pk=refund.payment_id).update(refunded_fen=F("refunded_fen") - refund.amount_fen)
    chores.raise_task(
        key=task_of(refund),
        what=lambda: (
            _("%(provider)s refused to refund ¥%(amount)s: %(reason)s")
            % {
                "provider": naming.provider(refund.payment.provider),
                "amount": yuan(refund.amount_fen),
                "reason": outcome.reason,
            }
        ),
        about=refund.payment.payable,
        due_at=now + ANSWER_WITHIN,
        now=now,
    )


def _ask_a_person(refund: Refund, outcome: RefundOutcome, now: dt.datetime) -> None:
    """The money came in by hand, so it goes back by hand; the refund stays due until somebody says that it did."""
    paid = refund.payment
    if Refund.objects.select_for_update().get(pk=refund.pk).status != Refund.Status.DUE:
        return  # somebody was faster than this job
    chores.raise_task(
        key=task_of(refund),
        what=lambda: (
            _("Pay back ¥%(amount)s of %(trade)s to whoever paid %(payable)s (%(why)s)")
            % {
                "amount": yuan(refund.amount_fen),
                "trade": paid.trade_no,
                "payable": naming.thing(paid.payable),
                "why": naming.reason(refund.why),
            }
        ),
        about=task_of(refund),
        due_at=now + ANSWER_WITHIN,
        now=now,
    )
