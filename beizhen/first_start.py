"""What an embedded farm makes for itself the first time it starts."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from farm.security import CROCKFORD


def fresh_secret() -> str:
    return secrets.token_urlsafe(50)


def fresh_ticket_key() -> str:
    """A new key for signing tickets: an id to tell it from older ones, and the 32 bytes of an Ed25519 seed."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(3)) + ":" + secrets.token_urlsafe(32)


def kept_secret(place: Path, make: Callable[[], str] = fresh_secret) -> str:
    """The secret in file `place`, made on first use and readable by its owner only."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(make())
    return place.read_text()
