"""How the database finds what a story reads: SQLite's plan of each statement, whatever rows there are."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plans(act: Callable[[], object], *, of: str) -> list[str]:
    """The plans of the statements of `act` that read the table `of`."""
    with CaptureQueriesContext(connection) as captured:
        act()
    read = [query["sql"] for query in captured if query["sql"].startswith("SELECT") and f'FROM "{of}"' in query["sql"]]
    return [_plan(sql) for sql in read]


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[3] for row in cursor.fetchall())
