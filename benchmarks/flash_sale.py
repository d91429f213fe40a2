"""A livestream minute over HTTP: accepted orders beside the floor, 5,000 buyers for 500 boxes, sold-out answers."""

import itertools
from collections.abc import Iterator

from benchmarks import floor, stage
from benchmarks.buyers import Outcome, order_request, request, rush

SECONDS = 10.0
_numbers = itertools.count()


def orders(most: int = 10**9) -> Iterator[bytes]:
    return (order_request(next(_numbers)) for _ in range(most))


def accepted(port: int, at_once: int) -> Outcome:
    """Sell without end for some seconds."""
    stage.reopen(limit=stage.MANY // 4)
    rush(port, orders(400), at_once=at_once)  # warm
    outcome = rush(port, orders(), at_once=at_once, seconds=SECONDS)
    assert set(outcome.statuses) == {201}, outcome.statuses
    return outcome


def five_thousand_for_five_hundred(port: int) -> Outcome:
    """Exactly 500 are sold, and everybody else hears "sold out"."""
    from shop.models import Order, ShipDate

    before = Order.objects.count()
    stage.reopen(limit=500)
    outcome = rush(port, orders(5000), at_once=256)
    day = ShipDate.objects.get()
    assert outcome.statuses == {201: 500, 409: 4500}, outcome.statuses
    assert (Order.objects.count() - before, day.left) == (500, 0)
    return outcome


def sold_out(port: int) -> Outcome:
    """Nothing is left and all go on pressing Buy."""
    stage.reopen(limit=0)
    rush(port, orders(600), at_once=64)  # warm
    outcome = rush(port, orders(), at_once=64, seconds=SECONDS / 2)
    assert set(outcome.statuses) == {409}, outcome.statuses
    return outcome


def month(port: int) -> tuple[Outcome, Outcome]:
    """Month availability, asked anew and asked with the tag of the last answer."""
    import urllib.request

    path = f"/api/v1/availability?month={stage.HOT_DAY:%Y-%m}"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        tag = answer.headers["ETag"]
    whole = rush(port, (request("GET", path) for _ in range(2000)), at_once=16)
    again = rush(port, (request("GET", path, headers=f"If-None-Match: {tag}\r\n") for _ in range(2000)), at_once=16)
    assert (set(whole.statuses), set(again.statuses)) == ({200}, {304})
    return whole, again


def report() -> None:
    floor_rate, bare_rate, count = floor.measure()
    print(f"floor ({count} statements of an order, 16 connections)  {floor_rate:7.0f}/s")
    print(f"bare transaction (4 statements, 16 connections)        {bare_rate:7.0f}/s")
    with stage.web() as port:
        for at_once in (64, 256):
            sale = accepted(port, at_once)
            rate = sale.per_second(201)
            print(
                f"accepted over HTTP, {at_once:3} at once                      {rate:7.0f}/s"
                f"   {rate / floor_rate:.2f} of the floor, {rate / bare_rate:.2f} of the bare transaction"
                f"   p50 {sale.percentile(0.5):.0f} ms, p99 {sale.percentile(0.99):.0f} ms"
            )
        for _ in range(3):
            sale = five_thousand_for_five_hundred(port)
            print(
                f"5,000 buyers for 500 boxes, 256 at once: 500 sold, 4500 sold out, p99 {sale.percentile(0.99):.0f} ms"
            )
        refused = sold_out(port).per_second(409)
        print(
            f"sold-out answers                                      {refused:7.0f}/s   {refused / rate:.1f} x accepted"
        )
        whole, again = month(port)
        print(f"month availability {whole.per_second(200):.0f}/s, 304 on repeat {again.per_second(304):.0f}/s")


if __name__ == "__main__":
    with stage.services():
        stage.open_farm()
        report()
