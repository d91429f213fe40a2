"""`manage.py up`: run the whole farm from one terminal, with SQLite and no other software."""

import errno
import http.client
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from beizhen.demo import farm, login, visits
from beizhen.demo.own import own_settings
from beizhen.environment import ON
from beizhen.first_start import close_to_others
from beizhen.processes import DiedAtStart, Program, RunsAlready, Tree, only_one
from farm.models import User
from shop.models import Variety

TAKEN = """Port {port} is taken by another program. Choose another one:
  make up ARGS="--port {other}"      or      PORT={other} make up"""
NOT_HERE = "Cannot listen on {host}:{port}: {reason}. Choose another with --host or --port."
RUNS_ALREADY = """The farm already runs from {var} (process {pid}).
Stop it first with Ctrl-C in its terminal, or run another farm beside it: BEIZHEN_VAR=/some/folder make up"""
NOT_UP = "The site did not start. The end of {logs}/web.log:\n{lines}"
NOT_OPENED = """The farm could not be opened: {reason}
Look at the folder {var}: is it there, yours to write to, and is its disk not full?"""
CLOSED = """The farm was open and had to close: {reason}
What was acknowledged is safe. Look at the folder {var} and at where this is printed to, then start it again."""
NO_STAFF = "Nobody of the staff can sign in yet: manage.py createsuperuser"
WELCOME = """
The farm is open.
  shop      {address}/
  visits    {address}/visits/
  staff     {address}/staff/
  API       {address}/api/docs
  logs      {logs}"""
NOBODYS_PHONE = "0416-000 0000"
CLOCK = "Demo clock: every paid order ships at once. DEMO_CLOCK=0 keeps the real calendar."
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # only compared with what the user asked for
# On SQLite and two cores two workers serve 1.7 to 2.3 times the pages of one, and 1.1 to 1.4 times the orders.
WEB_WORKERS = 2
WEB_THREADS = 8
RESPAWN_SECONDS = 0.5
JOBS_AT_ONCE = 2
LAST_PORT = 65_535


