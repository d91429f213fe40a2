"""What a message may count on, and one index for all that is asked by its recipient."""

from django.db import migrations, models

STANDINGS = [("sure", "always sent"), ("unpaid", "about what nobody has paid"), ("held back", "held back")]


class Migration(migrations.Migration):

    dependencies = [("farm", "0008_phones_in_older_requests")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="standing",
            field=models.CharField(
                choices=STANDINGS,
                db_default="sure",
                default="sure",
                help_text="few a day are sent to one recipient about what nobody has paid",
                max_length=9,
                verbose_name="standing",
            ),
        ),
        migrations.AlterField(
            model_name="notice", name="to", field=models.CharField(max_length=120, verbose_name="recipient")
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["to", "standing", "written_at"], name="notices_of_a_recipient"),
        ),
    ]
