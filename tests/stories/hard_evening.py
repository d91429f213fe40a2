"""The hard evening of the kill tests: buyers who insist on an answer, an executioner, and a reader of the books."""

import contextlib
import http.client
import json
import os
import re
import shutil
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import psutil
import psycopg
import pytest

from tests import databases, open_farm
from tests.open_farm import OpenFarm, alive, manage, until

BOX = "kyoho-2500"
HAS_SERVICES = bool(os.environ.get("DATABASE_URL"))
GENEROUS = dict.fromkeys(("THROTTLE_ORDER", "THROTTLE_ORDER_IP", "THROTTLE_READ"), "1000000/min")
AT_LEISURE = {"DEMO_HURRY": "1"}  # five hundred parcels on the road are not what the evening is about
LOAD_DEMO = """
from django.core.management import call_command
from django.utils import timezone
from beizhen.demo import farm

call_command("migrate", verbosity=0)
farm.load(now=timezone.now())
"""


class Answer(NamedTuple):
    """What came back."""

    status: int
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Browser:
    """One connection and its cookies, in plain `http.client`: `requests` would take from the farm what it lives on."""

    def __init__(self, address: str) -> None:
        self._line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._cookies = SimpleCookie()

    def ask(self, method: str, path: str, body: dict | None = None, *, kind: str = "json", key: str = "") -> Answer:
        """Send it as `json` or as a `form`; whatever cuts the connection, the next asking opens it again."""
        headers = {"Idempotency-Key": key} if key else {}
        headers |= {"Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self._cookies.items())}
        sent = None
        if body is not None:
            sent = json.dumps(body) if kind == "json" else urlencode(body)
            headers["Content-Type"] = "application/json" if kind == "json" else "application/x-www-form-urlencoded"
        try:
            self._line.request(method, path, sent, headers)
            answer = self._line.getresponse()
            text = answer.read().decode()
        except BaseException:  # handed on as it is; a line that was cut is no good for the next request
            self._line.close()
            raise
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return Answer(answer.status, text)

    def close(self) -> None:
        self._line.close()


class Hand:
    """One connection and its buyers, one after the other. Nobody gives up without an answer; every answer is kept."""

    def __init__(self, address: str, ship_date: str) -> None:
        self.browser = Browser(address)
        self.ship_date = ship_date
        self.statuses: Counter[int] = Counter()
        self.refusals: Counter[str] = Counter()
        self.cuts = 0
        self.orders: dict[str, str] = {}
        self.paid: list[str] = []

    def serve(self, buyers: Iterable[int], *, every: int) -> None:
        """Let these buyers order; `every` so many pays."""
        with contextlib.closing(self.browser):
            for buyer in buyers:
                order = self._order(buyer)
                if order is not None and buyer % every == 0:
                    self._pay(order)

    def _order(self, buyer: int):
        key = uuid.uuid4().hex
        answer = self._insist("POST", "/api/v1/orders", self._wish(buyer), key=key)
        if answer.status != 201:
            self.refusals[answer.json()["code"]] += 1
            return None
        self.orders[key] = answer.json()["number"]
        return answer.json()

    def _pay(self, order) -> None:
        """Pay at the cashier's page; after a cut connection press the same button again."""
        started = self._insist("POST", order["links"]["pay"], {"provider": "practice"})
        assert started.status == 201, started.text
        page = started.json()["pay_url"]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self._insist("GET", page).text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "choice": "pay"}
        answer = self._insist("POST", page, form, kind="form")
        assert answer.status == 302, answer.text
        self.paid.append(order["number"])

    def _insist(self, *asked, **more) -> Answer:
        answers: list[Answer] = []
        until(lambda: answers.extend(self._ask(*asked, **more)) or answers, every=0.05)
        return answers[0]

    def _ask(self, *asked, **more) -> Iterator[Answer]:
        try:
            answer = self.browser.ask(*asked, **more)
        except (OSError, http.client.HTTPException):
            self.cuts += 1
            return
        self.statuses[answer.status] += 1
        if answer.status < 500:
            yield answer

    def _wish(self, buyer: int):
        home = {"province": "辽宁省", "city": "锦州市", "district": "北镇市", "street": "闾山路12号3单元402室"}
        return {
            "lines": [{"sku": BOX, "quantity": 1}],
            "ship_date": self.ship_date,
            "address": {"name": "王小明", "phone": f"138{buyer:08d}", **home},
        }


