"""What an embedded farm makes for itself the first time it starts."""

import os
import secrets
from pathlib import Path


def kept_secret(place: Path) -> str:
    """The secret in file `place`, made on first use and readable by its owner only."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return place.read_text()
