"""What a form refuses is said in words of its own; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tours', '0007_bookings_to_come'),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name='experience',
            name='a_deposit_is_part_of_the_price',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_percent__lte', 100)), name='a_deposit_is_part_of_the_price', violation_error_message='“Deposit percent” must be 100 or less.'),
        ),
        migrations.AlterConstraint(
            model_name='experience',
            name='the_largest_party_is_not_smaller',
            constraint=models.CheckConstraint(condition=models.Q(('max_party__gte', models.F('min_party'))), name='the_largest_party_is_not_smaller', violation_error_message='“Max party” must not be less than “min party”.'),
        ),
        migrations.AlterConstraint(
            model_name='experience',
            name='an_experience_takes_time',
            constraint=models.CheckConstraint(condition=models.Q(('duration_minutes__gte', 1)), name='an_experience_takes_time', violation_error_message='“Duration minutes” must be 1 or more.'),
        ),
        migrations.AlterConstraint(
            model_name='scheduleexception',
            name='one_exception_per_day',
            constraint=models.UniqueConstraint(condition=models.Q(('time', None)), fields=('rule', 'date'), name='one_exception_per_day', violation_error_message='There is an exception for this whole day already: change that one.'),
        ),
        migrations.AlterConstraint(
            model_name='schedulerule',
            name='a_rule_ends_after_it_begins',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='a_rule_ends_after_it_begins', violation_error_message='“Ends on” must not be before “starts on”.'),
        ),
        migrations.AlterConstraint(
            model_name='tickettype',
            name='ages_run_upwards',
            constraint=models.CheckConstraint(condition=models.Q(('max_age__gte', models.F('min_age'))), name='ages_run_upwards', violation_error_message='“Max age” must not be less than “min age”.'),
        ),
        migrations.AlterConstraint(
            model_name='tickettype',
            name='a_grown_up_may_bring_somebody',
            constraint=models.CheckConstraint(condition=models.Q(('per_grown_up', None), ('per_grown_up__gte', 1), _connector='OR'), name='a_grown_up_may_bring_somebody', violation_error_message='“Per grown-up” must be 1 or more, or empty.'),
        ),
    ]
