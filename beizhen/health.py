"""Is the farm alive, ready for visitors, and well? Each question answers within a second, whatever hangs."""

import hmac
import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from beizhen import vitals

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 0.8
FRESH_SECONDS = 1.0
_checkers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")
_asked: dict[str, tuple[float, "Future[dict[str, Any]]"]] = {}
"""When each check was asked last, and its answer."""


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked, so a sick database never restarts a healthy web server."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Orders can be taken: the database writes and is migrated. Without a broker they can still, only later packed."""
    database, broker = _ask("database", "broker")
    is_ready = bool(database["ok"])
    status = "unavailable" if not is_ready else "ok" if broker["ok"] else "degraded"
    answer = {"status": status, "database": _in_short(database), "broker": _in_short(broker)}
    return JsonResponse(answer, status=200 if is_ready else 503)


@never_cache
@require_safe
def deep(request: HttpRequest) -> JsonResponse:
    """Everything a person on duty wants to know, for staff and for monitors that send the token."""
    if not _may_look(request):
        return JsonResponse({"code": "not_allowed", "detail": "Sign in as staff or send the token."}, status=403)
    names = tuple(vitals.CHECKS)
    found = dict(zip(names, _ask(*names), strict=True))
    is_ready = bool(found["database"]["ok"])
    is_well = all(check["ok"] for check in found.values())
    status = "unavailable" if not is_ready else "ok" if is_well else "degraded"
    return JsonResponse({"status": status, "checks": found}, status=200 if is_ready else 503)


def _ask(*names: str) -> list[dict[str, Any]]:
    """Run checks side by side and wait for all of them until one deadline."""
    asked = [(name, _start(name)) for name in names]
    wait([check for _, check in asked], timeout=DEADLINE_SECONDS)
    return [_answer_of(name, check) for name, check in asked]


def _start(name: str) -> "Future[dict[str, Any]]":
    """One check of a kind at a time, and one a second: each costs a write, and anybody may ask.

    While it hangs everybody waits for that one, and threads do not pile up.
    """
    now = monotonic()
    asked_at, check = _asked.get(name, (0.0, None))
    if check is None or (check.done() and now - asked_at >= FRESH_SECONDS):
        check = _checkers.submit(vitals.CHECKS[name])
        _asked[name] = now, check
    return check


def _answer_of(name: str, check: "Future[dict[str, Any]]") -> dict[str, Any]:
    if not check.done():
        return {"ok": False, "error": f"no answer within {DEADLINE_SECONDS} s"}
    try:
        return check.result()
    except Exception as error:  # whatever a driver throws is an answer, too: not well
        log.warning("health of %s: %s", name, error)
        return {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}


def _in_short(check: dict[str, Any]) -> str:
    """Strangers learn that something is wrong, not what."""
    return "ok" if check["ok"] else "failing"


def _may_look(request: HttpRequest) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.HEALTH_TOKEN and hmac.compare_digest(token.encode(), settings.HEALTH_TOKEN.encode()):
        return True
    return bool(request.user.is_authenticated and request.user.is_staff)
