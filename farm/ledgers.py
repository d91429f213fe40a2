"""Re-add what the ground counts: every counter from its movements, every state from its events, work that is late.

A check is a function of the clock that yields one sentence per thing that does not add up; its docstring's first line
is what it proves. `beizhen.verify` lists the checks of all rooms. The database adds up, only what differs comes out:
the checks stand first, and below them the questions that they ask.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Lag, Substr
from django.utils.functional import lazy
from django.utils.translation import gettext_noop as _

from farm import history, limited, naming
from farm.language import said
from farm.models import Job, Movement, OutboxMessage, PaymentEvent, Refund, RefundEvent, StaffTask
from farm.money import yuan
from farm.payments import ledger, refunds, statements
from farm.questions import compiled_once, many_rows_compiled_once
from farm.states import Event

LATE = dt.timedelta(minutes=5)
MOVING_MONEY = ("payment.captured", "refund.due")
"""Topics that wait in the outbox while money is between two stories."""

SUMS_OF_KIND = 'SELECT {}, COUNT(*), COALESCE(SUM("limit"), 0), COALESCE(SUM("taken"), 0) FROM {}'


def counters_equal_their_movements(now: dt.datetime) -> Iterator[str]:
    """Every counter is the sum of its movements."""
    moved = dict(_moved())
    for kind in limited.kinds():
        for row in _all_of(kind):
            added = moved.pop(row.counter, 0)
            if row.taken != added:
                yield said(
                    _("%(row)s: %(taken)s taken, but its movements add up to %(added)s"),
                    row=row,
                    taken=row.taken,
                    added=added,
                )
    for counter, added in moved.items():
        if added:
            yield said(
                _("%(counter)s: movements add up to %(added)s, but there is no such row"),
                counter=counter,
                added=added,
            )


def counters_stay_within_limits(now: dt.datetime) -> Iterator[str]:
    """Nothing is promised beyond its limit."""
    for kind in limited.kinds():
        for row in _beyond_its_limit(kind):
            yield said(_("%(row)s: %(taken)s taken of %(limit)s"), row=row, taken=row.taken, limit=row.limit)


def nobody_gives_back_more_than_they_took(now: dt.datetime) -> Iterator[str]:
    """No holder gave back more than it took."""
    for holder, counter, held in _held_below_nothing():
        yield said(_("%(holder)s: holds %(held)s of %(counter)s"), holder=holder, held=held, counter=counter)


def payments_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every payment stands where its history says."""
    yield from broken_histories(PaymentEvent, owner="payment", begins="started", number="trade_no")


def refunds_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every refund stands where its history says."""
    yield from broken_histories(RefundEvent, owner="refund", begins="due", number="refund_no")


def money_adds_up(now: dt.datetime) -> Iterator[str]:
    """The money book agrees with itself, with the practice cashier's book and with the till."""
    yield from ledger.differences()


def jobs_are_done_in_time(now: dt.datetime) -> Iterator[str]:
    """No job waits or runs more than five minutes beyond its time."""
    for job in _jobs_due_by(now - LATE):
        yield said(
            _("%(job)s: was due or its lease ended at %(next_try)s"),
            job=job,
            next_try=f"{job.next_try_at:%Y-%m-%d %H:%M:%S}",
        )


def messages_are_told_in_time(now: dt.datetime) -> Iterator[str]:
    """No outbox message waits longer than five minutes."""
    for message in _messages_written_by(now - LATE):
        yield said(
            _("%(message)s: waits since %(written)s %(error)s"),
            message=message,
            written=f"{message.written_at:%Y-%m-%d %H:%M:%S}",
            error=message.error[:80],
        )


def statements_are_explained(now: dt.datetime) -> Iterator[str]:
    """No difference with a provider's statement waits for a person."""
    for task in _unexplained_differences():
        yield task.what


