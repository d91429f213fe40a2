"""Room for a digest where a phone stood."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("farm", "0006_longer_pay_url")]

    operations = [
        migrations.AlterField(
            model_name="rememberedrequest",
            name="scope",
            field=models.CharField(
                help_text="who and what for: order: and a digest of a phone", max_length=80, verbose_name="scope"
            ),
        ),
    ]
