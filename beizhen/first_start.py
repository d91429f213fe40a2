"""What an embedded farm makes for itself the first time it starts."""

import contextlib
import os
import secrets
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from farm.security import CROCKFORD


def fresh_secret() -> str:
    return secrets.token_urlsafe(50)


def fresh_ticket_key() -> str:
    """A new key for signing tickets: an id to tell it from older ones, and the 32 bytes of an Ed25519 seed."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(3)) + ":" + secrets.token_urlsafe(32)


def kept_secret(place: Path, make: Callable[[], str] = fresh_secret) -> str:
    """The secret in file `place`, made on first use and readable by its owner only.

    It gets its name when it is whole: a start that fails half-way, on a full disk, leaves no empty one.

    :raises ImproperlyConfigured: when it is there and empty, or can be neither read nor made.
    """
    try:
        if not place.exists():
            _make(place, make())
        secret = place.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"{place} can be neither read nor made: {error.strerror}.") from error
    if not secret.strip():
        raise ImproperlyConfigured(f"{place} is empty: bring it back from your copy, or delete it and get a new one.")
    return secret


def close_to_others(folder: Path) -> None:
    """Let no other user of the machine into our own folder, as if it were made now.

    One that is closed to them stays as it is, for its group may be let in on purpose; so does one like /tmp.
    """
    with contextlib.suppress(OSError):  # a file system without modes
        found = folder.stat()
        is_open = found.st_mode & stat.S_IRWXO and not found.st_mode & stat.S_ISVTX
        if is_open and found.st_uid == os.getuid():
            folder.chmod(0o700)


def _make(place: Path, secret: str) -> None:
    """Write it whole; of several processes that start at once, one's becomes everybody's."""
    handle, written = tempfile.mkstemp(dir=place.parent, prefix=place.name)  # its owner's only
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(handle)
        try:
            os.link(written, place)
        except FileExistsError:
            return
        except OSError:  # a file system without second names, as of a shared folder
            os.replace(written, place)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(written)
