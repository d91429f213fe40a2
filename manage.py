#!/usr/bin/env python
"""Django's command line for the farm."""

import os
import sys

MISCONFIGURED = 2  # not 1, which an alarm takes for drift
NEEDS_NONE = {"SECRET_KEY": "none", "TICKET_KEYS": "NONE:" + "0" * 43, "PAYMENT_PROVIDERS": "practice"}
"""Stands for what the settings ask for, with the one command that makes some of it."""


def main() -> None:
    """Run a command; what is wrong with the settings is said in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
    if sys.argv[1:2] == ["ticket_key"]:
        for name, text in NEEDS_NONE.items():
            os.environ.pop(f"{name}_FILE", None)
            os.environ[name] = text
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line  # after the settings are named

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        print(f"{error}", file=sys.stderr)
        sys.exit(MISCONFIGURED)


if __name__ == "__main__":
    main()
