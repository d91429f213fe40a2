import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    # A database of an earlier day has all of these and needs nothing more.
    replaces = [
        ("farm", "0001_initial"),
        ("farm", "0002_statements_and_till"),
        ("farm", "0003_words"),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CashierTrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trade_no', models.CharField(max_length=32, unique=True, verbose_name='trade no')),
                ('subject', models.CharField(max_length=120, verbose_name='subject')),
                ('amount_fen', models.PositiveIntegerField(verbose_name='amount (fen)')),
                ('state', models.CharField(choices=[('open', 'Open'), ('paid', 'Paid'), ('failed', 'Failed'), ('closed', 'Closed')], default='open', max_length=10, verbose_name='state')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('pays_at', models.DateTimeField(blank=True, help_text='the buyer chose to pay late, at this moment', null=True, verbose_name='pays at')),
                ('paid_at', models.DateTimeField(blank=True, null=True, verbose_name='paid at')),
                ('refunds', models.JSONField(blank=True, default=dict, help_text='{refund_no: {fen, at}}', verbose_name='refunds')),
            ],
            options={
                'verbose_name': 'cashier trade',
                'verbose_name_plural': 'cashier trades',
            },
        ),
        migrations.CreateModel(
            name='ClosedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True, verbose_name='date')),
                ('reason_zh', models.CharField(max_length=60, verbose_name='reason (Chinese)')),
                ('reason_en', models.CharField(max_length=60, verbose_name='reason (English)')),
            ],
            options={
                'verbose_name': 'closed day',
                'verbose_name_plural': 'closed days',
                'ordering': ['date'],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=20, unique=True, verbose_name='phone')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('first_seen_at', models.DateTimeField(verbose_name='first seen at')),
                ('last_seen_at', models.DateTimeField(verbose_name='last seen at')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['-last_seen_at', '-pk'],
                'permissions': [('view_personal_data', 'Can see whole names, phones and messages')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='one notice per key, so nothing is said twice', max_length=100, unique=True, verbose_name='key')),
                ('channel', models.CharField(choices=[('sms', 'Sms'), ('mail', 'Mail')], max_length=4, verbose_name='channel')),
                ('to', models.CharField(max_length=120, verbose_name='recipient')),
                ('subject', models.CharField(blank=True, max_length=120, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('about', models.CharField(db_index=True, help_text='e.g. order:BZ7K3M9QF2XA', max_length=60, verbose_name='about')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='StaffTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100, unique=True, verbose_name='key')),
                ('what', models.CharField(max_length=200, verbose_name='what to do')),
                ('about', models.CharField(blank=True, max_length=60, verbose_name='about')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('settled_by', models.CharField(blank=True, max_length=60, verbose_name='settled by')),
            ],
            options={
                'verbose_name': 'staff task',
                'verbose_name_plural': 'staff tasks',
                'ordering': ['settled_at', 'due_at'],
                'permissions': [('settle_stafftask', 'Can settle a staff task')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='asking twice for one key is asking once', max_length=100, unique=True, verbose_name='key')),
                ('kind', models.CharField(help_text='the name of the task that runs it', max_length=60, verbose_name='kind')),
                ('payload', models.JSONField(default=dict, verbose_name='payload')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('parked', 'Parked')], default='waiting', editable=False, max_length=10, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('fence', models.PositiveIntegerField(default=0, editable=False, help_text='grows with every claim', verbose_name='fence')),
                ('next_try_at', models.DateTimeField(help_text='when it is due; while it runs, the end of the lease', verbose_name='next try at')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('error', models.TextField(blank=True, verbose_name='error')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'permissions': [('release_job', 'Can let a parked job try again')],
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['next_try_at'], name='jobs_not_done'), models.Index(condition=models.Q(('state', 'parked')), fields=['id'], name='jobs_parked')],
            },
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counter', models.CharField(help_text='e.g. shop.shipdate:17', max_length=60, verbose_name='counter')),
                ('holder', models.CharField(help_text='e.g. order:BZ7K3M9QF2XA', max_length=60, verbose_name='holder')),
                ('amount', models.IntegerField(help_text='above 0: taken, below 0: given back', verbose_name='amount')),
                ('why', models.CharField(max_length=24, verbose_name='why')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'movement',
                'verbose_name_plural': 'movements',
                'indexes': [models.Index(fields=['counter'], name='movements_of_a_counter'), models.Index(fields=['holder'], name='movements_of_a_holder')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=40, verbose_name='topic')),
                ('payload', models.JSONField(verbose_name='payload')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_try_at', models.DateTimeField(help_text='empty: parked until staff release it, or already sent', null=True, verbose_name='next try at')),
                ('error', models.TextField(blank=True, verbose_name='error')),
            ],
            options={
                'verbose_name': 'outbox message',
                'verbose_name_plural': 'outbox messages',
                'permissions': [('release_outboxmessage', 'Can let a parked message be told again')],
                'indexes': [models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['next_try_at'], name='outbox_waiting'), models.Index(condition=models.Q(('next_try_at__isnull', True), ('sent_at__isnull', True)), fields=['id'], name='outbox_parked')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trade_no', models.CharField(help_text='our number at the provider, one per attempt', max_length=32, unique=True, verbose_name='trade no')),
                ('payable', models.CharField(db_index=True, help_text='e.g. order:BZ7K3M9QF2XA', max_length=60, verbose_name='payable')),
                ('provider', models.CharField(max_length=20, verbose_name='provider')),
                ('amount_fen', models.PositiveIntegerField(verbose_name='amount (fen)')),
                ('refunded_fen', models.PositiveIntegerField(default=0, editable=False, verbose_name='refunded (fen)')),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('captured', 'Captured'), ('failed', 'Failed'), ('closed', 'Closed')], default='pending', editable=False, max_length=10, verbose_name='status')),
                ('pay_url', models.CharField(blank=True, max_length=400, verbose_name='pay url')),
                ('return_url', models.CharField(blank=True, max_length=400, verbose_name='return url')),
                ('provider_ref', models.CharField(blank=True, help_text="the provider's own number of the trade", max_length=64, verbose_name='provider ref')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('expires_at', models.DateTimeField(help_text='when the hold it pays for ends', verbose_name='expires at')),
                ('captured_at', models.DateTimeField(blank=True, null=True, verbose_name='captured at')),
                ('ask_again_at', models.DateTimeField(blank=True, help_text='when the sweep asks the provider next', null=True, verbose_name='ask again at')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'permissions': [('ask_provider', 'Can ask the provider about a payment or refund now'), ('take_at_desk', 'Can take money at the desk and pay it back by hand')],
                'indexes': [models.Index(condition=models.Q(('ask_again_at__isnull', False)), fields=['ask_again_at'], name='payments_to_ask_about')],
                'constraints': [models.CheckConstraint(condition=models.Q(('refunded_fen__lte', models.F('amount_fen'))), name='never_refund_more_than_paid')],
            },
        ),
        migrations.CreateModel(
            name='PaymentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('what', models.CharField(max_length=24, verbose_name='what happened')),
                ('by', models.CharField(blank=True, help_text="customer, system, or the staff member's name", max_length=60, verbose_name='done by')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='farm.payment', verbose_name='payment')),
            ],
            options={
                'verbose_name': 'payment event',
                'verbose_name_plural': 'payment events',
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('refund_no', models.CharField(max_length=32, unique=True, verbose_name='refund no')),
                ('amount_fen', models.PositiveIntegerField(verbose_name='amount (fen)')),
                ('why', models.CharField(help_text='cancelled, late, double', max_length=24, verbose_name='why')),
                ('status', models.CharField(choices=[('due', 'Due'), ('done', 'Done'), ('refused', 'Refused')], default='due', editable=False, max_length=10, verbose_name='status')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='farm.payment', verbose_name='payment')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'constraints': [models.UniqueConstraint(fields=('payment', 'why'), name='one_refund_for_one_reason')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('payable', models.CharField(db_index=True, max_length=60, verbose_name='payable')),
                ('amount_fen', models.IntegerField(verbose_name='amount (fen)')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='farm.payment', verbose_name='payment')),
                ('refund', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger_entry', to='farm.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'ledger entries',
                'indexes': [models.Index(fields=['at'], name='ledger_of_a_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('refund__isnull', True)), fields=('payment',), name='a_payment_is_captured_once')],
            },
        ),
        migrations.CreateModel(
            name='RefundEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('what', models.CharField(max_length=24, verbose_name='what happened')),
                ('by', models.CharField(blank=True, help_text="customer, system, or the staff member's name", max_length=60, verbose_name='done by')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='farm.refund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'refund event',
                'verbose_name_plural': 'refund events',
            },
        ),
        migrations.CreateModel(
            name='RememberedRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(help_text='who and what for, e.g. order:13800000000', max_length=80, verbose_name='scope')),
                ('key', models.CharField(max_length=255, verbose_name='key')),
                ('fingerprint', models.CharField(help_text='SHA-256 of the canonical body', max_length=64, verbose_name='fingerprint')),
                ('subject', models.CharField(help_text='the number of what the request made', max_length=60, verbose_name='subject')),
                ('made_at', models.DateTimeField(db_index=True, verbose_name='made at')),
            ],
            options={
                'verbose_name': 'remembered request',
                'verbose_name_plural': 'remembered requests',
                'constraints': [models.UniqueConstraint(fields=('scope', 'key'), name='one_request_per_key')],
            },
        ),
        migrations.CreateModel(
            name='StatementCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20, verbose_name='provider')),
                ('date', models.DateField(verbose_name='date')),
                ('lines', models.PositiveIntegerField(help_text='how many the provider sent', verbose_name='lines')),
                ('differences', models.PositiveIntegerField(help_text='lines on which we and the provider do not agree', verbose_name='differences')),
                ('checked_at', models.DateTimeField(verbose_name='checked at')),
            ],
            options={
                'verbose_name': 'statement check',
                'verbose_name_plural': 'statement checks',
                'ordering': ['-date', 'provider'],
                'constraints': [models.UniqueConstraint(fields=('provider', 'date'), name='one_check_per_statement')],
            },
        ),
        migrations.CreateModel(
            name='TillEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('trade_no', models.CharField(max_length=32, verbose_name='trade no')),
                ('refund_no', models.CharField(blank=True, help_text='empty for money taken', max_length=32, verbose_name='refund no')),
                ('amount_fen', models.IntegerField(help_text='above 0 taken, below 0 paid back', verbose_name='amount (fen)')),
                ('how', models.CharField(choices=[('cash', 'cash'), ('qr', "the farm's own QR code")], max_length=8, verbose_name='how it was paid')),
                ('by', models.CharField(help_text="the staff member's name", max_length=60, verbose_name='done by')),
            ],
            options={
                'verbose_name': 'till entry',
                'verbose_name_plural': 'till entries',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('trade_no', 'refund_no'), name='a_hand_moves_money_once'), models.CheckConstraint(condition=models.Q(models.Q(('amount_fen__gt', 0), ('refund_no', '')), models.Q(models.Q(('refund_no', ''), _negated=True), ('amount_fen__lt', 0)), _connector='OR'), name='a_till_takes_or_pays_back')],
            },
        ),
    ]
