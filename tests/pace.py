"""How much of their best the cores gave while a run lasted: where cores are rented, neighbours take up to half of it.

The seconds of a run alone say little there; multiplied by this share they can be compared with another day's.
"""

import statistics
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

EVERY_SECONDS = 2.0
ENOUGH = 20
"""So many pieces, 40 seconds, before anything is said."""
ONE_IN = 20
"""The best is what one piece in so many took no longer than: the very fastest may be luck."""


class Pace:
    """Used as `with Pace() as pace`: does a small piece of work now and then, and keeps what it took of a core."""

    def __init__(self) -> None:
        self.pieces: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def words(self) -> str:
        """A sentence for whoever reads the seconds; empty when too little was seen."""
        return f"The cores gave {share(self.pieces):.0%} of their best." if len(self.pieces) >= ENOUGH else ""

    def _go(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self.pieces.append(_piece())


def share(pieces: Sequence[float]) -> float:
    """What an average piece got of a core, in parts of what the best got: 1.0 when all took equally long."""
    return statistics.quantiles(pieces, n=ONE_IN)[0] / statistics.fmean(pieces)


def _piece() -> float:
    """Seconds of a core for a fixed piece of work; what waits for its turn does not count."""
    began, kept = time.thread_time(), {}
    for number in range(40_000):
        kept[number % 1000] = str(number)
    return time.thread_time() - began
