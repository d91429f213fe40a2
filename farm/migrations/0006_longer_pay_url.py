"""Room for addresses of providers that sign all they were asked for into them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("farm", "0005_older_sessions_gone")]

    operations = [
        migrations.AlterField(
            model_name="payment",
            name="pay_url",
            field=models.CharField(blank=True, max_length=4000, verbose_name="pay url"),
        ),
    ]
