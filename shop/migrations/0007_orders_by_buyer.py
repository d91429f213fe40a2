from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_buyers_of_older_orders")]

    operations = [
        migrations.AddIndex("order", models.Index(fields=["buyer_phone"], name="orders_of_a_buyer")),
        migrations.AddIndex(
            "order",
            models.Index(condition=~Q(buyer_phone=F("phone")), fields=["phone"], name="orders_for_others"),
        ),
    ]