def refunds_go_back_in_time(now: dt.datetime) -> Iterator[str]:
    """No refund waits longer than a day to be sent or paid back by hand."""
    for refund in _refunds_asked_by(now - refunds.ANSWER_WITHIN):
        yield said(
            _("%(refund)s: ¥%(amount)s for %(payable)s since %(asked)s"),
            refund=refund,
            amount=yuan(refund.amount_fen),
            payable=lazy(naming.thing, str)(refund.payment.payable),
            asked=f"{refund.asked_at:%Y-%m-%d %H:%M}",
        )


def nothing_is_parked(now: dt.datetime) -> Iterator[str]:
    """No job or message waits for a person."""
    for job in _parked_jobs():
        yield said(_("%(row)s: parked: %(error)s"), row=job, error=job.error[:80])
    for message in _parked_messages():
        yield said(_("%(row)s: parked: %(error)s"), row=message, error=message.error[:80])


def left_of_payment() -> CombinedExpression:
    """What an annotated payment keeps; what a provider refused to send back is no longer ours, though still here."""
    refused = refunds.refused_with_a_task().filter(payment=OuterRef("pk")).order_by().values("payment")
    stuck = Coalesce(Subquery(refused.annotate(fen=Sum("amount_fen")).values("fen")), 0)
    return F("amount_fen") - F("refunded_fen") - stuck


def unlike(rows: QuerySet[Any], **should_be: Any) -> QuerySet[Any]:
    """Rows of which one of these is not as it should be, in the order in which they were made."""
    wrong: QuerySet[Any] = rows.exclude(**should_be).order_by("pk")
    return wrong


@compiled_once
def held_by_nobody(prefix: str, kind: type[Any]) -> QuerySet[Any]:
    """What is held in the name of a row of `kind` that does not exist: holder, counter and how much."""
    strangers = Movement.objects.filter(holder__startswith=prefix).annotate(number=Substr("holder", len(prefix) + 1))
    strangers = strangers.filter(~Exists(kind.objects.filter(number=OuterRef("number")))).order_by("holder", "counter")
    held: QuerySet[Any] = strangers.values_list("holder", "counter").annotate(held=Sum("amount")).exclude(held=0)
    return held


def payables_between_stories() -> Iterator[str]:
    """What money is between two stories for, at this very moment."""
    for (payload,) in _untold_payloads():
        yield str(payload.get("payable"))


def totals() -> list[dict[str, Any]]:
    """For each kind of limited thing: rows, limit, taken, and what the movements add up to."""
    moved: Counter[str] = Counter()
    for counter, amount in _moved():
        moved[counter.partition(":")[0]] += amount
    return [
        {"kind": kind._meta.verbose_name, **sums, "moved": moved[kind._meta.label_lower]}
        for kind, sums in zip(limited.kinds(), _sums_of_kinds(), strict=True)
    ]


def broken_histories(events: type[Event], *, owner: str, begins: str, number: str) -> Iterator[str]:
    """Rows whose status is not their last event, or whose events make a move that MOVES does not know.

    `owner` is the row that the events tell of, `begins` the event each history begins with and `number` the field
    by which people call the row.
    """
    for row in _astray(events, owner, begins):
        yield said(_("%(row)s: its history ends with “%(last)s”"), row=row, last=_word(row.last))
    for name, was, became in _forbidden_steps(events, owner, begins, number):
        yield said(
            _("%(owner)s %(name)s: went from “%(was)s” to “%(became)s”"),
            owner=_told_of(events, owner)._meta.verbose_name,
            name=name,
            was=_word(was),
            became=_word(became),
        )


def _word(event: str | None) -> Any:
    """An event's word as a history shows it, in the language of whoever reads it."""
    return history.WHAT.get(event, event) if event else history.NOTHING


@compiled_once
def _untold_payloads() -> QuerySet[Any]:
    waiting = OutboxMessage.objects.filter(topic__in=MOVING_MONEY, next_try_at__isnull=False)
    return waiting.values_list("payload")


