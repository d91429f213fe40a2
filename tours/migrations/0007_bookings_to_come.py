"""Who is still to come is found among those alone, however many visits there were in all the years."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tours', '0006_grown_ups_of_older_tickets'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('status', 'confirmed')), fields=['id'], name='bookings_to_come'),
        ),
    ]
