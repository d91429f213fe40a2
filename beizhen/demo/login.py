"""The demo farm's staff login: made on the first start, kept in a file that only its owner may read."""

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from farm.models import User

NAME = "farm"
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without letters and digits that look alike
GROUPS, GROUP_LENGTH = 4, 4


class Login(NamedTuple):
    """A name and a password to show to whoever runs the demo."""

    name: str
    password: str


def ensure(place: Path) -> Login | None:
    """The demo staff login, made when no staff member can sign in yet; None when it is not ours to show any more.

    The password stands in file `place` and is shown only while it is still the one that signs in.
    """
    staff = User.objects.filter(is_staff=True, is_active=True)
    if not staff.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
        return _make(place)
    if not place.exists():
        return None
    password = place.read_text().strip()
    user = User.objects.filter(username=NAME, is_staff=True, is_active=True).first()
    return Login(NAME, password) if user and user.check_password(password) else None


def _make(place: Path) -> Login:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    password = "-".join(groups)
    place.unlink(missing_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    user, _ = User.objects.get_or_create(username=NAME)
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_password(password)
    user.save(update_fields=["is_staff", "is_superuser", "is_active", "password"])
    return Login(NAME, password)
