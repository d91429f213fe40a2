"""The staff read of a dead hold what its customer reads; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tours", "0010_seats_for_the_minimum"),
    ]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="status",
            field=models.CharField(
                choices=[
                    ("held", "Held"),
                    ("confirmed", "Confirmed"),
                    ("attended", "Attended"),
                    ("no-show", "No Show"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Hold ended"),
                ],
                default="held",
                editable=False,
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="rebooking",
            name="status",
            field=models.CharField(
                choices=[("held", "Held"), ("done", "Done"), ("expired", "Hold ended"), ("dropped", "Dropped")],
                default="held",
                editable=False,
                max_length=8,
                verbose_name="status",
            ),
        ),
    ]
