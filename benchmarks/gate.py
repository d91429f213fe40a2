"""The gate over HTTP: how long a phone waits for its decision, beside one bare indexed UPDATE over HTTP.

The UPDATE is asked for twice: in a program of ten lines behind the same web server without a session, which is what
counts, and in a view for signed-in staff as the gate's own, which shows what signing in costs.
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

PARTIES, PHONES, ROUNDS = 300, 2, 4
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


def an_update(key: str, cookie: str) -> bytes:
    return buyers.request("POST", f"/tickets/{key}", b"{}", f"Cookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\n")


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
    keys = lay_bare_tickets(2 * len(codes))
    for workers in WORKERS:
        some, bare = (codes.pop() for _ in range(PARTIES * ROUNDS)), (keys.pop() for _ in range(2 * PARTIES * ROUNDS))
        _measure(workers, [a_scan(code, cookie) for code in some], [an_update(key, cookie) for key in bare])


def _measure(workers: int, scans: list[bytes], updates: list[bytes]) -> None:
    """All three take turns on one machine, so that noise hits them alike; the first round warms and is not counted."""
    asked = {
        "beizhen.wsgi": scans,
        "benchmarks.bare_wsgi": updates[: len(scans)],
        "benchmarks.bare_update": updates[len(scans) :],
    }
    heard: dict[str, list[Outcome]] = {name: [] for name in asked}
    with contextlib.ExitStack() as servers:
        web = {name: stage.web(workers=workers, serves=f"{name}:application") for name in asked}
        ports = {name: servers.enter_context(server) for name, server in web.items()}
        for first in range(0, len(scans), PARTIES):
            for name, requests in asked.items():
                some = iter(requests[first : first + PARTIES])
                heard[name].append(buyers.rush(ports[name], some, at_once=PHONES if first else WARMING))
    gate, door, update = (joined(outcomes[1:]) for outcomes in heard.values())
    print(f"{workers} web workers of 2 threads, {len(gate.milliseconds)} scans by {PHONES} phones")
    for name, whole in (("gate decision", gate), ("UPDATE in a staff's view", door), ("UPDATE without Django", update)):
        print(f"{name:26} p50 {whole.percentile(0.5):6.1f} ms, p99 {whole.percentile(0.99):6.1f} ms")
    to_view, to_update = _ratio(gate, door), _ratio(gate, update)
    print(f"ratio of p99: {to_view:.2f} to the view, {to_update:.2f} to the UPDATE alone, at most 5 asked")


def _ratio(one: Outcome, other: Outcome) -> float:
    return one.percentile(0.99) / other.percentile(0.99)


if __name__ == "__main__":
    with stage.services():
        measure()
