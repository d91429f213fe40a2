"""One indexed UPDATE behind HTTP and nothing else: what the gate's decision is measured against."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

UPDATE = "UPDATE bare_ticket SET used_at = now() WHERE key = %s AND used_at IS NULL"
_mine = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Mark the ticket that the path names as used; 200 for the first who asks, 409 after that."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    used = _mine.connection.execute(UPDATE, [environ["PATH_INFO"].rpartition("/")[2]], prepare=True).rowcount
    body = b'{"used": true}' if used else b'{"used": false}'
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK" if used or environ["PATH_INFO"] == READY else "409 Conflict", headers)
    return [body]


READY = "/healthz/ready"
