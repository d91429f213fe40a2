import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    # A database of an earlier day has all of these and needs nothing more.
    replaces = [
        ("shop", "0001_initial"),
        ("shop", "0002_ask_carriers_again"),
        ("shop", "0003_move_orders"),
        ("shop", "0004_index_orders_to_send"),
        ("shop", "0005_words"),
        ("shop", "0006_waiting_orders"),
        ("shop", "0007_longer_holds"),
        ("shop", "0008_damage_reports"),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Box',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.SlugField(unique=True, verbose_name='sku')),
                ('name_zh', models.CharField(max_length=60, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=60, verbose_name='name (English)')),
                ('net_grams', models.PositiveIntegerField(verbose_name='net grams')),
                ('packing_units', models.PositiveSmallIntegerField(default=1, help_text="how much of the day's capacity it takes", verbose_name='packing units')),
                ('price_fen', models.PositiveIntegerField(verbose_name='price (fen)')),
                ('max_per_order', models.PositiveSmallIntegerField(default=20, verbose_name='at most per order')),
                ('is_gift', models.BooleanField(default=False, verbose_name='is gift')),
                ('is_offered', models.BooleanField(default=True, verbose_name='is offered')),
                ('season_from', models.DateField(help_text='first ship date', verbose_name='season from')),
                ('season_until', models.DateField(help_text='last ship date', verbose_name='season until')),
            ],
            options={
                'verbose_name': 'kind of box',
                'verbose_name_plural': 'kinds of boxes',
                'ordering': ['variety__position', 'net_grams', 'sku'],
            },
        ),
        migrations.CreateModel(
            name='ColdRoom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=40, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=40, verbose_name='name (English)')),
                ('celsius', models.DecimalField(decimal_places=1, max_digits=3, verbose_name='celsius')),
            ],
            options={
                'verbose_name': 'cold room',
                'verbose_name_plural': 'cold rooms',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='DamageReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('status', models.CharField(choices=[('open', 'Being looked at'), ('granted', 'Money granted'), ('refused', 'Refused')], default='open', editable=False, max_length=8, verbose_name='status')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name="in the customer's words")),
                ('asks_fen', models.PositiveIntegerField(help_text='what the damaged fruit cost, by what the customer says', verbose_name='worth (fen)')),
                ('photo_count', models.PositiveSmallIntegerField(default=0, verbose_name='photos')),
                ('reported_at', models.DateTimeField(verbose_name='reported at')),
                ('due_at', models.DateTimeField(help_text='the customer was promised an answer until here', verbose_name='due at')),
                ('granted_fen', models.PositiveIntegerField(default=0, editable=False, verbose_name='granted (fen)')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('answered_by', models.CharField(blank=True, max_length=60, verbose_name='answered by')),
            ],
            options={
                'verbose_name': 'damage report',
                'verbose_name_plural': 'damage reports',
                'ordering': ['-pk'],
                'permissions': [('answer_damage', 'Can grant or refuse money for damaged fruit')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('status', models.CharField(choices=[('placed', 'Placed'), ('paid', 'Paid'), ('planned', 'Planned'), ('picked', 'Picked'), ('packed', 'Packed'), ('shipped', 'Shipped'), ('delivered', 'Delivered'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='placed', editable=False, max_length=10, verbose_name='status')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('division_code', models.CharField(max_length=6, verbose_name='division code')),
                ('province', models.CharField(max_length=30, verbose_name='province')),
                ('city', models.CharField(max_length=30, verbose_name='city')),
                ('district', models.CharField(max_length=30, verbose_name='district')),
                ('street', models.CharField(max_length=120, verbose_name='street')),
                ('gift_message', models.CharField(blank=True, max_length=120, verbose_name='gift message')),
                ('hides_price', models.BooleanField(default=False, help_text='no prices on paper in the parcel', verbose_name='hides price')),
                ('packing_units', models.PositiveIntegerField(verbose_name='packing units')),
                ('net_grams', models.PositiveIntegerField(verbose_name='net grams')),
                ('boxes_fen', models.PositiveIntegerField(editable=False, verbose_name='boxes (fen)')),
                ('freight_fen', models.PositiveIntegerField(editable=False, verbose_name='freight (fen)')),
                ('total_fen', models.PositiveIntegerField(editable=False, verbose_name='total (fen)')),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
                ('hold_until', models.DateTimeField(verbose_name='hold until')),
                ('was_extended', models.BooleanField(default=False, editable=False, verbose_name='was extended')),
                ('paid_at', models.DateTimeField(blank=True, null=True, verbose_name='paid at')),
                ('paid_by', models.CharField(blank=True, help_text='the trade number of the payment that paid it', max_length=32, verbose_name='paid by')),
            ],
            options={
                'verbose_name': 'order',
                'verbose_name_plural': 'orders',
                'ordering': ['-pk'],
                'permissions': [('view_personal_data', 'Can see whole names, phones and streets of orders'), ('pack_order', 'Can pick, pack and hand over parcels'), ('cancel_order', 'Can cancel orders'), ('move_order', 'Can move orders to another ship date')],
            },
        ),
        migrations.CreateModel(
            name='PickWave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('planned_at', models.DateTimeField(verbose_name='planned at')),
            ],
            options={
                'verbose_name': 'pick wave',
                'verbose_name_plural': 'pick waves',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Variety',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=40, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=40, verbose_name='name (English)')),
                ('taste_zh', models.TextField(blank=True, verbose_name='taste (Chinese)')),
                ('taste_en', models.TextField(blank=True, verbose_name='taste (English)')),
                ('skin', models.CharField(help_text='purple, black, green or red: chooses the drawing', max_length=10, verbose_name='skin')),
                ('keeps_days', models.PositiveSmallIntegerField(help_text='days in the cold room at 0 °C before it loses its best', verbose_name='keeps days')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'variety',
                'verbose_name_plural': 'varieties',
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='DamagePhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(help_text="the file's name in the private storage", max_length=80, unique=True, verbose_name='place')),
                ('kept_at', models.DateTimeField(verbose_name='kept at')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='shop.damagereport', verbose_name='damage report')),
            ],
            options={
                'verbose_name': 'photo of damage',
                'verbose_name_plural': 'photos of damage',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='DamageReportEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('what', models.CharField(max_length=24, verbose_name='what happened')),
                ('by', models.CharField(blank=True, help_text="customer, system, or the staff member's name", max_length=60, verbose_name='done by')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='shop.damagereport', verbose_name='damage report')),
            ],
            options={
                'verbose_name': 'damage report event',
                'verbose_name_plural': 'damage report events',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', models.PositiveIntegerField(verbose_name='limit')),
                ('taken', models.PositiveIntegerField(default=0, editable=False, verbose_name='taken')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('grower', models.CharField(max_length=40, verbose_name='grower')),
                ('block', models.CharField(help_text='the vineyard block it grew on', max_length=40, verbose_name='vineyard block')),
                ('harvested_on', models.DateField(verbose_name='harvested on')),
                ('best_before', models.DateField(help_text='the last day on which a box of it may arrive', verbose_name='best before')),
                ('is_withdrawn', models.BooleanField(default=False, help_text='sells no more, e.g. after an inspection', verbose_name='is withdrawn')),
                ('cold_room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='shop.coldroom', verbose_name='cold room')),
                ('variety', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='shop.variety', verbose_name='variety')),
            ],
            options={
                'verbose_name': 'lot',
                'verbose_name_plural': 'lots',
                'ordering': ['best_before', 'pk'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='damagereport',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='damage_reports', to='shop.order', verbose_name='order'),
        ),
        migrations.CreateModel(
            name='OrderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('what', models.CharField(max_length=24, verbose_name='what happened')),
                ('by', models.CharField(blank=True, help_text="customer, system, or the staff member's name", max_length=60, verbose_name='done by')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='shop.order', verbose_name='order')),
            ],
            options={
                'verbose_name': 'order event',
                'verbose_name_plural': 'order events',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('price_fen', models.PositiveIntegerField(help_text='for one box', verbose_name='price (fen)')),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='shop.box', verbose_name='box')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='shop.lot', verbose_name='lot')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.order', verbose_name='order')),
            ],
            options={
                'verbose_name': 'order line',
                'verbose_name_plural': 'order lines',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='order',
            name='wave',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='shop.pickwave', verbose_name='wave'),
        ),
        migrations.CreateModel(
            name='ShipDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', models.PositiveIntegerField(verbose_name='limit')),
                ('taken', models.PositiveIntegerField(default=0, editable=False, verbose_name='taken')),
                ('date', models.DateField(unique=True, verbose_name='date')),
                ('cut_off_at', models.DateTimeField(help_text='orders, changes and cancellations until here', verbose_name='cut off at')),
                ('is_closed', models.BooleanField(default=False, verbose_name='is closed')),
                ('closed_reason_zh', models.CharField(blank=True, max_length=60, verbose_name='closed reason (Chinese)')),
                ('closed_reason_en', models.CharField(blank=True, max_length=60, verbose_name='closed reason (English)')),
            ],
            options={
                'verbose_name': 'ship date',
                'verbose_name_plural': 'ship dates',
                'ordering': ['date'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('taken__lte', models.F('limit'))), name='shipdate_never_oversold')],
            },
        ),
        migrations.AddField(
            model_name='pickwave',
            name='ship_date',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='shop.shipdate', verbose_name='ship date'),
        ),
        migrations.AddField(
            model_name='order',
            name='ship_date',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='shop.shipdate', verbose_name='ship date'),
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.CharField(help_text='a name in shop.carriers', max_length=20, verbose_name='carrier')),
                ('request_no', models.CharField(help_text='our own number at the carrier; retries reuse it', max_length=32, unique=True, verbose_name='request no')),
                ('waybill_no', models.CharField(blank=True, max_length=40, verbose_name='waybill no')),
                ('packed_at', models.DateTimeField(verbose_name='packed at')),
                ('shipped_at', models.DateTimeField(blank=True, null=True, verbose_name='shipped at')),
                ('promised_on', models.DateField(blank=True, help_text='the day it should arrive', null=True, verbose_name='promised on')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered at')),
                ('ask_again_at', models.DateTimeField(blank=True, help_text='when the sweep asks the carrier next; empty: nobody asks', null=True, verbose_name='ask again at')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='shipment', to='shop.order', verbose_name='order')),
            ],
            options={
                'verbose_name': 'shipment',
                'verbose_name_plural': 'shipments',
            },
        ),
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField(verbose_name='pdf')),
                ('drawn_at', models.DateTimeField(verbose_name='drawn at')),
                ('prints', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='prints')),
                ('shipment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='label', to='shop.shipment', verbose_name='shipment')),
            ],
            options={
                'verbose_name': 'label',
                'verbose_name_plural': 'labels',
            },
        ),
        migrations.CreateModel(
            name='TrackingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('code', models.CharField(choices=[('collected', 'Collected'), ('moving', 'Moving'), ('delivering', 'Delivering'), ('delivered', 'Delivered'), ('problem', 'Problem'), ('other', 'Other')], max_length=12, verbose_name='code')),
                ('place', models.CharField(blank=True, help_text='the city, never an address', max_length=60, verbose_name='place')),
                ('text', models.CharField(max_length=200, verbose_name='what the carrier said')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tracking', to='shop.shipment', verbose_name='shipment')),
            ],
            options={
                'verbose_name': 'tracking event',
                'verbose_name_plural': 'tracking events',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='box',
            name='variety',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='boxes', to='shop.variety', verbose_name='variety'),
        ),
        migrations.CreateModel(
            name='WaitingOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('offered', 'Offered'), ('ordered', 'Ordered'), ('lapsed', 'Lapsed'), ('left', 'Left')], default='waiting', editable=False, max_length=8, verbose_name='status')),
                ('wants', models.JSONField(help_text='by the codes of boxes, e.g. {"kyoho-2500": 2}', verbose_name='boxes wanted')),
                ('packing_units', models.PositiveIntegerField(verbose_name='packing units')),
                ('net_grams', models.PositiveIntegerField(verbose_name='net grams')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('joined_at', models.DateTimeField(verbose_name='joined at')),
                ('offered_until', models.DateTimeField(blank=True, null=True, verbose_name='offered until')),
                ('order', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waited_as', to='shop.order', verbose_name='order')),
                ('ship_date', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='shop.shipdate', verbose_name='ship date')),
            ],
            options={
                'verbose_name': 'waiting order',
                'verbose_name_plural': 'waiting orders',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='WaitingOrderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('what', models.CharField(max_length=24, verbose_name='what happened')),
                ('by', models.CharField(blank=True, help_text="customer, system, or the staff member's name", max_length=60, verbose_name='done by')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('waiting_order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='shop.waitingorder', verbose_name='waiting order')),
            ],
            options={
                'verbose_name': 'waiting order event',
                'verbose_name_plural': 'waiting order events',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='DamagedBoxes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveSmallIntegerField(verbose_name='quantity')),
                ('grams', models.PositiveIntegerField(help_text='in all of these boxes together', verbose_name='damaged grams')),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='shop.box', verbose_name='box')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='boxes', to='shop.damagereport', verbose_name='damage report')),
            ],
            options={
                'verbose_name': 'damaged boxes',
                'verbose_name_plural': 'damaged boxes',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('report', 'box'), name='each_box_once_in_a_damage_report'), models.CheckConstraint(condition=models.Q(('grams__gte', 1), ('quantity__gte', 1)), name='damage_is_something')],
            },
        ),
        migrations.AddIndex(
            model_name='damagereport',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['due_at'], name='damage_to_answer'),
        ),
        migrations.AddConstraint(
            model_name='damagereport',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('order',), name='one_open_damage_report'),
        ),
        migrations.AddConstraint(
            model_name='damagereport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('granted_fen__gte', 1), ('status', 'granted')), models.Q(models.Q(('status', 'granted'), _negated=True), ('granted_fen', 0)), _connector='OR'), name='only_granted_damage_has_money'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='a_line_has_boxes'),
        ),
        migrations.AddConstraint(
            model_name='pickwave',
            constraint=models.UniqueConstraint(fields=('ship_date', 'number'), name='one_wave_per_number'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'placed')), fields=['hold_until'], name='orders_on_hold'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['ship_date', 'status'], name='orders_of_a_day'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['phone'], name='orders_of_a_phone'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'paid'), ('status', 'planned'), ('status', 'picked'), ('status', 'packed'), _connector='OR'), fields=['status', 'id'], name='orders_to_send'),
        ),
        migrations.AddIndex(
            model_name='shipment',
            index=models.Index(condition=models.Q(('ask_again_at__isnull', False)), fields=['ask_again_at'], name='parcels_to_ask_about'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.UniqueConstraint(condition=models.Q(('waybill_no', ''), _negated=True), fields=('carrier', 'waybill_no'), name='a_waybill_belongs_to_one_parcel'),
        ),
        migrations.AddConstraint(
            model_name='trackingevent',
            constraint=models.UniqueConstraint(fields=('shipment', 'at', 'code'), name='a_carrier_event_is_kept_once'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(fields=['variety', 'best_before'], name='lots_by_expiry'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('taken__lte', models.F('limit'))), name='lot_never_oversold'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('best_before__gt', models.F('harvested_on'))), name='a_lot_keeps_a_while'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('packing_units__gte', 1)), name='a_box_takes_room'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('net_grams__gte', 1)), name='a_box_weighs_something'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('season_until__gte', models.F('season_from'))), name='a_season_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='waitingorder',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['ship_date'], name='orders_in_line'),
        ),
        migrations.AddIndex(
            model_name='waitingorder',
            index=models.Index(condition=models.Q(('status', 'offered')), fields=['offered_until'], name='box_offers_to_end'),
        ),
        migrations.AddConstraint(
            model_name='waitingorder',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('waiting', 'offered'))), fields=('ship_date', 'phone'), name='one_place_in_line_per_phone'),
        ),
    ]
