"""One indexed UPDATE behind the farm's own web stack: sessions, permissions and forgery checks as at the gate."""

from typing import Any

from django.db import connection
from django.urls import path
from rest_framework.response import Response

from beizhen import health
from benchmarks.bare_update import UPDATE
from farm.api.views import StaffDoor


class Bare(StaffDoor):
    needs = {"POST": "tours.check_in"}

    def post(self, request: Any, key: str) -> Response:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [key])
            used = cursor.rowcount
        return Response({"used": bool(used)}, status=200 if used else 409)


urlpatterns = [path("tickets/<str:key>", Bare.as_view()), path("healthz/ready", health.ready)]
