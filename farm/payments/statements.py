"""Compare each provider's statement of a day with our ledger, line by line and in both directions, once a day."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from farm import chores, jobs, naming
from farm.models import Job, LedgerEntry, StatementCheck
from farm.money import in_yuan
from farm.payments import providers
from farm.payments.providers import NotReady, StatementLine

JOB = "farm.tasks.check_statement"
READY_AT = dt.time(10, 30)  # providers have yesterday's statement from ten o'clock on
DAYS_BACK = 3
MOST_DAYS_BACK = 90  # no provider keeps statements for longer
AGAIN_AFTER = dt.timedelta(minutes=30)
MOST_TRIES = 48
MOST_TASKS = 100
ANSWER_WITHIN = dt.timedelta(hours=24)
TASK = "statement:"

Booked = dict[tuple[str, str], int]
"""Fen by trade number and refund number; payments have no refund number."""


@dataclass(frozen=True)
class Difference:
    """One movement of money on which we and a provider do not agree; None is what one of us does not have at all."""

    number: str
    ours_fen: int | None
    theirs_fen: int | None

    @property
    def key(self) -> str:
        return f"{self.number[:40]}:{self.ours_fen}:{self.theirs_fen}"

    def told_by(self, provider: str) -> str:
        words = {"number": self.number, "provider": naming.provider(provider)}
        sums = {"theirs": _words(self.theirs_fen), "ours": _words(self.ours_fen)}
        return _("%(number)s: %(provider)s says %(theirs)s, we say %(ours)s") % (words | sums)


def ask_for_statements(now: dt.datetime) -> int:
    """Ask once for every provider's statement of the last days; return how many were asked for.

    A farm that was switched off finds here what it has missed: it goes on after the last day that was compared.
    """
    compared = dict(StatementCheck.objects.order_by().values_list("provider").annotate(last=Max("date")))
    wanted = [
        (provider, day)
        for provider in providers.in_use()
        for day in _days_ready(compared.get(provider) or _day_before_the_first(provider), now)
    ]
    keys = [_key(provider, day, 0) for provider, day in wanted]
    known = set(Job.objects.filter(key__in=keys).values_list("key", flat=True))
    for key, (provider, day) in zip(keys, wanted, strict=True):
        if key not in known:
            jobs.ask(JOB, key, now=now, provider=provider, date=day.isoformat(), tries=0)
    return len(set(keys) - known)


def compare(*, provider: str, date: str, tries: int, now: dt.datetime) -> jobs.Recording:
    """The job's slow part: fetch one statement and compare it. One that is not ready yet is asked for again later."""
    day = dt.date.fromisoformat(date)
    try:
        lines = list(providers.named(provider).statement(day))
    except NotReady:
        return partial(_ask_again, provider, day, tries + 1, now)
    found = list(unlike(booked(_ledger_of(provider, day)), lines))
    return partial(_write_down, StatementCheck(provider=provider, date=day, lines=len(lines)), found, now)


def check_statement(*, provider: str, date: dt.date, now: dt.datetime) -> None:
    """Compare one statement now (staff), whatever the plan.

    :raises ProviderAway: when the provider does not answer.
    """
    with providers.answering(date):
        recording = compare(provider=provider, date=date.isoformat(), tries=0, now=now)
    with transaction.atomic():
        recording()


def unlike(ours: Booked, theirs: Iterable[StatementLine]) -> Iterator[Difference]:
    """Where a provider's lines and our ledger differ, in both directions; `ours` is used up."""
    for line in theirs:
        booked_fen = ours.pop((line.trade_no, line.refund_no), None)
        if booked_fen != line.amount_fen:
            yield Difference(line.refund_no or line.trade_no, booked_fen, line.amount_fen)
    for (trade_no, refund_no), booked_fen in ours.items():
        yield Difference(refund_no or trade_no, booked_fen, None)


def booked(entries: QuerySet[LedgerEntry]) -> Booked:
    """What our ledger says of so many payments as are looked at together: a day's, or a batch."""
    rows = entries.values_list("payment__trade_no", "refund__refund_no", "amount_fen")
    return {(trade_no, refund_no or ""): fen for trade_no, refund_no, fen in rows.iterator()}


def midnight(date: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time()))


def _day_before_the_first(provider: str) -> dt.date | None:
    """A farm that took its first money and was off before anything was compared has missed all since then."""
    first = LedgerEntry.objects.filter(payment__provider=provider).order_by("pk").first()
    return timezone.localdate(first.at) - dt.timedelta(days=1) if first else None


def _days_ready(compared: dt.date | None, now: dt.datetime) -> list[dt.date]:
    """The last days whose statements providers should have by now, and those since one was `compared`, oldest first.

    Whoever dies in between goes on where it was: a newer day is never asked for, and compared, before an older one.
    """
    local = timezone.localtime(now)
    newest = local.date() - dt.timedelta(days=1 if local.time() >= READY_AT else 2)
    missed = (newest - compared).days if compared else 0
    back = min(max(missed, DAYS_BACK), MOST_DAYS_BACK)
    return [newest - dt.timedelta(days=days) for days in reversed(range(back))]


def _key(provider: str, day: dt.date, tries: int) -> str:
    return f"{TASK}{provider}:{day}:{tries}"


def _ledger_of(provider: str, day: dt.date) -> QuerySet[LedgerEntry]:
    until = midnight(day + dt.timedelta(days=1))
    theirs = LedgerEntry.objects.filter(payment__provider=provider, refund__another_way=None)
    return theirs.filter(at__gte=midnight(day), at__lt=until)


def _ask_again(provider: str, day: dt.date, tries: int, now: dt.datetime) -> None:
    if tries < MOST_TRIES:
        words = {"provider": provider, "date": day.isoformat(), "tries": tries}
        jobs.ask(JOB, _key(provider, day, tries), now=now, due=now + AGAIN_AFTER, **words)
        return
    words = {"provider": provider, "date": day}
    _raise(f"{provider}:{day}", lambda: _("%(provider)s still has no statement of %(date)s") % words, provider, now)


def _write_down(check: StatementCheck, found: list[Difference], now: dt.datetime) -> None:
    """Keep what was found, and ask staff about each difference: the same one found again is the same task."""
    check.differences = len(found)
    result = {"lines": check.lines, "differences": len(found), "checked_at": now}
    StatementCheck.objects.update_or_create(provider=check.provider, date=check.date, defaults=result)
    for difference in found[:MOST_TASKS]:
        _raise(f"{check.provider}:{difference.key}", partial(_told, check, difference), difference.number[:60], now)
    if len(found) > MOST_TASKS:
        _raise(f"{check.provider}:{check.date}:more", partial(_told_in_all, check), check.provider, now)


def _told(check: StatementCheck, difference: Difference) -> str:
    words = {"date": check.date, "difference": difference.told_by(check.provider)}
    return _("Statement of %(date)s: %(difference)s") % words


def _told_in_all(check: StatementCheck) -> str:
    words = {
        "date": check.date,
        "count": check.differences,
        "provider": naming.provider(check.provider),
        "shown": MOST_TASKS,
    }
    return _("Statement of %(date)s: %(count)s differences with %(provider)s, here are %(shown)s") % words


def _raise(key: str, what: chores.Saying, about: str, now: dt.datetime) -> None:
    chores.raise_task(key=f"{TASK}{key}", what=what, about=about, due_at=now + ANSWER_WITHIN, now=now)


def _words(fen: int | None) -> str:
    return _("nothing") if fen is None else in_yuan(fen)
