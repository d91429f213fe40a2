"""Many hands at once on a real database: every thread has its own connection and starts at the same bell."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all `acts` at the same moment, each in its own thread; return their results, exceptions as such."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return act()
        except Exception as error:  # the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def crowd(act: Callable[[], object], *, hands: int = 8, times: int = 1) -> Counter[str]:
    """Let `hands` threads do `act` `times` times each; count the words it answers."""

    def again_and_again() -> list[str]:
        return [str(act()) for _ in range(times)]

    results = together(*[again_and_again] * hands)
    errors = [result for result in results if isinstance(result, Exception)]
    assert not errors, errors
    return Counter(word for words in results if isinstance(words, Sequence) for word in words)
