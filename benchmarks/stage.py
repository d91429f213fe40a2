"""The stage of every benchmark: a durable PostgreSQL, a Valkey, a farm with one hot ship date, and its web server."""

import contextlib
import datetime as dt
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
HOT_DAY = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
MANY = 2_000_000_000


@contextlib.contextmanager
def services() -> Iterator[None]:
    """PostgreSQL with fsync and synchronous_commit on, Valkey, and the environment that points the farm at them."""
    with servers.postgres(durable=True) as postgres, servers.valkey() as valkey, tempfile.TemporaryDirectory() as var:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="beizhen.settings",
            BEIZHEN_VAR=var,
            DATABASE_URL=postgres.url,
            REDIS_URL=valkey.url,
            CACHE_URL=valkey.url.removesuffix("/0") + "/1",
            SECRET_KEY=secrets.token_hex(16),
            TICKET_KEYS="B:" + secrets.token_urlsafe(32),
            PAYMENT_PROVIDERS="practice",
            THROTTLE_ORDER_IP="1000000/min",  # all buyers of a benchmark come from one address
            THROTTLE_READ="1000000/min",
            LOG_LEVEL="ERROR",
            PACKING_BENCH="automatic",
        )
        import django  # only now do the settings know where the database is

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def open_farm(*, limit: int = MANY) -> None:
    """One box, one lot that never ends, and the hot ship date with `limit` packing units."""
    from shop.models import ColdRoom, Lot, ShipDate, Variety

    kyoho = Variety.objects.create(code="kyoho", name_zh="巨峰", name_en="Kyoho", skin="purple", keeps_days=60)
    for sku, grams in (("kyoho-2500", 2500), ("kyoho-5000", 5000), ("kyoho-gift", 3000)):
        kyoho.boxes.create(
            sku=sku,
            name_zh=sku,
            name_en=sku,
            net_grams=grams,
            price_fen=6800,
            max_per_order=50,
            season_from=HOT_DAY,
            season_until=HOT_DAY + dt.timedelta(days=90),
        )
    room = ColdRoom.objects.create(code="C1", name_zh="一号库", name_en="Room 1", celsius=0)
    Lot.objects.create(
        code="L1",
        variety=kyoho,
        cold_room=room,
        grower="老李",
        block="A-1",
        limit=MANY,
        harvested_on=HOT_DAY - dt.timedelta(days=9),
        best_before=HOT_DAY + dt.timedelta(days=90),
    )
    evening = dt.datetime.combine(HOT_DAY, dt.time(0), dt.UTC) - dt.timedelta(hours=12)
    ShipDate.objects.create(date=HOT_DAY, limit=limit, cut_off_at=evening)


def reopen(*, limit: int) -> None:
    """The hot ship date with room for `limit` more packing units than are taken."""
    from django.core.cache import cache
    from django.db.models import F

    from shop.models import ShipDate

    ShipDate.objects.filter(date=HOT_DAY).update(limit=F("taken") + limit)
    cache.clear()


@contextlib.contextmanager
def web(*, workers: int = 2, threads: int = 2, serves: str = "") -> Iterator[int]:
    """The farm's web server as production runs it, or the same server with another application; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian" if serves else "beizhen.web",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
        "--no-ws",
        "--backlog",
        "2048",
        "--log-level",
        "error",
        *filter(None, [serves]),
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, DATABASE_POOL=str(threads)))
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz/ready")
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)  # another process starts up; there is no clock of ours to move
    raise SystemExit(f"the web server did not answer at {url}")
