"""What a form refuses is said in words of its own; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0008_paper_waybills_on_the_road'),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name='box',
            name='a_box_takes_room',
            constraint=models.CheckConstraint(condition=models.Q(('packing_units__gte', 1)), name='a_box_takes_room', violation_error_message='“Packing units” must be 1 or more.'),
        ),
        migrations.AlterConstraint(
            model_name='box',
            name='a_box_weighs_something',
            constraint=models.CheckConstraint(condition=models.Q(('net_grams__gte', 1)), name='a_box_weighs_something', violation_error_message='“Net grams” must be 1 or more.'),
        ),
        migrations.AlterConstraint(
            model_name='box',
            name='a_season_ends_after_it_begins',
            constraint=models.CheckConstraint(condition=models.Q(('season_until__gte', models.F('season_from'))), name='a_season_ends_after_it_begins', violation_error_message='“Season until” must not be before “season from”.'),
        ),
        migrations.AlterConstraint(
            model_name='liveshow',
            name='a_show_ends_after_it_begins',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='a_show_ends_after_it_begins', violation_error_message='“Ends at” must be later than “starts at”.'),
        ),
        migrations.AlterConstraint(
            model_name='lot',
            name='a_lot_keeps_a_while',
            constraint=models.CheckConstraint(condition=models.Q(('best_before__gt', models.F('harvested_on'))), name='a_lot_keeps_a_while', violation_error_message='“Best before” must be a later day than “harvested on”.'),
        ),
    ]
