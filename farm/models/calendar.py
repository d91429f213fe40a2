from django.db import models
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language


class ClosedDay(models.Model):
    """A day on which the farm neither ships nor receives visitors."""

    date = models.DateField(_("date"), unique=True)
    reason_zh = models.CharField(_("reason (Chinese)"), max_length=60)
    reason_en = models.CharField(_("reason (English)"), max_length=60)

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.reason}"

    @property
    def reason(self) -> str:
        return in_readers_language(self.reason_zh, self.reason_en)
