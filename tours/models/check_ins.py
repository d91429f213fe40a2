from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tours.models.bookings import Booking


class CheckIn(models.Model):
    """People let in at the gate by one scan."""

    nonce = models.CharField(
        _("nonce"), max_length=40, unique=True, help_text=_("the scanner's own number of the scan")
    )
    booking = models.ForeignKey(Booking, models.PROTECT, verbose_name=_("booking"), related_name="check_ins")
    people = models.PositiveSmallIntegerField(_("people"), help_text=_("tickets that this scan let in"))
    gate = models.CharField(_("gate"), max_length=30)
    by = models.CharField(_("done by"), max_length=60)
    at = models.DateTimeField(_("at"), help_text=_("when it was scanned"))
    told_at = models.DateTimeField(
        _("told at"), help_text=_("when the farm's server heard of it: later for a gate without network")
    )

    class Meta:
        verbose_name = _("check in")
        verbose_name_plural = _("check ins")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="check_ins_by_time")]

    def __str__(self) -> str:
        return f"{self.people} at {self.gate}, {localtime(self.at):%Y-%m-%d %H:%M}"


class ScanConflict(models.Model):
    """A scan of a gate without network that the farm could not let stand: two gates let the same people in."""

    nonce = models.CharField(_("nonce"), max_length=40, unique=True)
    booking = models.ForeignKey(
        Booking, models.CASCADE, verbose_name=_("booking"), null=True, blank=True, related_name="scan_conflicts"
    )
    why = models.CharField(_("why"), max_length=30)
    gate = models.CharField(_("gate"), max_length=30)
    by = models.CharField(_("done by"), max_length=60)
    at = models.DateTimeField(_("at"))
    told_at = models.DateTimeField(_("told at"))
    first = models.ForeignKey(
        CheckIn,
        models.SET_NULL,
        verbose_name=_("check-in that stands"),
        null=True,
        blank=True,
        help_text=_("the check-in that stands"),
    )

    class Meta:
        verbose_name = _("scan conflict")
        verbose_name_plural = _("scan conflicts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.why} at {self.gate}, {localtime(self.at):%Y-%m-%d %H:%M}"
