"""The two kinds of REST door: for anybody, and for signed-in staff."""

from collections.abc import Iterable
from typing import Any, ClassVar

from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from farm.api.throttles import Reading


class AlwaysJson(DefaultContentNegotiation):
    """Whatever a client says it accepts, it gets the one thing there is, rather than a 406."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = next(iter(renderers))
        return only, str(only.media_type)


class PublicDoor(APIView):
    """Anybody may come in: no session is looked at, and nothing is signed in."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes: tuple[type[BaseThrottle], ...] = (Reading,)
    content_negotiation_class = AlwaysJson
    metadata_class = None


class HasPermission(BasePermission):
    """Staff with the permission that the door names for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        needed = view.needs.get("GET" if request.method == "HEAD" else request.method)
        return bool(user and user.is_staff and (needed is None or user.has_perm(needed)))


class StaffDoor(APIView):
    """For staff who signed in at /staff/: `needs` names the permission for each method."""

    needs: ClassVar[dict[str, str]] = {}
    authentication_classes = (SessionAuthentication,)
    permission_classes = (HasPermission,)
    content_negotiation_class = AlwaysJson
    metadata_class = None

    @staticmethod
    def by(request: Request) -> str:
        """Who does it, as histories keep it."""
        return str(request.user.get_username())[:60]
