"""The kinds of REST door: for anybody, and for signed-in staff."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from farm import looking
from farm.api.throttles import Reading
from farm.people import hand


class AlwaysJson(DefaultContentNegotiation):
    """Whatever a client says it accepts, it gets the one thing there is, rather than a 406."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = next(iter(renderers))
        return only, str(only.media_type)


class Door(APIView):
    """Whatever it answers is one reader's own, and no browser or proxy keeps it, unless `kept_for` says how long."""

    is_kept: ClassVar[bool] = False
    content_negotiation_class = AlwaysJson
    metadata_class = None

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if not self.is_kept:
            final["Cache-Control"] = "no-store"
        return final


class PublicDoor(Door):
    """Anybody may come in: no session is looked at, and nothing is signed in."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes: tuple[type[BaseThrottle], ...] = (Reading,)


class HasPermission(BasePermission):
    """Staff with the permission that the door names for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        needed = view.needs.get("GET" if request.method == "HEAD" else request.method)
        return bool(user and user.is_staff and (needed is None or user.has_perm(needed)))


class StaffDoor(Door):
    """For staff who signed in at /staff/: `needs` names the permission for each method."""

    needs: ClassVar[dict[str, str]] = {}
    authentication_classes = (SessionAuthentication,)
    permission_classes = (HasPermission,)

    @staticmethod
    def by(request: Request) -> str:
        """Who does it, as histories keep it."""
        return hand(request.user)

    @staticmethod
    def note_looked(request: Request, rows: Sequence[Any], what: str) -> None:
        """Write down that staff saw the people of these numbered rows; `what` says how many of what."""
        if rows:
            how = f"{_('looked at personal data')}: {', '.join(row.number for row in rows)}"
            looking.note(user=request.user, kind=type(rows[0]), what=what, how=how)
