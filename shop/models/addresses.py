from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.models import Customer


class KeptAddress(models.Model):
    """An address that a customer keeps for the next order."""

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="addresses")
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("phone"), max_length=20)
    province = models.CharField(_("province"), max_length=30)
    city = models.CharField(_("city"), max_length=30, blank=True)
    district = models.CharField(_("district"), max_length=30, blank=True)
    street = models.CharField(_("street"), max_length=120)
    is_default = models.BooleanField(_("is default"), default=False, editable=False)
    kept_at = models.DateTimeField(_("kept at"))

    class Meta:
        verbose_name = _("kept address")
        verbose_name_plural = _("kept addresses")
        ordering = ["-is_default", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_default=True), name="one_default_address")
        ]

    def __str__(self) -> str:
        return f"address {self.pk} of customer {self.customer_id}"
