from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tours', '0010_deposits_of_older_bookings'),
    ]

    operations = [
        migrations.AddField(
            model_name='visitorsday',
            name='weather_note_en',
            field=models.CharField(blank=True, help_text='Empty: everybody reads the Chinese one.', max_length=200, verbose_name='weather note (English)'),
        ),
        migrations.AddField(
            model_name='visitorsday',
            name='weather_note_zh',
            field=models.CharField(blank=True, help_text="Goes out with the reminder at four in the afternoon before, and stands on the bookings' pages.", max_length=200, verbose_name='weather note (Chinese)'),
        ),
    ]
