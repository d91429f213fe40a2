"""The floor: the very SQL of one accepted order replayed by psycopg alone, and the bare transaction below it.

No HTTP, no Django: 16 connections with prepared statements, in two processes of eight threads, on one hot ship date.
What the shop sells per second is read against these.
"""

import multiprocessing
import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from benchmarks import stage

PROCESSES, THREADS = 2, 8
Statement = tuple[str, list[Any]]
Placing = Callable[[psycopg.Cursor[Any]], None]


def statements_of_an_order() -> list[Statement]:
    """What Django sent to the database while the shop placed one order, between BEGIN and COMMIT."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks.wishes import a_wish
    from shop import checkout

    heard: list[Statement] = []

    def listen(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        heard.append((sql, list(parameters or ())))
        return execute(sql, parameters, many, context)

    checkout.place_order(wanted=a_wish(), key=uuid.uuid4().hex, now=timezone.now())  # looks at the shop first
    with connection.execute_wrapper(listen):
        order = checkout.place_order(wanted=a_wish(), key=KEY, now=timezone.now())
    assert all(sql.startswith(("INSERT", "UPDATE")) for sql, _ in heard), heard
    return [(sql, [_slot(value, order) for value in parameters]) for sql, parameters in heard]


KEY, NUMBER, PAYABLE, ORDER_ID = "key-of-the-floor", "<number>", "<payable>", "<order>"


def _slot(value: Any, order: Any) -> Any:
    """The value, or the name of what differs from order to order."""
    known = {order.number: NUMBER, order.payable: PAYABLE}
    if value == order.pk and isinstance(value, int):
        return ORDER_ID
    if hasattr(value, "obj"):  # JSON
        return psycopg.types.json.Jsonb({"number": "BZ0000000000"} if value.obj else {})
    return known.get(value, value) if isinstance(value, str) else value


def replay(statements: list[Statement]) -> Placing:
    def place(cursor: psycopg.Cursor[Any]) -> None:
        number = uuid.uuid4().hex[:12]
        new = {KEY: uuid.uuid4().hex, NUMBER: number, PAYABLE: f"order:{number}", ORDER_ID: 0}
        for sql, parameters in statements:
            cursor.execute(sql, [new.get(v, v) if isinstance(v, str) else v for v in parameters], prepare=True)
            if cursor.description:
                new[ORDER_ID] = cursor.fetchone()[0]

    return place


def lay_bare_tables() -> None:
    create = (
        "CREATE TABLE bare_order (id bigserial PRIMARY KEY, number text UNIQUE, total int)",
        "CREATE TABLE bare_line (id bigserial PRIMARY KEY, order_id bigint, box int, quantity int)",
        "CREATE TABLE bare_outbox (id bigserial PRIMARY KEY, topic text, payload text)",
        "CREATE TABLE bare_day (id int PRIMARY KEY, taken int, lim int)",
        f"INSERT INTO bare_day VALUES (1, 0, {stage.MANY})",
    )
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for sql in create:
            connection.execute(sql)


def bare() -> Placing:
    """One conditional UPDATE, one order, one line, one outbox row."""

    def place(cursor: psycopg.Cursor[Any]) -> None:
        number = uuid.uuid4().hex[:12]
        cursor.execute(
            "INSERT INTO bare_order (number, total) VALUES (%s, %s) RETURNING id", [number, 8400], prepare=True
        )
        order = cursor.fetchone()[0]
        cursor.execute("INSERT INTO bare_line (order_id, box, quantity) VALUES (%s, 1, 1)", [order], prepare=True)
        cursor.execute("INSERT INTO bare_outbox (topic, payload) VALUES ('order.placed', %s)", [number], prepare=True)
        cursor.execute("UPDATE bare_day SET taken = taken + 1 WHERE id = 1 AND taken + 1 <= lim", prepare=True)
        assert cursor.rowcount == 1

    return place


def per_second(make: Callable[..., Placing], *arguments: Any, seconds: float = 8.0) -> float:
    """Transactions per second over all 16 connections."""
    spawn = multiprocessing.get_context("fork")
    with spawn.Pool(PROCESSES) as pool:
        jobs = [pool.apply_async(_process, (make, arguments, seconds)) for _ in range(PROCESSES)]
        return sum(job.get() for job in jobs) / seconds


def _process(make: Callable[..., Placing], arguments: tuple[Any, ...], seconds: float) -> int:
    place = make(*arguments)
    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(lambda _: _connection(place, seconds), range(THREADS)))


def _connection(place: Placing, seconds: float) -> int:
    done, end = 0, time.perf_counter() + seconds
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        while time.perf_counter() < end:
            with connection.transaction(), connection.cursor() as cursor:
                place(cursor)
            done += 1
    return done


if __name__ == "__main__":
    with stage.services():
        stage.open_farm()
        order = statements_of_an_order()
        lay_bare_tables()
        floor, bare_rate = per_second(replay, order), per_second(bare)
        print(f"floor: the {len(order)} statements of an order {floor:.0f}/s; bare transaction {bare_rate:.0f}/s")
