"""Buyers who press Buy at once: a load generator that costs the machine little beside what it measures."""

import json
import selectors
import socket
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.stage import HOT_DAY


@dataclass
class Outcome:
    """How a rush went: answers by status, each request's milliseconds, and the seconds it took in all."""

    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def per_second(self, status: int) -> float:
        return self.statuses[status] / self.seconds

    def percentile(self, share: float) -> float:
        return sorted(self.milliseconds)[min(int(len(self.milliseconds) * share), len(self.milliseconds) - 1)]


class Buyer:
    """One connection that sends one request after the other."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.answer, self.asked_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> int | None:
        """Read what came; the status once the answer is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self.answer += part
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return int(head[9:12]) if len(body) >= length else None


def order_request(number: int, *, skus: tuple[str, ...] = ("kyoho-2500",)) -> bytes:
    """The bytes of one order, from a phone of its own and with a key of its own."""
    body = {
        "lines": [{"sku": sku, "quantity": 1} for sku in skus],
        "ship_date": str(HOT_DAY),
        "address": {
            "name": "王小明",
            "phone": f"1{3_000_000_000 + number % 6_999_999_999:010d}"[:11],
            "province": "辽宁省",
            "city": "锦州市",
            "district": "北镇市",
            "street": "闾山路12号3单元402室",
        },
    }
    return request("POST", "/api/v1/orders", json.dumps(body).encode(), f"Idempotency-Key: {uuid.uuid4().hex}\r\n")


def request(method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body


def rush(port: int, requests: Iterator[bytes], *, at_once: int, seconds: float = 1e9) -> Outcome:
    """Send `requests` over `at_once` connections until they or the `seconds` end."""
    outcome, waiting = Outcome(), selectors.DefaultSelector()
    begun = time.perf_counter()
    busy = 0
    for _ in range(at_once):
        first = next(requests, None)
        if first is None:
            break
        buyer = Buyer(port)
        waiting.register(buyer.socket, selectors.EVENT_READ, buyer)
        buyer.ask(first)
        busy += 1
    while busy:
        for key, _ in waiting.select():
            buyer = key.data
            status = buyer.hear()
            if status is None:
                continue
            outcome.statuses[status] += 1
            outcome.milliseconds.append((time.perf_counter() - buyer.asked_at) * 1000)
            following = next(requests, None) if time.perf_counter() - begun < seconds else None
            if following is not None:
                buyer.ask(following)
                continue
            waiting.unregister(buyer.socket)
            buyer.socket.close()
            busy -= 1
    outcome.seconds = time.perf_counter() - begun
    return outcome
