"""Ticket types that are older than the count of grown-ups say how many of their people are.

A type that another one names as its company stays as it is: nobody is turned away who could come before.
"""

from typing import Any

from django.db import migrations
from django.db.models import Q

NOT_GROWN_UP = ("child", "infant", "student")


def count(apps: Any, _editor: Any) -> None:
    untouched = apps.get_model("tours", "TicketType").objects.filter(grown_ups=1)
    untouched.filter(_of("family"), people__gte=3).update(grown_ups=2)
    named = list(untouched.filter(accompanies__isnull=False).values_list("pk", flat=True))
    untouched.filter(_of(*NOT_GROWN_UP)).exclude(pk__in=named).update(grown_ups=0)


def _of(*kinds: str) -> Q:
    return Q(kind__in=kinds) | Q(code__in=kinds)


class Migration(migrations.Migration):
    dependencies = [("tours", "0005_seats_of_older_bookings")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
