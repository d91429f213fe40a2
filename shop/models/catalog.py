import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language


class Variety(models.Model):
    """A grape variety the farm grows."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=40)
    taste_zh = models.TextField(_("taste (Chinese)"), blank=True)
    taste_en = models.TextField(_("taste (English)"), blank=True)
    skin = models.CharField(_("skin"), max_length=10, help_text=_("purple, black, green or red: chooses the drawing"))
    keeps_days = models.PositiveSmallIntegerField(
        _("keeps days"), help_text=_("days in the cold room at 0 °C before it loses its best")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("variety")
        verbose_name_plural = _("varieties")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_zh, self.name_en)

    @property
    def taste(self) -> str:
        return in_readers_language(self.taste_zh, self.taste_en)


class BoxQuerySet(models.QuerySet["Box"]):
    def on_sale(self, date: dt.date) -> "BoxQuerySet":
        """Boxes whose season window holds the ship date `date`."""
        return self.filter(is_offered=True, season_from__lte=date, season_until__gte=date)


class Box(models.Model):
    """A sellable box of grapes (the SKU)."""

    sku = models.SlugField(_("sku"), unique=True)
    variety = models.ForeignKey(Variety, models.PROTECT, verbose_name=_("variety"), related_name="boxes")
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    net_grams = models.PositiveIntegerField(_("net grams"))
    packing_units = models.PositiveSmallIntegerField(
        _("packing units"), default=1, help_text=_("how much of the day's capacity it takes")
    )
    price_fen = models.PositiveIntegerField(_("price (fen)"))
    max_per_order = models.PositiveSmallIntegerField(_("at most per order"), default=20)
    is_gift = models.BooleanField(_("is gift"), default=False)
    is_offered = models.BooleanField(_("is offered"), default=True)
    season_from = models.DateField(_("season from"), help_text=_("first ship date"))
    season_until = models.DateField(_("season until"), help_text=_("last ship date"))

    objects = BoxQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of box")
        verbose_name_plural = _("kinds of boxes")
        ordering = ["variety__position", "net_grams", "sku"]
        constraints = [
            models.CheckConstraint(
                condition=Q(packing_units__gte=1),
                name="a_box_takes_room",
                violation_error_message=_("“Packing units” must be 1 or more."),
            ),
            models.CheckConstraint(
                condition=Q(net_grams__gte=1),
                name="a_box_weighs_something",
                violation_error_message=_("“Net grams” must be 1 or more."),
            ),
            models.CheckConstraint(
                condition=Q(season_until__gte=F("season_from")),
                name="a_season_ends_after_it_begins",
                violation_error_message=_("“Season until” must not be before “season from”."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})"

    @property
    def name(self) -> str:
        return in_readers_language(self.name_zh, self.name_en)
