"""`manage.py migrate`: Django's, and then the farm's groups of staff, so that every way to start has them."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from farm.people import ensure_groups

PARTLY = ("app_label", "plan", "check_unapplied", "fake", "fake_initial", "prune")
"""Given one of these, it looks or mends; the tables of the groups may not be there."""


class Command(migrate.Command):
    """An override and no signal: it runs once, where it can be read, and not after each flush of a test."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["database"] == DEFAULT_DB_ALIAS and not any(options[name] for name in PARTLY):
            ensure_groups()
