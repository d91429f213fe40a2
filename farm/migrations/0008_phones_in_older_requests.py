"""Requests that were remembered under a phone: from now on under its digest, so they stay when its owner is forgotten."""

from django.db import migrations
from django.utils.crypto import salted_hmac


def digest(apps, schema_editor):
    """Those of the last days: their keys go on leading to what they made."""
    requests = apps.get_model("farm", "RememberedRequest").objects.using(schema_editor.connection.alias)
    for one in requests.filter(scope__regex=r"^(order|booking):1[0-9]{10}$").iterator():
        what, _, phone = one.scope.partition(":")
        whose = salted_hmac("farm.idempotency", phone, algorithm="sha256").hexdigest()
        requests.filter(pk=one.pk).update(scope=f"{what}:{whose}")


class Migration(migrations.Migration):
    dependencies = [("farm", "0007_room_for_digests")]

    operations = [migrations.RunPython(digest, migrations.RunPython.noop, elidable=True)]
