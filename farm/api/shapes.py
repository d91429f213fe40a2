"""Read and show through serializers that are built once: building one copies all its fields, each time."""

from functools import cache
from typing import Any

from django.utils.translation import get_language
from rest_framework.serializers import Serializer


def read(kind: type[Serializer[Any]], body: object) -> dict[str, Any]:
    """What a body says, by the fields of `kind`.

    :raises rest_framework.exceptions.ValidationError: naming every field that is wrong.
    """
    shape = _kept(kind, get_language() or "")
    values: dict[str, Any] = shape.run_validation(body)
    return values


def show(kind: type[Serializer[Any]], thing: object) -> dict[str, Any]:
    """What `kind` shows of a thing."""
    shown: dict[str, Any] = _kept(kind, get_language() or "").to_representation(thing)
    return shown


@cache
def _kept(kind: type[Serializer[Any]], language: str) -> Serializer[Any]:
    """One instance per language: the messages of its fields are put into words once, for their first reader."""
    return kind()
