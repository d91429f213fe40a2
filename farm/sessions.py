"""Who is signed in: Django's tables, read by statements compiled once. Every page of staff begins with them."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from farm import rows
from farm.models import User


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        """The row of this key; without one, or with an expired one, the key is forgotten."""
        found = rows.read(_session, str(self.session_key))
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None


class StaffBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Any:
        found = rows.read(_user, int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def _session(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)


def _user(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
