from django.db import migrations
from django.db.models import OuterRef, Subquery


def take_the_experiences_percent(apps, schema_editor):
    """What older bookings were shown was not kept: the nearest to it is what their experience asks now."""
    bookings, slots = apps.get_model("tours", "Booking"), apps.get_model("tours", "Slot")
    percent = slots.objects.filter(pk=OuterRef("slot")).values("experience__deposit_percent")[:1]
    bookings.objects.filter(plan="deposit", deposit_percent=0).update(deposit_percent=Subquery(percent))


class Migration(migrations.Migration):

    dependencies = [("tours", "0009_deposits_as_they_were_shown")]

    operations = [migrations.RunPython(take_the_experiences_percent, migrations.RunPython.noop)]
