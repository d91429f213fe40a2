"""The table that held sessions before `StaffSession`: its rows could sign in again if old code came back."""

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder


def drop(apps, schema_editor):
    """Drop it with its kind of content, its permissions and the note that it was made; new farms never had it."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS django_session")
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(connection.alias)
    kinds.filter(app_label="sessions", model="session").delete()
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")


class Migration(migrations.Migration):

    dependencies = [
        ("farm", "0004_staff_session"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(drop, migrations.RunPython.noop, elidable=True)]
