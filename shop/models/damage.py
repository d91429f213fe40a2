import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.states import Event, Moves
from shop.models.catalog import Box
from shop.models.orders import Order

WHY = "damage "
"""How the reason begins for which money of damaged fruit goes back."""


class DamageReport(Moves):
    """A customer says that fruit arrived damaged; a person looks at it and sends money back, or says why not."""

    class Status(models.TextChoices):
        OPEN = "open", _("Being looked at")
        GRANTED = "granted", _("Money granted")
        REFUSED = "refused", _("Refused")

    MOVES = {Status.GRANTED: (Status.OPEN,), Status.REFUSED: (Status.OPEN,)}

    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, verbose_name=_("order"), related_name="damage_reports")
    words = models.CharField(_("in the customer's words"), max_length=500, blank=True)
    asks_fen = models.PositiveIntegerField(
        _("worth (fen)"), help_text=_("what the damaged fruit cost, by what the customer says")
    )
    photo_count = models.PositiveSmallIntegerField(_("photos"), default=0)
    reported_at = models.DateTimeField(_("reported at"))
    due_at = models.DateTimeField(_("due at"), help_text=_("the customer was promised an answer until here"))
    granted_fen = models.PositiveIntegerField(_("granted (fen)"), default=0, editable=False)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("damage report")
        verbose_name_plural = _("damage reports")
        ordering = ["-pk"]
        permissions = [("answer_damage", "Can grant or refuse money for damaged fruit")]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(status="open"), name="one_open_damage_report"),
            models.CheckConstraint(
                condition=Q(status="granted", granted_fen__gte=1) | (~Q(status="granted") & Q(granted_fen=0)),
                name="only_granted_damage_has_money",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="damage_to_answer", condition=Q(status="open"))]

    def __str__(self) -> str:
        return titled(self, self.number)

    @property
    def why(self) -> str:
        """The reason under which its money goes back."""
        return f"{WHY}{self.number}"


class DamagedBoxes(models.Model):
    """So many boxes of one SKU of the order, and how much of each is bad: a part of it, or grams that were weighed."""

    report = models.ForeignKey(DamageReport, models.CASCADE, verbose_name=_("damage report"), related_name="boxes")
    box = models.ForeignKey(Box, models.PROTECT, verbose_name=_("box"))
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    grams = models.PositiveIntegerField(_("damaged grams"), help_text=_("in all of these boxes together"))

    class Meta:
        verbose_name = _("damaged boxes")
        verbose_name_plural = _("damaged boxes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "box"], name="each_box_once_in_a_damage_report"),
            models.CheckConstraint(condition=Q(quantity__gte=1, grams__gte=1), name="damage_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.box_id}: {self.grams} g"


class DamagePhotoQuerySet(models.QuerySet["DamagePhoto"]):
    def answered_before(self, moment: dt.datetime) -> "DamagePhotoQuerySet":
        return self.filter(report__answered_at__lt=moment)


class DamagePhoto(models.Model):
    """A photo of damaged fruit, drawn anew by us; the file lies where only staff can see it."""

    report = models.ForeignKey(DamageReport, models.CASCADE, verbose_name=_("damage report"), related_name="photos")
    place = models.CharField(
        _("place"), max_length=80, unique=True, help_text=_("the file's name in the private storage")
    )
    kept_at = models.DateTimeField(_("kept at"))

    objects = DamagePhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of damage")
        verbose_name_plural = _("photos of damage")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.place


class DamageReportEvent(Event):
    report = models.ForeignKey(DamageReport, models.CASCADE, verbose_name=_("damage report"), related_name="events")

    class Meta:
        verbose_name = _("damage report event")
        verbose_name_plural = _("damage report events")
        ordering = ["pk"]
