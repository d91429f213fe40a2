"""`manage.py demo`: give the demo farm a past, lived through by the real stories."""

import datetime as dt
import gc
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from beizhen import verify
from beizhen.demo import farm
from beizhen.demo.people import PHONES
from beizhen.demo.story import Story
from beizhen.processes import RunsAlready, only_one
from shop.models import Order
from tours.models import Booking

MOST_DAYS = 180
RUNS = "The farm runs from {var}: its workers would live by another clock. Stop it first (Ctrl-C in its terminal)."
REAL = """{count} orders and bookings here were not made by the demo (their phones do not begin with {phones}).
Use another folder (BEIZHEN_VAR=/some/folder) or add the demo's own to them with --force."""


class Command(BaseCommand):
    requires_system_checks = []  # they load every page of the site, and `make check` runs them
    help = (
        "Drive the demo farm through past days by the real stories: orders from many provinces are placed, paid, "
        "abandoned, cancelled, moved, packed, shipped and delivered, some late; visits are booked, paid, moved, rained "
        "out, and let in at the gate, one party for eight orders. An empty database gets the demo farm "
        "first. Names and phones are invented: every phone begins with 1640, a range no operator has. Refuses while "
        "`manage.py up` runs, and on a database with orders or bookings that it did not make, unless --force."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=60, help="how many days back it begins (60, at most 180)")
        parser.add_argument("--orders-per-day", type=int, default=40, help="on an ordinary day (40)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed tells the same story (1)")
        parser.add_argument("--force", action="store_true", help="also beside what the demo did not make")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= MOST_DAYS or options["orders_per_day"] < 1:
            raise CommandError(f"--days is 1 to {MOST_DAYS}, --orders-per-day at least 1.")
        try:
            with only_one(settings.VAR):
                self._tell(options)
        except RunsAlready:
            raise CommandError(RUNS.format(var=settings.VAR)) from None

    def _tell(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        strangers = Order.objects.exclude(phone__startswith=PHONES).count()
        strangers += Booking.objects.exclude(phone="").exclude(phone__startswith=PHONES).count()
        if strangers and not options["force"]:
            raise CommandError(REAL.format(count=strangers, phones=PHONES))
        _hurry()
        began, now = time.monotonic(), timezone.now()
        first = timezone.localdate(now) - dt.timedelta(days=options["days"])
        per_day = options["orders_per_day"]
        farm.load(now=now)
        farm.load_past(first=first, orders_per_day=per_day, now=now)
        story = Story(first=first, until=now, orders_per_day=per_day, seed=options["seed"])
        story.tell(self._progress)
        self._summary(story.happened, time.monotonic() - began)

    def _progress(self, date: dt.date) -> None:
        if date.day in (1, 8, 15, 22):
            self.stdout.write(f"{date}  {Order.objects.count()} orders, {Booking.objects.count()} bookings")

    def _summary(self, happened: Counter[str], seconds: float) -> None:
        self.stdout.write("What customers did:")
        for what, times in happened.most_common():
            self.stdout.write(f"  {times:6} {what}")
        self._standing("Where their orders are now:", Order.objects.all())
        self._standing("Where their bookings are now:", Booking.objects.all())
        report = verify.run(now=timezone.now())
        self.stdout.write(f"{seconds:.0f} s; manage.py verify finds {report.drifts or 'no'} drift.")
        if report.has_drift:
            raise CommandError("The books do not add up: see manage.py verify.")

    def _standing(self, words: str, rows: QuerySet[Any]) -> None:
        self.stdout.write(words)
        for status, count in rows.order_by().values_list("status").annotate(count=Count("pk")).order_by("-count"):
            self.stdout.write(f"  {count:6} {status}")


def _hurry() -> None:
    """Thousands of orders in a minute: look for garbage less often, and do not wait for the disk after each step.

    A power cut costs nothing here but telling the story again.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)  # measured: a fifth less time
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
