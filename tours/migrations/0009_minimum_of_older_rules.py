"""A rule that needs more people than it has seats ran never: it needs all its seats taken."""

from typing import Any

from django.db import migrations
from django.db.models import F


def lower(apps: Any, _editor: Any) -> None:
    apps.get_model("tours", "ScheduleRule").objects.filter(minimum_to_run__gt=F("capacity")).update(
        minimum_to_run=F("capacity")
    )


class Migration(migrations.Migration):
    dependencies = [("tours", "0008_own_words")]

    operations = [migrations.RunPython(lower, migrations.RunPython.noop)]
