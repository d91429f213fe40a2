from django.db import models
from django.utils.translation import gettext_lazy as _

from farm import naming


class Movement(models.Model):
    """Who took or gave back how much of which limited thing, and why. Append-only; a counter is the sum of its rows."""

    counter = models.CharField(_("counter"), max_length=60, help_text=_("e.g. shop.shipdate:17"))
    holder = models.CharField(_("holder"), max_length=60, help_text=_("e.g. order:BZ7K3M9QF2XA"))
    amount = models.IntegerField(_("amount"), help_text=_("above 0: taken, below 0: given back"))
    why = models.CharField(_("why"), max_length=24)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [
            models.Index(fields=["counter"], name="movements_of_a_counter"),
            models.Index(fields=["holder"], name="movements_of_a_holder"),
        ]

    def __str__(self) -> str:
        return f"{naming.thing(self.holder)} {self.amount:+d} {naming.thing(self.counter)} ({naming.reason(self.why)})"
