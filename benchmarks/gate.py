"""The gate over HTTP: how long a phone waits for its decision, beside one bare indexed UPDATE over HTTP.

The UPDATE is asked for three times: in a plain view of the farm's own web stack, which is what counts (decision 0036);
in a view for signed-in staff as the gate's own, which shows what signing in costs; and in a program of ten lines behind
the same web server, which shows what Django costs.
"""

import contextlib
import datetime as dt
import json
import os
import secrets
from typing import Any

import psycopg

from benchmarks import buyers, stage
from benchmarks.buyers import Outcome

PARTIES, PHONES, ROUNDS = 300, 2, 8
WARMING = 8  # at once, so that every thread of every worker has read and planned its statements
WORKERS = (1, 2)
CSRF = "a" * 32


def lay_parties() -> tuple[str, list[str]]:
    """Parties of one for a slot that begins now; the cookie of a gatekeeper, and everybody's code."""
    from django.contrib.auth.models import Group
    from django.utils.timezone import localtime

    from benchmarks.visits import an_experience
    from farm.models import User
    from farm.sessions import SessionStore
    from tours import tickets
    from tours.models import Booking, Slot, VisitorsDay

    now = localtime()
    experience = an_experience("gate")
    day = VisitorsDay.objects.create(date=now.date(), limit=stage.MANY)
    slot = Slot.objects.create(
        experience=experience, day=day, date=now.date(), starts_at=now, ends_at=now + dt.timedelta(hours=2),
        cut_off_at=now, limit=stage.MANY,
    )  # fmt: skip
    adult = experience.ticket_types.get(code="adult")
    codes = []
    for number in range(PARTIES * ROUNDS * len(WORKERS)):
        booking = Booking.objects.create(
            number=f"BV{number:010d}", slot=slot, status=Booking.Status.CONFIRMED, people=1, total_fen=8800,
            paid_fen=8800, held_at=now, hold_until=now,
        )  # fmt: skip
        booking.units.create(ticket_type=adult, price_fen=8800, people=1)
        tickets.issue(booking, now=now)
        codes.append(tickets.token_of(booking.tickets.get(), booking))
    keeper = User.objects.create_user("keeper", is_staff=True)
    keeper.groups.add(Group.objects.get(name="gate"))
    return _signed_in(keeper, SessionStore()), codes


def _signed_in(user: Any, session: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "farm.sessions.StaffBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}; csrftoken={CSRF}"


def lay_bare_tickets(many: int) -> list[str]:
    keys = [secrets.token_hex(8) for _ in range(many)]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE bare_ticket (id bigserial PRIMARY KEY, key text UNIQUE, used_at timestamptz)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare_ticket (key) VALUES (%s)", [(key,) for key in keys])
    return keys


def a_scan(code: str, cookie: str) -> bytes:
    body = json.dumps({"code": code, "nonce": secrets.token_hex(16), "gate": "north"}).encode()
    return buyers.request("POST", "/api/v1/gate/admissions", body, f"Cookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\n")


def an_update(key: str, cookie: str = "", *, at: str = "tickets") -> bytes:
    return buyers.request("POST", f"/{at}/{key}", b"{}", f"Cookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\n")


def joined(outcomes: list[Outcome]) -> Outcome:
    whole = Outcome()
    for outcome in outcomes:
        whole.statuses += outcome.statuses
        whole.milliseconds += outcome.milliseconds
    assert set(whole.statuses) == {200}, whole.statuses
    return whole


def measure() -> None:
    """Once with a single worker, where both phones share an interpreter, and once with two as production has them."""
    cookie, codes = lay_parties()
    keys = iter(lay_bare_tickets(3 * len(codes)))
    for workers in WORKERS:
        many = range(PARTIES * ROUNDS)
        asked = {
            "gate decision": ("beizhen.wsgi", [a_scan(codes.pop(), cookie) for _ in many]),
            "UPDATE in a plain view": ("benchmarks.bare_wsgi", [an_update(next(keys), at="anybody") for _ in many]),
            "UPDATE in a staff's view": ("benchmarks.bare_wsgi", [an_update(next(keys), cookie) for _ in many]),
            "UPDATE without Django": ("benchmarks.bare_update", [an_update(next(keys)) for _ in many]),
        }
        print(f"{workers} web workers of 2 threads, {PARTIES * (ROUNDS - 1)} scans by {PHONES} phones")
        _tell(_heard(workers, asked))


def _heard(workers: int, asked: dict[str, tuple[str, list[bytes]]]) -> dict[str, Outcome]:
    """All take turns on one machine, so that noise hits them alike; the first round warms and is not counted."""
    heard: dict[str, list[Outcome]] = {name: [] for name in asked}
    with contextlib.ExitStack() as servers:
        serving = {serves for serves, _ in asked.values()}
        web = {serves: stage.web(workers=workers, serves=f"{serves}:application") for serves in serving}
        ports = {serves: servers.enter_context(server) for serves, server in web.items()}
        for first in range(0, PARTIES * ROUNDS, PARTIES):
            for name, (serves, requests) in asked.items():
                some = iter(requests[first : first + PARTIES])
                heard[name].append(buyers.rush(ports[serves], some, at_once=PHONES if first else WARMING))
    return {name: joined(outcomes[1:]) for name, outcomes in heard.items()}


def _tell(heard: dict[str, Outcome]) -> None:
    gate = heard["gate decision"]
    for name, whole in heard.items():
        ratio = f", ratio of p99 {_ratio(gate, whole):6.2f}" if whole is not gate else ""
        print(f"{name:26} p50 {whole.percentile(0.5):6.1f} ms, p99 {whole.percentile(0.99):6.1f} ms{ratio}")
    print(f"{_ratio(gate, heard['UPDATE in a plain view']):.2f} times the plain view at p99, at most 5 asked")


def _ratio(one: Outcome, other: Outcome) -> float:
    return one.percentile(0.99) / other.percentile(0.99)


if __name__ == "__main__":
    with stage.services():
        measure()
