"""Whole names and phones that staff looked at or took along: a line in the staff's history says who and when."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model


def note(*, user: AbstractBaseUser | AnonymousUser, kind: type[Model], what: str, how: str) -> None:
    """Write down that `user` saw people in rows of `kind`: `what` they were, e.g. `12 orders`, and `how`."""
    LogEntry.objects.create(
        user_id=int(user.pk or 0),
        content_type=ContentType.objects.get_for_model(kind),
        object_repr=what,
        action_flag=CHANGE,
        change_message=how,
    )
