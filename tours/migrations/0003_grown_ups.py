import django.core.validators
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tours", "0002_account")]

    operations = [
        migrations.AddField(
            "tickettype",
            "grown_ups",
            models.PositiveSmallIntegerField(
                default=1,
                help_text="how many of its people can look after others: an adult 1, a family of four 2",
                verbose_name="grown-ups",
            ),
        ),
        migrations.AddField(
            "tickettype",
            "per_grown_up",
            models.PositiveSmallIntegerField(
                blank=True,
                help_text="how many of them one grown-up who comes along may bring; empty: any number",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="per grown-up",
            ),
        ),
        migrations.AddConstraint(
            "tickettype",
            models.CheckConstraint(
                condition=Q(("per_grown_up", None), ("per_grown_up__gte", 1), _connector="OR"),
                name="a_grown_up_may_bring_somebody",
            ),
        ),
    ]
