"""Farm visits: how long a month of slots takes to list, how holds end in one sweep, and what one booking costs.

Each measurement is a function that lays what it needs, prints one line with its ratio, and leaves the rest alone.
"""

import calendar
import datetime as dt
import itertools
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import stage

A_MONTH, A_SEASON, ROUNDS, HOLDS = 130, 13_000, 60, 1000
NUMBERS = itertools.count(1)
NOW = dt.datetime.now(dt.UTC)
NEXT_MONTH = (NOW.date().replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def month_beside_its_days() -> None:
    """A month of one experience asked for at once, and with one question per day."""
    from tours import availability

    picking = an_experience("picking")
    lay_slots(picking, months=1)
    last = calendar.monthrange(NEXT_MONTH.year, NEXT_MONTH.month)[1]
    days = [NEXT_MONTH.replace(day=day) for day in range(1, last + 1)]

    def day_by_day() -> None:
        for day in days:
            availability.of_experience(experience=picking, first=day, last=day, now=NOW)

    month, by_days = in_turns(lambda: list_month(picking), day_by_day)
    print(
        f"a month of {A_MONTH} slots {month * 1000:.2f} ms, its {last} days one by one {by_days * 1000:.2f} ms:"
        f" ratio {month / by_days:.3f}, at most 0.1 asked"
    )


def long_season_beside_a_short_one() -> None:
    """The next month of an experience with few slots and of one with very many, in one table."""
    short, long = an_experience("short"), an_experience("long")
    lay_slots(short, months=1)
    lay_slots(long, months=A_SEASON // A_MONTH)
    few, many = in_turns(lambda: list_month(short), lambda: list_month(long))
    print(
        f"the next month of a season of {A_MONTH:,} slots {few * 1000:.2f} ms, of {A_SEASON:,} slots"
        f" {many * 1000:.2f} ms: ratio {many / few:.2f}, below 1.5 asked"
    )


def a_thousand_holds_end() -> None:
    """One sweep over a thousand unpaid holds of one slot, beside what it costs to let a hundred go."""
    from tours import booking
    from tours.models import Booking

    slot, later = a_great_slot("rush"), NOW + dt.timedelta(hours=1)
    counts = {}
    for holds in (100, HOLDS):
        for _ in range(holds):
            hold(slot)
        counts[holds], seconds = counted(lambda: booking.expire_holds(later))
    assert not Booking.objects.held().exists()
    each = (counts[HOLDS] - counts[100]) / (HOLDS / 100 - 1)
    print(
        f"{HOLDS:,} holds end in one sweep of {seconds:.2f} s and {counts[HOLDS]} statements: {each:.1f} for each"
        f" hundred, {counts[100]} for the first with the last look"
    )


def hold_pay_and_confirm() -> None:
    """From the button to the tickets: statements of the visits' own stories, and how long they take together."""
    from farm.payments import cashier
    from tours import paying, receiving

    slot = a_great_slot("quiet")
    times: list[float] = []
    statements = []
    for _ in range(ROUNDS + 1):
        made: list[Any] = []
        holding, took = counted(lambda made=made: made.append(hold(slot)))
        attempt = paying.start(booking=made[0], return_url="/v/t/", now=NOW)
        cashier.pay(attempt, NOW)
        paid = {"payable": attempt.payable, "payment": attempt.trade_no, "amount_fen": attempt.amount_fen}
        confirming, more = counted(lambda paid=paid: receiving.on_payment(**paid, now=NOW))
        times.append(took + more)
        statements.append((holding, 1, confirming))
    hold_, bill, confirm = statistics.mode(statements)  # once a second the experience is looked at again
    print(
        f"hold {hold_} statements, open the bill {bill}, confirm {confirm}: {hold_ + bill + confirm}, at most 15 asked;"
        f" hold and confirm together {statistics.median(times[1:]) * 1000:.1f} ms, each commit on disk"
    )


def a_great_slot(code: str) -> Any:
    """A slot of tomorrow with room for everybody."""
    from tours import slots
    from tours.models import VisitorsDay

    slot = slots.add(experience=an_experience(code), starts_at=NOW + dt.timedelta(days=2), limit=9_999, price_list=None)
    VisitorsDay.objects.update(limit=99_999)
    return slot


def hold(slot: Any) -> Any:
    from tours import booking
    from tours.booking import Contact, Wish
    from tours.party import Party

    number = next(NUMBERS)
    who = Contact("李小红", f"139{number:08d}")
    wish = Wish(slot=slot.pk, party=Party.of({"adult": 2}), contact=who)
    return booking.hold(wish=wish, language="zh-hans", key=f"key {number}", now=NOW)


def counted(act: Callable[[], object]) -> tuple[int, float]:
    """How many statements `act` sends, without those that frame a transaction, and the seconds it takes."""
    from django.db import connection

    sent = 0

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal sent
        sent += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, *rest)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        act()
    return sent, time.perf_counter() - begun


def an_experience(code: str) -> Any:
    """An experience with five ticket types."""
    from tours.models import Experience

    made = Experience.objects.create(code=code, name_zh=code, name_en=code, duration_minutes=60)
    for kind, fen in (("adult", 8800), ("child", 4400), ("senior", 6600), ("family", 22000), ("infant", 0)):
        made.ticket_types.create(code=kind, kind=kind, name_zh=kind, name_en=kind, price_fen=fen)
    return made


def lay_slots(experience: Any, *, months: int) -> None:
    """A_MONTH slots in the next month and in each of the months after it, and fresh statistics."""
    from django.db import connection

    from tours import slots
    from tours.models import Slot

    starts = [start for month in range(months) for start in _starts(month)]
    days = slots.days_of({start.date() for start in starts})
    Slot.objects.bulk_create(
        Slot(
            experience=experience,
            day=days[start.date()],
            date=start.date(),
            starts_at=start,
            ends_at=start + dt.timedelta(hours=1),
            cut_off_at=start,
            limit=20,
        )
        for start in starts
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _starts(month: int) -> list[dt.datetime]:
    """The starts of the `month`th month from the next one, from eight in the morning of its first day."""
    from django.utils.timezone import get_default_timezone

    years, months = divmod(NEXT_MONTH.month - 1 + month, 12)
    first = dt.datetime(NEXT_MONTH.year + years, months + 1, 1, 8, tzinfo=get_default_timezone())
    return [first + dt.timedelta(days=number % 28, hours=number // 28) for number in range(A_MONTH)]


def list_month(experience: Any) -> None:
    from tours import availability

    listed = availability.of_month(experience=experience, year=NEXT_MONTH.year, month=NEXT_MONTH.month, now=NOW)
    assert len(listed) == A_MONTH


def in_turns(*acts: Callable[[], object]) -> list[float]:
    """The median seconds of each act; they take turns, so that noise hits all alike, and the first round warms."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS + 1):
        for act, taken in zip(acts, times, strict=True):
            begun = time.perf_counter()
            act()
            taken.append(time.perf_counter() - begun)
    return [statistics.median(taken[1:]) for taken in times]


ALL = (month_beside_its_days, long_season_beside_a_short_one, a_thousand_holds_end, hold_pay_and_confirm)

if __name__ == "__main__":
    with stage.services():
        for measure in ALL:
            measure()
