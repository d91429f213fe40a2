"""The gate's page for phones, what it asks of the farm, the list to print, and the worker that keeps it alone."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.shapes import read
from farm.api.views import StaffDoor
from farm.money import yuan
from tours import gate, manifest, offline, sheets, verdicts, walkins
from tours.gate import Scan, Whom
from tours.models import Booking, ScanConflict, Slot
from tours.offline import QueuedScan
from tours.pages import gate_shapes as shapes
from tours.pages.gate_words import WORDS
from tours.party import Party

CHECK_IN, WHOLE_NAMES = "tours.check_in", "tours.view_visitors"
CONFLICTS = 20


def page_for_the_gate(view: Any) -> Any:
    """Signed-in staff with the permission; nothing of it is kept by a cache on the way."""
    return never_cache(require_safe(login_required(permission_required(CHECK_IN, raise_exception=True)(view))))


@page_for_the_gate
@ensure_csrf_cookie
def show(request: HttpRequest) -> HttpResponse:
    words = {name: str(text) for name, text in WORDS.items()}
    return render(request, "tours/gate/gate.html", {"words": words, "today": timezone.localdate()})


@page_for_the_gate
def show_manifest(request: HttpRequest, date: str) -> HttpResponse:
    day = _date(date)
    lists = manifest.of_day(day)
    context = {"date": day, "lists": lists, "is_whole": request.user.has_perm(WHOLE_NAMES)}
    return render(request, "tours/gate/manifest.html", context)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; served here, because it may only look after addresses beside its own."""
    return render(request, "tours/gate/worker.js", content_type="text/javascript; charset=utf-8")


class GateDoor(StaffDoor):
    """What the page asks; not part of the API that is documented for others."""

    schema = None
    needs = {"GET": CHECK_IN, "POST": CHECK_IN}

    def scan(self, request: Request, said: dict[str, Any], now: dt.datetime) -> Scan:
        return Scan(nonce=said["nonce"], gate=said["gate"], by=self.by(request), at=said.get("at", now))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer


class Day(GateDoor):
    def get(self, request: Request) -> Response:
        now = timezone.now()
        day = offline.bundle(timezone.localdate(now))
        return Response({**day, "walk_ins": [_for_sale(slot, now) for slot in walkins.open_slots(now)], **_conflicts()})


class Looks(GateDoor):
    def post(self, request: Request) -> Response:
        verdict = gate.look(read(shapes.LookIn, request.data)["code"], now=timezone.now())
        return Response(shapes.shown_verdict(verdict, _name(request, verdict.booking)))


class Admissions(GateDoor):
    def post(self, request: Request) -> Response:
        said, now = read(shapes.ScanIn, request.data), timezone.now()
        try:
            admission = gate.admit(code=said["code"], whom=_whom(said), scan=self.scan(request, said, now), now=now)
        except gate.NotLetIn as refused:
            shown = shapes.shown_verdict(refused.verdict, _name(request, refused.verdict.booking))
            return Response(shown, status=409)
        return Response(shapes.shown_admission(admission))


class Balances(GateDoor):
    def post(self, request: Request) -> Response:
        said, now = read(shapes.BalanceIn, request.data), timezone.now()
        claim = gate.claimed(said["number"])
        gate.take_balance(booking=claim.booking, how=said["how"], by=self.by(request), now=now)
        verdict = gate.look(claim.booking.number, now=now)
        return Response(shapes.shown_verdict(verdict, _name(request, verdict.booking)))


class WalkIns(GateDoor):
    def post(self, request: Request) -> Response:
        said, now = read(shapes.WalkInIn, request.data), timezone.now()
        scan = self.scan(request, said, now)
        sold = walkins.sell(slot=said["slot"], party=Party.of(said["party"]), how=said["how"], scan=scan, now=now)
        return Response(shapes.shown_admission(sold), status=201)


class Scans(GateDoor):
    """Scans of a gate that had no network, told all at once."""

    def post(self, request: Request) -> Response:
        said, now = read(shapes.UploadIn, request.data)["scans"], timezone.now()
        queued = [QueuedScan(self.scan(request, one, now), one["code"], _whom(one)) for one in said]
        told = offline.upload(queued, now=now)
        return Response({"told": [vars(one) for one in told], **_conflicts()})


def _whom(said: dict[str, Any]) -> Whom:
    return Whom(keys=tuple(said["keys"]), people=None if said["keys"] else said["people"])


def _name(request: Request, booking: Booking | None) -> str:
    if booking is None:
        return ""
    return booking.name if request.user.has_perm(WHOLE_NAMES) else shapes.masked(booking)


def _for_sale(slot: Slot, now: dt.datetime) -> dict[str, Any]:
    sheet = sheets.recent(slot.experience_id, now)
    kinds = [(kind, sheet.price_fen(kind, slot.price_list_id)) for kind in sheet.ticket_types.values()]
    return {
        "slot": slot.pk,
        "experience": slot.experience.name,
        "time": f"{timezone.localtime(slot.starts_at):%H:%M}",
        "left": min(slot.left, slot.day.left),
        "kinds": [{"code": kind.code, "name": kind.name, "fen": fen, "price": yuan(fen)} for kind, fen in kinds],
    }


def _conflicts() -> dict[str, Any]:
    """The last scans that our people must look at."""
    last = ScanConflict.objects.select_related("booking", "first")[:CONFLICTS]
    return {"conflicts": [_shown_conflict(one) for one in last]}


def _shown_conflict(one: ScanConflict) -> dict[str, Any]:
    return {
        "number": one.booking.number if one.booking else "",
        "why": one.why,
        "gate": one.gate,
        "at": f"{timezone.localtime(one.at):%m-%d %H:%M}",
        "words": verdicts.first_words(one.first) if one.first else "",
    }


def _date(words: str) -> dt.date:
    try:
        return dt.date.fromisoformat(words)
    except ValueError as error:
        raise Http404 from error