class Command(BaseCommand):
    requires_system_checks = []  # they load every page of the site, and `make check` runs them
    help = (
        "Run the whole farm in one process tree: web server, worker and clock, on SQLite in var/ unless DATABASE_URL "
        "says otherwise. Migrates first. An empty SQLite database gets the demo farm and a staff login, and with it "
        "DEMO_CLOCK=1 (every paid order ships at once); --empty leaves it empty, DEMO_CLOCK=0 keeps the real calendar. "
        "What dies is started again; Ctrl-C stops everything. Logs are in var/log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"), help="8000, or what PORT says")
        parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1; 0.0.0.0 for other machines too")
        parser.add_argument("--empty", action="store_true", help="no demo farm, no demo login, the real calendar")

    def handle(self, *args: Any, **options: Any) -> None:
        close_to_others(settings.VAR)
        try:
            with only_one(settings.VAR):
                self._open(options["host"], options["port"], is_empty=options["empty"])
        except RunsAlready as error:
            raise CommandError(RUNS_ALREADY.format(var=settings.VAR, pid=error)) from None
        except DiedAtStart as error:
            raise CommandError(NOT_UP.format(logs=settings.VAR / "log", lines=error)) from error
        except OSError as error:
            raise CommandError(NOT_OPENED.format(var=settings.VAR, reason=error)) from error
        self.stdout.write("The farm is closed.")

    def _open(self, host: str, port: int, *, is_empty: bool) -> None:
        _check_port(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        in_demo = _in_demo() if settings.EMBEDDED and not is_empty else []
        address = f"http://{_spoken(host)}:{port}"
        logs = settings.VAR / "log"
        environment = _environment(host, address, is_demo=bool(in_demo))
        with Tree(mark=str(settings.VAR.resolve()), logs=logs, environment=environment, say=self.stdout.write) as tree:
            if tree.start(_web(host, port), is_ready=lambda: _answers(host, port)):
                tree.start(_worker())
                tree.start(_clock())
                words = [WELCOME.format(address=address, logs=logs), *(in_demo or _staff_hint())]
                self._keep_open(tree, "\n".join([*words, "Ctrl-C stops everything."]))
            self.stdout.write("\nClosing; a second Ctrl-C closes at once ...")

    def _keep_open(self, tree: Tree, words: str) -> None:
        try:
            self.stdout.write(words)
            self.stdout.flush()
            tree.watch()
        except OSError as error:
            raise CommandError(CLOSED.format(var=settings.VAR, reason=error)) from error


def _check_port(host: str, port: int) -> None:
    if not 1 <= port <= LAST_PORT:
        raise CommandError(NOT_HERE.format(host=host, port=port, reason=f"ports are numbers from 1 to {LAST_PORT}"))
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(TAKEN.format(port=port, other=port + 1)) from None
        raise CommandError(NOT_HERE.format(host=host, port=port, reason=error.strerror)) from None


def _in_demo() -> list[str]:
    """Load the demo farm into an empty database, and return what whoever runs it should know."""
    place = settings.VAR / "demo_login"
    if not Variety.objects.exists():
        farm.load(now=timezone.now())
        # Nobody hears bells yet, and the worker looks when it starts; links lead to people's pages, so load no others.
        with own_settings(BELL_RINGS=False, ROOT_URLCONF="beizhen.page_urls"):
            visits.greet(now=timezone.now())
    elif place.exists():
        farm.keep_on(now=timezone.now())
    staff = login.ensure(place)
    words = [f"Staff sign in as {staff.name} with {staff.password}"] if staff else []
    return [*words, CLOCK] if place.exists() and _demo_clock() else words


def _staff_hint() -> list[str]:
    return [] if User.objects.filter(is_staff=True, is_active=True).exists() else [NO_STAFF]


def _environment(host: str, address: str, *, is_demo: bool) -> dict[str, str]:
    """What the programs get beside our own environment; a variable that is set stays as it is."""
    defaults = {"PUBLIC_URL": address}
    if is_demo:
        defaults |= {"DEMO_CLOCK": "1", "FARM_PHONE": NOBODYS_PHONE}
    if host not in EVERYWHERE:
        defaults["ALLOWED_HOSTS"] = ",".join({*settings.ALLOWED_HOSTS, host})
    return {name: value for name, value in defaults.items() if name not in os.environ}


def _demo_clock() -> bool:
    return os.environ.get("DEMO_CLOCK", "1").lower() in ON


def _spoken(host: str) -> str:
    """The host as people on this machine write it in an address."""
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"[{name}]" if ":" in name else name


def _answers(host: str, port: int) -> bool:
    """Whether the first page is there; asking for it also warms it up."""
    asked = http.client.HTTPConnection(_spoken(host).strip("[]"), port, timeout=5)
    try:
        asked.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return asked.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _web(host: str, port: int) -> Program:
    granian = ("--interface", "wsgi", "--http", "1", "--no-ws", "--host", host, "--port", str(port))
    size = ("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS), "--workers-kill-timeout", "5")
    respawn = ("--respawn-failed-workers", "--respawn-interval", str(RESPAWN_SECONDS))
    return _python("web", "beizhen.web", *granian, *size, *respawn, "--log-level", "warning")


def _worker() -> Program:
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    # Without Redis Celery's pool shares one pipe and its lock: a child killed while it waits leaves the others deaf.
    pool = "threads" if settings.EMBEDDED else "prefork"
    size = ("--pool", pool, "--concurrency", str(JOBS_AT_ONCE), "--queues", ",".join(settings.QUEUES))
    return _python("worker", "beizhen.worker", *size, *alone, "--loglevel", "warning")


def _clock() -> Program:
    """Celery beat; its file says when each round was rung for last."""
    schedule = ("--schedule", str(settings.VAR / "clock"), "--pidfile", "")
    return _python("clock", "beizhen.clock", *schedule, "--loglevel", "warning")


def _python(name: str, module: str, *arguments: str) -> Program:
    return Program(name, (sys.executable, "-m", module, *arguments))
