"""Who is signed in: one statement reads session, user and permissions. Every page of staff begins with it."""

from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends import db
from django.core.exceptions import PermissionDenied
from django.db.models import Aggregate, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from farm import rows
from farm.api.throttles import StaffByName
from farm.models import StaffSession, User


class SessionStore(db.SessionStore):
    """Django's sessions in the database. The row names its user, who is read with it: `found`."""

    found: StaffSession | None = None

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        session = cast(StaffSession, super().create_model_instance(data))
        session.user_id = int(data[auth.SESSION_KEY]) if auth.SESSION_KEY in data else None
        return session

    def _get_session_from_db(self) -> StaffSession | None:
        """The row of this key; without one, or with an expired one, the key is forgotten."""
        self.found = rows.first(_session, str(self.session_key))
        if self.found is None or self.found.expire_date <= timezone.now():
            self.found = self._session_key = None
        elif self.found.user and not self.found.user.is_superuser:
            self.found.user._perm_cache = set((self.found.may or "").split())  # where ModelBackend keeps what it read
        return self.found


class _Joined(Aggregate):
    """Texts with blanks between them."""

    function, template, output_field = "GROUP_CONCAT", "%(function)s(%(expressions)s, ' ')", TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


class StaffBackend(ModelBackend):
    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **more: Any) -> Any:
        """Compare name and password, unless the name was guessed at too often; axes stands before and counts addresses.

        :raises PermissionDenied: then, and axes answers as to an address from which too much was tried.
        """
        if request is not None and not StaffByName().allow_request(request, cast(Any, None)):
            request.axes_locked_out = True
            raise PermissionDenied
        return super().authenticate(request, username, password, **more)

    def get_user(self, user_id: Any) -> Any:
        found = rows.read(_user, int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def whose(session: Any) -> User | None:
    """The user who came along with the session, when all is as it should be; whatever is not, Django is to judge."""
    user_id = session.get(auth.SESSION_KEY)  # loads it
    user = session.found.user if session.found else None
    if user is None or user_id != str(user.pk) or not user.is_active:
        return None
    by_us = session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    same_password = constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if by_us and same_password else None


def _session(key: str) -> QuerySet[Any]:
    """The session with its user and the names of what he may do, by himself and by his groups."""
    own = User.user_permissions.through.objects.filter(user__sessions=key).values("permission")
    shared = Permission.group_set.through.objects.filter(group__user__sessions=key).values("permission")
    granted = Permission.objects.filter(Q(pk__in=own) | Q(pk__in=shared)).order_by().values(one=Value(1))
    names = granted.annotate(names=_Joined(Concat("content_type__app_label", Value("."), "codename"))).values("names")
    return StaffSession.objects.filter(session_key=key).select_related("user").annotate(may=Subquery(names))


def _user(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