class Books:
    """The farm's rows as a stranger reads them: plain SQL, not a line of the farm's own code."""

    def __init__(self, place: Path | str) -> None:
        self._place = place

    def rows(self, question: str) -> list[tuple]:
        with self._reading() as connection:
            return [tuple(row) for row in connection.execute(question).fetchall()]

    def number(self, question: str) -> int:
        return int(self.rows(question)[0][0])

    def _reading(self):
        if isinstance(self._place, Path):
            return contextlib.closing(sqlite3.connect(f"file:{self._place}?mode=ro", uri=True, timeout=20))
        return psycopg.connect(self._place, options="-c default_transaction_read_only=on")


def kill(farm: OpenFarm, whom: str) -> Callable[[], float]:
    """Signal 9 for `web`, `worker` or `clock`, or for a `child of` it (itself, if it has none), once it runs.

    What comes back waits until all is as before, and says how many seconds that took.
    """
    name, began = whom.removeprefix("child of "), time.monotonic()
    gone: list[psutil.Process] = []
    until(lambda: gone.extend(_felled(farm, name, is_child=name != whom)) or gone)

    def seconds() -> float:
        until(lambda: not alive(gone) and _is_whole(farm, name), every=0.5)
        return time.monotonic() - began

    return seconds


def _felled(farm: OpenFarm, name: str, *, is_child: bool) -> Iterator[psutil.Process]:
    """End the victim, and return it with those it leaves behind; nobody while it does not run."""
    victim = _victim(farm, name, is_child=is_child)
    if victim is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            left_behind = victim.children(recursive=True)
            victim.kill()
            yield from (victim, *left_behind)


def _is_whole(farm: OpenFarm, name: str) -> bool:
    """Whether the program runs, with both web workers or both processes of a pool, and the site answers."""
    with contextlib.suppress(psutil.NoSuchProcess):
        program = farm.program(name)
        children = 2 if name == "web" or (name == "worker" and HAS_SERVICES) else 0
        return program is not None and len(alive(program.children())) >= children and farm.answers()
    return False


def _victim(farm: OpenFarm, name: str, *, is_child: bool) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        program = farm.program(name)
        if program is None or not is_child:
            return program
        return max(program.children(), key=lambda child: child.memory_info().rss, default=program)
    return None


@contextlib.contextmanager
def a_place(var: Path) -> Iterator[Books]:
    """Where the farm of this evening keeps its rows: SQLite in `var`, or a database of its own on the run's server.

    It begins with a copy of the run's migrated database, where there is one: the evening is not about migrations.
    """
    server = os.environ.get("DATABASE_URL", "")
    with pytest.MonkeyPatch.context() as patch:
        for name, rate in (GENEROUS | AT_LEISURE).items():
            patch.setenv(name, rate)
        if not server:
            yield Books(_a_file(var / "beizhen.sqlite3"))
            return
        with _a_database(server) as url:
            patch.setattr(open_farm, "SERVICES", ("PUBLIC_URL", "ALLOWED_HOSTS", "PORT"))  # this farm has services
            patch.setenv("DATABASE_URL", url)
            patch.setenv("DEMO_CLOCK", "1")
            done = manage(var, "shell", "-c", LOAD_DEMO)
            assert done.returncode == 0, done.stderr
            yield Books(url)


def _a_file(place: Path) -> Path:
    first = Path(os.environ.get("BEIZHEN_TEST_HOME", "nowhere")) / databases.FIRST / place.name
    if first.exists():
        shutil.copyfile(first, place)
    return place


@contextlib.contextmanager
def _a_database(server: str) -> Iterator[str]:
    name = f"hard_evening_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        first = connection.execute("SELECT datname FROM pg_database WHERE datname = %s", [databases.FIRST]).fetchone()
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {first[0] if first else 'template1'}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