@compiled_once
def _astray(events: type[Any], owner: str, begins: str) -> QuerySet[Any]:
    """Rows that stand elsewhere than their last event says, or have no history at all."""
    kind = _told_of(events, owner)
    mine = _steps(events, kind, begins).filter(**{owner: OuterRef("pk")}).order_by("-pk")
    last = Subquery(mine.values("what")[:1])
    where = Case(When(last=begins, then=Value(_born(kind))), default=Coalesce("last", Value("")))
    return unlike(kind.objects.annotate(last=last, stands=where), status=F("stands"))


@compiled_once
def _forbidden_steps(events: type[Any], owner: str, begins: str, number: str) -> QuerySet[Any]:
    """Neighbouring events that are no move of MOVES: whose they are, and the words of both."""
    kind = _told_of(events, owner)
    before = Window(
        Lag("what", default=Value("", output_field=CharField())), partition_by=F(owner), order_by=F("pk").asc()
    )
    steps = _steps(events, kind, begins).annotate(before=before).exclude(_legal(kind, begins)).order_by("pk")
    wrong: QuerySet[Any] = steps.values_list(f"{owner}__{number}", "before", "what")
    return wrong


def _told_of(events: type[Any], owner: str) -> type[Any]:
    kind: type[Any] = events._meta.get_field(owner).related_model
    return kind


def _steps(events: type[Any], kind: type[Any], begins: str) -> QuerySet[Any]:
    steps: QuerySet[Any] = events.objects.filter(what__in=[begins, *kind.Status.values])
    return steps


def _legal(kind: type[Any], begins: str) -> Q:
    """Neighbouring events that MOVES allows: the birth's own word stands for the status rows are born with."""
    legal = Q(before="", what=begins)
    for after, befores in kind.MOVES.items():
        words = [str(status) for status in befores]
        legal |= Q(before__in=[*words, begins] if _born(kind) in words else words, what=str(after))
    return legal


def _born(kind: type[Any]) -> str:
    return str(kind._meta.get_field("status").default)


@many_rows_compiled_once
def _moved() -> QuerySet[Any]:
    """Each counter's name with what its movements add up to."""
    return Movement.objects.order_by().values_list("counter").annotate(amount=Sum("amount"))


@many_rows_compiled_once
def _all_of(kind: type[limited.Limited]) -> QuerySet[Any]:
    return kind._default_manager.order_by("pk")


@compiled_once
def _beyond_its_limit(kind: type[limited.Limited]) -> QuerySet[Any]:
    return kind._default_manager.filter(taken__gt=F("limit"))


def _sums_of_kinds() -> list[dict[str, int]]:
    """How many rows each kind of limited thing has, and the sums of their limits and of what is taken."""
    tables = enumerate(connection.ops.quote_name(kind._meta.db_table) for kind in limited.kinds())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(SUMS_OF_KIND.format(place, table) for place, table in tables))
        found = sorted(cursor.fetchall())
    return [{"rows": rows, "limit": int(limit), "taken": int(taken)} for _, rows, limit, taken in found]


@compiled_once
def _held_below_nothing() -> QuerySet[Any]:
    sums = Movement.objects.order_by("holder", "counter").values_list("holder", "counter").annotate(held=Sum("amount"))
    return sums.filter(held__lt=0)


@compiled_once
def _jobs_due_by(then: dt.datetime) -> QuerySet[Job]:
    unfinished = Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING), next_try_at__lte=then)
    return unfinished.order_by("next_try_at")


@compiled_once
def _messages_written_by(then: dt.datetime) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(next_try_at__isnull=False, written_at__lte=then).order_by("pk")


@compiled_once
def _unexplained_differences() -> QuerySet[StaffTask]:
    return StaffTask.objects.filter(key__startswith=statements.TASK, settled_at=None).order_by("pk")


@compiled_once
def _refunds_asked_by(then: dt.datetime) -> QuerySet[Refund]:
    return refunds.on_their_way().filter(asked_at__lte=then).select_related("payment").order_by("asked_at")


@compiled_once
def _parked_jobs() -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.PARKED)


@compiled_once
def _parked_messages() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(sent_at=None, next_try_at=None)
