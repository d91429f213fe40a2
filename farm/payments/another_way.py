"""Money that a provider refused to send back and that our people sent by another way: written down once, with proof."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from farm import chores
from farm.models import PaidAnotherWay, Refund, StaffTask
from farm.payments import refunds
from farm.payments.providers import RefundOutcome
from farm.refusals import Refused


class NotRefused(Refused):
    """The provider has not refused it: it is on its way, or has gone back."""

    code = "not_refused"
    conflict = True


class NoReference(Refused):
    """Nothing says how the money went."""

    code = "no_reference"


@transaction.atomic
def pay_another_way(*, refund: Refund, how: str, reference: str, by: str, now: dt.datetime) -> PaidAnotherWay:
    """Write down that `by` has sent a refused refund back (`how`: a PaidAnotherWay.How); its staff task is settled.

    :raises NotRefused: when the provider still sends it or has sent it, or somebody wrote it down before.
    :raises NoReference: without the bank's number or a name.
    """
    _check_words(how, reference)
    locked = Refund.objects.select_for_update().select_related("payment").get(pk=refund.pk)
    if locked.status != Refund.Status.REFUSED:
        raise NotRefused(
            _("The provider has not refused this refund."),
            advice=_("Ask the provider what became of it before any money is sent by hand."),
        )
    try:
        refunds.book(locked, RefundOutcome("done", now), now, by=by)
    except refunds.MoreThanPaid as error:
        raise NotRefused(
            _("Of this payment so much is no longer left: it went back under another number."),
            advice=_("Look at the payment's refunds. Settle the task if nothing is owed."),
        ) from error
    words = {"how": how, "reference": reference.strip(), "by": by}
    paid = PaidAnotherWay.objects.create(refund=locked, at=now, amount_fen=locked.amount_fen, **words)
    for task in StaffTask.objects.filter(key=refunds.task_of(locked), settled_at=None):
        chores.settle(task=task, by=by, now=now)
    return paid


def _check_words(how: str, reference: str) -> None:
    longest = PaidAnotherWay._meta.get_field("reference").max_length or 0
    if how not in PaidAnotherWay.How.values or not 0 < len(reference.strip()) <= longest:
        raise NoReference(
            _("Nothing says how the money was sent."),
            advice=_("Choose the way, and write the bank's number or who signed for it, in at most 64 letters."),
            field="reference",
        )
