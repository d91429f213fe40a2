from django.db import migrations, models
from django.db.models import F, Q


def those_who_bought_before(apps, _):
    """Until now whoever stood in the address was told of the order."""
    apps.get_model("shop", "Order").objects.update(buyer_phone=F("phone"))


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_live_show")]

    operations = [
        migrations.RemoveIndex("order", "orders_of_a_phone"),
        migrations.AddField(
            "order",
            "buyer_phone",
            models.CharField(
                blank=True,
                help_text="messages about the order go there; the parcel's own phone, unless it goes to somebody else",
                max_length=20,
                verbose_name="buyer's phone",
            ),
        ),
        migrations.RunPython(those_who_bought_before, migrations.RunPython.noop),
        migrations.AddIndex("order", models.Index(fields=["buyer_phone"], name="orders_of_a_buyer")),
        migrations.AddIndex(
            "order",
            models.Index(condition=~Q(buyer_phone=F("phone")), fields=["phone"], name="orders_for_others"),
        ),
    ]
