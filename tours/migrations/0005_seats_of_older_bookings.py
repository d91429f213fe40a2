"""What was booked, changed or accepted before takes the seats that its ticket types count now."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def freeze(apps: Any, _editor: Any) -> None:
    types = apps.get_model("tours", "TicketType").objects
    kind = types.filter(pk=OuterRef("ticket_type")).values("people")[:1]
    apps.get_model("tours", "BookedUnit").objects.update(people=Subquery(kind))
    for name, status in (("Rebooking", ("held",)), ("WaitingParty", ("waiting", "offered"))):
        for row in apps.get_model("tours", name).objects.filter(status__in=status).select_related("slot").iterator():
            mine = types.filter(experience=row.slot.experience_id, code__in=row.party)
            row.seats = dict(mine.values_list("code", "people"))
            row.save(update_fields=["seats"])


class Migration(migrations.Migration):
    dependencies = [("tours", "0004_seats_as_booked")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
