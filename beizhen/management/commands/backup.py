"""`manage.py backup`: the whole database in one file, taken while the farm runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from beizhen import backup

KEEP = 14


class Command(BaseCommand):
    requires_system_checks = []  # they load every page of the site, and `make check` runs them
    help = (
        "Write a backup while the farm runs, check that it is whole, and keep the last ones. SQLite: a file that can "
        "take the database's place. PostgreSQL: a dump for pg_restore, made by pg_dump. It holds personal data: only "
        "its owner may read it. The secret key is not in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.VAR / "backups", help="the folder (backups in var)")
        parser.add_argument("--keep", type=int, default=KEEP, help=f"how many stay there ({KEEP})")
        parser.add_argument("--verify", action="store_true", help="open a copy of it and re-add all ledgers")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep is at least 1.")
        try:
            place = backup.make(folder=options["to"], keep=options["keep"], now=timezone.now())
            self.stdout.write(f"{place}  {place.stat().st_size / 1_000_000:.1f} MB, whole")
            if options["verify"]:
                backup.verify(place)
                self.stdout.write("A copy of it opens, and its books add up.")
        except backup.BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error}") from error
