"""`manage.py verify`: re-add every counter, ledger and state; exit 1 on any drift (2: see manage.py)."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import override

from beizhen import verify
from beizhen.verify import Finding, Report


class Command(BaseCommand):
    requires_system_checks = []  # they load every page of the site, and `make check` runs them
    help = "Re-add every counter, ledger and state of the farm and print what does not add up; repairs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--strict", action="store_true", help="exit 1 also for work that is late")

    def handle(self, *args: Any, **options: Any) -> None:
        _is_there()
        report = verify.run(now=timezone.now())
        with override("en"):  # like all that commands say
            if options["json"]:
                self.stdout.write(json.dumps(asdict(report), default=str, ensure_ascii=False, indent=2))
            else:
                self._print(report)
        if report.has_drift or (options["strict"] and report.is_late):
            sys.exit(1)

    def _print(self, report: Report) -> None:
        for finding in report.drift:
            self._print_finding(finding, "DRIFT")
        for finding in report.late:
            self._print_finding(finding, "LATE")
        checks = len(report.drift) + len(report.late)
        closing = f"{report.drifts} drift" if report.has_drift else "no drift"
        self.stdout.write(f"{checks} checks, {closing}{', some work is late' if report.is_late else ''}")

    def _print_finding(self, finding: Finding, word: str) -> None:
        self.stdout.write(f"{word if finding.sentences else 'ok':<6}{finding.proves}")
        for sentence in finding.sentences:
            self.stdout.write(f"      {sentence}")
        if finding.more:
            self.stdout.write("      … and more")


def _is_there() -> None:
    """To open a file that is not there would make an empty one.

    :raises OperationalError: when there is none.
    """
    place = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and not place.exists():
        raise OperationalError(f"there is no {place}")
