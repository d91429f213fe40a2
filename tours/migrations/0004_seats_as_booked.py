from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tours", "0003_grown_ups")]

    operations = [
        migrations.AddField(
            "bookedunit",
            "people",
            models.PositiveSmallIntegerField(
                default=1, help_text="seats it takes, as when it was booked", verbose_name="people"
            ),
            preserve_default=False,
        ),
        *(
            migrations.AddField(
                name,
                "seats",
                models.JSONField(
                    default=dict,
                    help_text="what each ticket takes, by the codes of ticket types, as it was accepted",
                    verbose_name="seats",
                ),
            )
            for name in ("rebooking", "waitingparty")
        ),
    ]
