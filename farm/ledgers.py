"""Re-add what the ground counts: every counter from its movements, every state from its events, work that is late.

A check is a function of the clock that yields one sentence per thing that does not add up; its docstring's first line
is what it proves. `beizhen.verify` lists the checks of all rooms.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Lag

from farm import limited
from farm.models import Job, Movement, OutboxMessage, PaymentEvent, RefundEvent, StaffTask
from farm.money import yuan
from farm.payments import ledger, refunds, statements

LATE = dt.timedelta(minutes=5)


def counters_equal_their_movements(now: dt.datetime) -> Iterator[str]:
    """Every counter is the sum of its movements."""
    moved = _moved()
    for kind in limited.kinds():
        for row in kind._default_manager.order_by("pk").iterator():
            added = moved.pop(row.counter, 0)
            if row.taken != added:
                yield f"{row}: {row.taken} taken, but its movements add up to {added}"
    for counter, added in moved.items():
        if added:
            yield f"{counter}: movements add up to {added}, but there is no such row"


def counters_stay_within_limits(now: dt.datetime) -> Iterator[str]:
    """Nothing is promised beyond its limit."""
    for kind in limited.kinds():
        for row in kind._default_manager.filter(taken__gt=F("limit")).iterator():
            yield f"{row}: {row.taken} taken of {row.limit}"


def nobody_gives_back_more_than_they_took(now: dt.datetime) -> Iterator[str]:
    """No holder gave back more than it took."""
    sums = Movement.objects.values("holder", "counter").annotate(held=Sum("amount")).filter(held__lt=0)
    for entry in sums.order_by("holder", "counter").iterator():
        yield f"{entry['holder']}: holds {entry['held']} of {entry['counter']}"


def payments_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every payment stands where its history says."""
    yield from broken_histories(PaymentEvent.objects.all(), owner="payment", begins="started", number="trade_no")


def refunds_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every refund stands where its history says."""
    yield from broken_histories(RefundEvent.objects.all(), owner="refund", begins="due", number="refund_no")


def money_adds_up(now: dt.datetime) -> Iterator[str]:
    """The money book agrees with itself, with the practice cashier's book and with the till."""
    yield from ledger.differences()


def jobs_are_done_in_time(now: dt.datetime) -> Iterator[str]:
    """No job waits or runs more than five minutes beyond its time."""
    unfinished = Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING), next_try_at__lte=now - LATE)
    for job in unfinished.order_by("next_try_at").iterator():
        yield f"{job}: was due or its lease ended at {job.next_try_at:%Y-%m-%d %H:%M:%S}"


def messages_are_told_in_time(now: dt.datetime) -> Iterator[str]:
    """No outbox message waits longer than five minutes."""
    waiting = OutboxMessage.objects.filter(next_try_at__isnull=False, written_at__lte=now - LATE)
    for message in waiting.order_by("pk").iterator():
        yield f"{message}: waits since {message.written_at:%Y-%m-%d %H:%M:%S} {message.error[:80]}".rstrip()


def statements_are_explained(now: dt.datetime) -> Iterator[str]:
    """No difference with a provider's statement waits for a person."""
    for task in StaffTask.objects.filter(key__startswith=statements.TASK, settled_at=None).order_by("pk").iterator():
        yield task.what


def refunds_go_back_in_time(now: dt.datetime) -> Iterator[str]:
    """No refund waits longer than a day to be sent or paid back by hand."""
    waiting = refunds.on_their_way().filter(asked_at__lte=now - refunds.ANSWER_WITHIN)
    for refund in waiting.select_related("payment").order_by("asked_at").iterator():
        since = f"since {refund.asked_at:%Y-%m-%d %H:%M}"
        yield f"{refund}: ¥{yuan(refund.amount_fen)} for {refund.payment.payable} {since}"


def nothing_is_parked(now: dt.datetime) -> Iterator[str]:
    """No job or message waits for a person."""
    for job in Job.objects.filter(state=Job.State.PARKED).iterator():
        yield f"{job}: {job.error[:80]}"
    for message in OutboxMessage.objects.filter(sent_at=None, next_try_at=None).iterator():
        yield f"{message}: parked: {message.error[:80]}"


def left_of_payment() -> CombinedExpression:
    """What an annotated payment keeps; what a provider refused to send back is no longer ours, though still here."""
    refused = refunds.refused_with_a_task().filter(payment=OuterRef("pk")).order_by().values("payment")
    stuck = Coalesce(Subquery(refused.annotate(fen=Sum("amount_fen")).values("fen")), 0)
    return F("amount_fen") - F("refunded_fen") - stuck


def totals() -> list[dict[str, Any]]:
    """For each kind of limited thing: rows, limit, taken, and what the movements add up to."""
    moved = _moved()
    lines = []
    for kind in limited.kinds():
        label = f"{kind._meta.label_lower}:"
        rows = list(kind._default_manager.values_list("limit", "taken"))
        lines.append(
            {
                "kind": str(kind._meta.verbose_name),
                "rows": len(rows),
                "limit": sum(limit for limit, _ in rows),
                "taken": sum(taken for _, taken in rows),
                "moved": sum(amount for counter, amount in moved.items() if counter.startswith(label)),
            }
        )
    return lines


def broken_histories(events: QuerySet[Any], *, owner: str, begins: str, number: str) -> Iterator[str]:
    """Rows whose status is not their last event, or whose events make a move that MOVES does not know.

    `owner` is the row that the events tell of, `begins` the event each history begins with and `number` the field
    by which people call the row.
    """
    kind: type[Any] = events.model._meta.get_field(owner).related_model
    steps = events.filter(what__in=[begins, *kind.Status.values])
    yield from _astray(kind, steps, owner, begins)
    before = Window(
        Lag("what", default=Value("", output_field=CharField())), partition_by=F(owner), order_by=F("pk").asc()
    )
    wrong = steps.annotate(before=before).exclude(_legal(kind, begins)).order_by("pk")
    for name, was, became in wrong.values_list(f"{owner}__{number}", "before", "what").iterator():
        yield f"{owner} {name}: went from {was or 'nothing'} to {became}"


def _astray(kind: type[Any], steps: QuerySet[Any], owner: str, begins: str) -> Iterator[str]:
    """Rows that stand elsewhere than their last event says, or have no history at all."""
    last = Subquery(steps.filter(**{owner: OuterRef("pk")}).order_by("-pk").values("what")[:1])
    where = Case(When(last=begins, then=Value(_born(kind))), default=Coalesce("last", Value("")))
    for row in kind.objects.annotate(last=last, stands=where).exclude(status=F("stands")).order_by("pk").iterator():
        yield f"{row}: its history ends with {row.last or 'nothing'}"


def _legal(kind: type[Any], begins: str) -> Q:
    """Neighbouring events that MOVES allows: the birth's own word stands for the status rows are born with."""
    legal = Q(before="", what=begins)
    for after, befores in kind.MOVES.items():
        words = [str(status) for status in befores]
        legal |= Q(before__in=[*words, begins] if _born(kind) in words else words, what=str(after))
    return legal


def _born(kind: type[Any]) -> str:
    return str(kind._meta.get_field("status").default)


def _moved() -> dict[str, int]:
    sums = Movement.objects.values_list("counter").annotate(amount=Sum("amount")).order_by()
    return dict(sums.iterator())
