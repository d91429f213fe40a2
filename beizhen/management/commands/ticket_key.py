"""`manage.py ticket_key`: make a key that signs tickets, to put first in TICKET_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from beizhen.first_start import fresh_ticket_key


class Command(BaseCommand):
    requires_system_checks = []  # they load every page of the site, and `make check` runs them
    help = "Print a new key for TICKET_KEYS. Put it first: the first signs, all of them verify."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(fresh_ticket_key())
