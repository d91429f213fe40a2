#!/usr/bin/env python
"""Django's command line for the farm."""

import os
import sys

MISCONFIGURED = 2  # not 1, which an alarm takes for drift
NEEDS_NONE = {"SECRET_KEY": "none", "TICKET_KEYS": "NONE:" + "0" * 43, "PAYMENT_PROVIDERS": "practice"}
"""Stands for what the settings ask for, with the one command that makes some of it."""
UNUSABLE = """The farm's database cannot be used: {reason}
Look at BEIZHEN_VAR and DATABASE_URL. A new or older database needs manage.py migrate, a damaged one the last backup."""


def main() -> None:
    """Run a command; what is wrong with the settings or the database is said in a few words."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
    if sys.argv[1:2] == ["ticket_key"]:
        for name, text in NEEDS_NONE.items():
            os.environ.pop(f"{name}_FILE", None)
            os.environ[name] = text
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line  # after the settings are named
    from django.db import DatabaseError, DataError, IntegrityError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        _give_up(f"{error}")
    except (DataError, IntegrityError):
        raise  # a mistake of the program, and no fault of the database
    except DatabaseError as error:
        _give_up(UNUSABLE.format(reason=f"{error}".strip()))


def _give_up(words: str) -> None:
    """Say it and exit; within an `except`, whose error is shown whole to whoever wants it."""
    if "--traceback" in sys.argv:
        raise  # the one that is being handled
    print(words, file=sys.stderr)
    sys.exit(MISCONFIGURED)


if __name__ == "__main__":
    main()
