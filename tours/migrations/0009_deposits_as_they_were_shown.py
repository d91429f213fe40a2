from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tours', '0008_what_was_lost_stays_lost'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='deposit_percent',
            field=models.PositiveSmallIntegerField(default=0, editable=False, help_text='as it was shown before payment; 0: no deposit', verbose_name='deposit percent'),
        ),
    ]
