"""Does placing an order cost the same with a million orders kept as with a thousand?

Two databases in one PostgreSQL, one small and one big; two processes take turns, so that noise hits both alike.
"""

import multiprocessing
import os
import statistics
import time
import uuid
from multiprocessing.connection import Connection

import psycopg

from benchmarks import stage

FEW, MANY = 1_000, 1_000_000
ROUNDS, ORDERS = 15, 100
FILL = """
    INSERT INTO shop_order ({columns}, number, status)
        SELECT {columns}, 'OLD' || n, 'delivered' FROM shop_order, generate_series(1, %(rows)s) n
        WHERE number = %(like)s;
    INSERT INTO shop_orderline (order_id, box_id, lot_id, quantity, price_fen)
        SELECT o.id, l.box_id, l.lot_id, 1, 6800 FROM shop_order o, shop_orderline l
        WHERE o.number LIKE 'OLD%%' AND l.order_id = (SELECT id FROM shop_order WHERE number = %(like)s);
    INSERT INTO shop_orderevent (order_id, at, what, by, details)
        SELECT id, placed_at, 'delivered', 'system', '{{}}' FROM shop_order WHERE number LIKE 'OLD%%';
    INSERT INTO farm_movement (counter, holder, amount, why, at)
        SELECT m.counter, 'order:' || o.number, m.amount, 'placed', m.at FROM shop_order o, farm_movement m
        WHERE o.number LIKE 'OLD%%' AND m.holder = 'order:' || %(like)s;
    INSERT INTO farm_outboxmessage (topic, payload, written_at, sent_at, attempts, error)
        SELECT 'order.placed', '{{}}', placed_at, placed_at, 0, '' FROM shop_order WHERE number LIKE 'OLD%%';
    INSERT INTO farm_rememberedrequest (scope, key, fingerprint, subject, made_at)
        SELECT 'order:' || number, 'key-' || number, '', number, placed_at FROM shop_order WHERE number LIKE 'OLD%%';
"""


def report() -> None:
    from django.db import connection

    stage.open_farm()
    _place(1)
    small = os.environ["DATABASE_URL"]
    connection.close_pool()
    big = _copy(small)
    for url, rows in ((small, FEW), (big, MANY)):
        _fill(url, rows)
    times = _take_turns({"few": small, "many": big})
    few, many = (statistics.median(times[name]) for name in ("few", "many"))
    ratio = statistics.median(after / before for before, after in zip(times["few"], times["many"], strict=True))
    print(
        f"placing an order with {FEW:,} kept {few * 1000:.2f} ms, with {MANY:,} kept {many * 1000:.2f} ms:"
        f" ratio {ratio:.2f} (median of {ROUNDS} rounds of {ORDERS}, in turns)"
    )


def _copy(url: str) -> str:
    base, _, name = url.rpartition("/")
    with psycopg.connect(f"{base}/template1", autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        server.execute(f'CREATE DATABASE big TEMPLATE "{name}"')
    return f"{base}/big"


def _fill(url: str, rows: int) -> None:
    from shop.models import Order

    fields = [field.column for field in Order._meta.local_concrete_fields]
    columns = ", ".join(column for column in fields if column not in ("id", "number", "status"))
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as database:
        like = database.execute("SELECT number FROM shop_order LIMIT 1").fetchone()[0]
        database.execute(FILL.format(columns=columns), {"rows": rows, "like": like})
        database.execute("VACUUM ANALYZE")
        database.execute("CHECKPOINT")


def _take_turns(urls: dict[str, str]) -> dict[str, list[float]]:
    processes, lines = [], {}
    for name, url in urls.items():
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_placer, args=(url, theirs), daemon=True)
        process.start()
        processes.append(process)
        lines[name] = ours
    times: dict[str, list[float]] = {name: [] for name in urls}
    for turn in range(ROUNDS + 1):
        for name, line in lines.items():
            line.send(ORDERS)
            seconds = line.recv()
            if turn:  # the first round warms
                times[name].append(seconds)
    for line in lines.values():
        line.send(0)
    return times


def _placer(url: str, line: Connection) -> None:
    os.environ["DATABASE_URL"] = url
    import django

    django.setup()
    while orders := line.recv():
        line.send(_place(orders))


def _place(orders: int) -> float:
    """Place `orders` orders; return the median seconds of one."""
    from django.utils import timezone

    from benchmarks.wishes import a_wish
    from shop import checkout

    times = []
    for _ in range(orders):
        begun = time.perf_counter()
        checkout.place_order(wanted=a_wish(), key=uuid.uuid4().hex, now=timezone.now())
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


if __name__ == "__main__":
    with stage.services():
        report()
