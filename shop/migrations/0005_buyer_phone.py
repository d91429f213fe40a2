from django.db import migrations, models


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
    ]
