import datetime as dt

from django.db import migrations
from django.utils.timezone import localdate, make_aware

LONGEST = dt.timedelta(days=4)  # on the road, for a parcel without a promised day
MORNING = dt.time(8)


def ask_about_those_on_the_road(apps, _):
    """Parcels handed over before staff were asked about them would never arrive."""
    parcels = apps.get_model("shop", "Shipment").objects.filter(
        carrier="manual", shipped_at__isnull=False, delivered_at=None, ask_again_at=None
    )
    for parcel in parcels.iterator():
        awaited_on = parcel.promised_on or localdate(parcel.shipped_at) + LONGEST
        parcel.ask_again_at = make_aware(dt.datetime.combine(awaited_on + dt.timedelta(days=1), MORNING))
        parcel.save(update_fields=["ask_again_at"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_orders_by_buyer")]

    operations = [migrations.RunPython(ask_about_those_on_the_road, migrations.RunPython.noop)]
