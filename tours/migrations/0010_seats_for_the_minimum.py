"""A rule needs at most as many people as it has seats."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tours", "0009_minimum_of_older_rules"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="schedulerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum_to_run__lte", models.F("capacity"))),
                name="a_rule_has_seats_for_its_minimum",
                violation_error_message="“Minimum to run” must not be more than “capacity”.",
            ),
        ),
    ]
