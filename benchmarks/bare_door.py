"""One indexed UPDATE behind the farm's own web stack: for anybody, and with session and permission as at the gate."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.response import Response

from beizhen import health
from benchmarks.bare_update import UPDATE
from farm.api.views import StaffDoor


class Bare(StaffDoor):
    needs = {"POST": "tours.check_in"}

    def post(self, request: Any, key: str) -> Response:
        used = _use(key)
        return Response({"used": used}, status=200 if used else 409)


@csrf_exempt
def anybody(request: HttpRequest, key: str) -> JsonResponse:
    """Nothing but the UPDATE: no session, no user, no REST framework."""
    used = _use(key)
    return JsonResponse({"used": used}, status=200 if used else 409)


def _use(key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [key])
        return bool(cursor.rowcount)


urlpatterns = [
    path("tickets/<str:key>", Bare.as_view()),
    path("anybody/<str:key>", anybody),
    path("healthz/ready", health.ready),
]
