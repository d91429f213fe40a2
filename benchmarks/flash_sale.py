"""A livestream minute over HTTP: accepted orders beside the floor, 5,000 buyers for 500 boxes, sold-out answers."""

import itertools
import statistics
from collections.abc import Iterator, Sequence

from benchmarks import floor, stage
from benchmarks.buyers import Outcome, order_request, request, rush

ROUNDS, SECONDS = 7, 4.0
"""Seconds; floor, bare transaction and two rushes take turns: what a machine gives to one it gives to the others."""
RUSHES = (64, 256)
SOLD_OUT_SECONDS = 5.0
"""Longer than a flag stands, so that some who are refused put up the next one."""
_numbers = itertools.count()


def orders(most: int = 10**9) -> Iterator[bytes]:
    return (order_request(next(_numbers)) for _ in range(most))


def accepted(port: int, at_once: int) -> Outcome:
    """Sell without end for some seconds."""
    stage.reopen(limit=stage.MANY // 4)
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
    outcome = rush(port, orders(), at_once=64, seconds=SOLD_OUT_SECONDS)
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


def in_turns(port: int) -> float:
    """Print what a round gives of each, and the ratios; returns how many orders a second the larger rush placed."""
    statements = floor.statements_of_an_order()
    floor.lay_bare_tables()
    stage.reopen(limit=stage.MANY // 4)
    rush(port, orders(400), at_once=max(RUSHES))  # warm
    floors, bares = [], []
    sales: dict[int, list[Outcome]] = {at_once: [] for at_once in RUSHES}
    for _ in range(ROUNDS):
        floors.append(floor.per_second(floor.replay, statements, seconds=SECONDS))
        bares.append(floor.per_second(floor.bare, seconds=SECONDS))
        for at_once, rounds in sales.items():
            rounds.append(accepted(port, at_once))
    print(f"floor ({len(statements)} statements of an order, 16 connections)  {statistics.median(floors):7.0f}/s")
    print(f"bare transaction (4 statements, 16 connections)        {statistics.median(bares):7.0f}/s")
    for at_once, rounds in sales.items():
        rates = [sale.per_second(201) for sale in rounds]
        print(
            f"accepted over HTTP, {at_once:3} at once                      {statistics.median(rates):7.0f}/s"
            f"   {shares(rates, floors)} of the floor, {shares(rates, bares)} of the bare transaction"
            f"   p50 {_median_ms(rounds, 0.5):.0f} ms, p99 {_median_ms(rounds, 0.99):.0f} ms"
        )
    return statistics.median(sale.per_second(201) for sale in sales[max(RUSHES)])


def shares(rates: Sequence[float], wholes: Sequence[float]) -> str:
    """The median of the rounds' ratios, and the least and most of them: what a quieter or busier moment gave."""
    ratios = [rate / whole for rate, whole in zip(rates, wholes, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _median_ms(rounds: Sequence[Outcome], share: float) -> float:
    return statistics.median(sale.percentile(share) for sale in rounds)


def report() -> None:
    with stage.web() as port:
        rate = in_turns(port)
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
