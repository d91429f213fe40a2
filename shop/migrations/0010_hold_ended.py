"""The staff read of a dead hold what its customer reads; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0009_own_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="status",
            field=models.CharField(
                choices=[
                    ("placed", "Placed"),
                    ("paid", "Paid"),
                    ("planned", "Planned"),
                    ("picked", "Picked"),
                    ("packed", "Packed"),
                    ("shipped", "Shipped"),
                    ("delivered", "Delivered"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Hold ended"),
                ],
                default="placed",
                editable=False,
                max_length=10,
                verbose_name="status",
            ),
        ),
    ]
