import datetime as dt
from calendar import monthrange

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language, titled
from farm.limited import Limited, LimitedQuerySet
from tours.models.experiences import Experience, PriceList
from tours.models.schedule import ScheduleRule


class Closable(Limited):
    """Abstract: a limited thing that rain or a holiday can close."""

    is_closed = models.BooleanField(_("is closed"), default=False)
    closed_reason_zh = models.CharField(_("closed reason (Chinese)"), max_length=60, blank=True)
    closed_reason_en = models.CharField(_("closed reason (English)"), max_length=60, blank=True)

    class Meta(Limited.Meta):
        abstract = True

    @property
    def closed_reason(self) -> str:
        return in_readers_language(self.closed_reason_zh, self.closed_reason_en)


class VisitorsDayQuerySet(LimitedQuerySet["VisitorsDay"]):
    def takeable(self, now: dt.datetime) -> "VisitorsDayQuerySet":
        return self.filter(is_closed=False)


class VisitorsDay(Closable):
    """All visitors of one day over all experiences: the farm has one car park and one gate. Counts people."""

    LOCK_RANK = 90

    date = models.DateField(_("date"), unique=True)
    weather_note_zh = models.CharField(
        _("weather note (Chinese)"), max_length=200, blank=True,
        help_text=_("Goes out with the reminder at four in the afternoon before, and stands on the bookings' pages."),
    )  # fmt: skip
    weather_note_en = models.CharField(
        _("weather note (English)"), max_length=200, blank=True, help_text=_("Empty: everybody reads the Chinese one.")
    )

    objects = VisitorsDayQuerySet.as_manager()

    class Meta(Closable.Meta):
        verbose_name = _("visitors day")
        verbose_name_plural = _("visitors days")
        ordering = ["date"]

    def __str__(self) -> str:
        return titled(self, self.date)

    @property
    def weather_note(self) -> str:
        """What staff wrote of this day's weather, in the other language where the reader's own is empty."""
        zh, en = self.weather_note_zh, self.weather_note_en
        return in_readers_language(zh or en, en or zh)


class SlotQuerySet(LimitedQuerySet["Slot"]):
    def takeable(self, now: dt.datetime) -> "SlotQuerySet":
        """Open slots. The cut-off is the story's to check: staff sell walk-ins after it."""
        return self.filter(is_closed=False)

    def bookable(self, now: dt.datetime) -> "SlotQuerySet":
        """Slots that visitors may book by themselves at `now`, full ones among them."""
        return self.filter(is_closed=False, day__is_closed=False, cut_off_at__gt=now, experience__is_on_sale=True)

    def of_month(self, year: int, month: int) -> "SlotQuerySet":
        last = dt.date(year, month, monthrange(year, month)[1])
        return self.filter(date__range=(last.replace(day=1), last)).order_by("starts_at")


class Slot(Closable):
    """One beginning of one experience. `limit` and `taken` count people."""

    LOCK_RANK = 80

    class Runs(models.TextChoices):
        SURE = "sure", _("will be held")
        OPEN = "open", _("needs its minimum of visitors yet")
        CALLED_OFF = "called off", _("too few came together")

    experience = models.ForeignKey(Experience, models.PROTECT, verbose_name=_("experience"), related_name="slots")
    rule = models.ForeignKey(
        ScheduleRule, models.SET_NULL, verbose_name=_("rule"), null=True, blank=True, related_name="slots"
    )
    day = models.ForeignKey(VisitorsDay, models.PROTECT, verbose_name=_("day"), related_name="slots")
    date = models.DateField(_("date"), help_text=_("the farm's day"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    cut_off_at = models.DateTimeField(_("cut off at"), help_text=_("visitors book and change until here"))
    price_list = models.ForeignKey(PriceList, models.PROTECT, verbose_name=_("price list"), null=True, blank=True)
    minimum_to_run = models.PositiveSmallIntegerField(_("minimum to run"), default=0)
    decide_at = models.DateTimeField(
        _("decide at"), null=True, blank=True, help_text=_("when the minimum is looked at")
    )
    runs = models.CharField(_("runs"), max_length=10, choices=Runs, default=Runs.SURE, editable=False)

    objects = SlotQuerySet.as_manager()

    class Meta(Closable.Meta):
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["starts_at", "experience"]
        constraints = [
            *Closable.Meta.constraints,
            models.UniqueConstraint(fields=["experience", "starts_at"], name="one_slot_per_start"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_slot_ends_after_it_begins"),
        ]
        indexes = [
            models.Index(fields=["experience", "date"], name="slots_of_a_month"),
            models.Index(fields=["date"], name="slots_of_a_day"),
            models.Index(fields=["decide_at"], name="slots_to_decide", condition=Q(runs="open")),
        ]

    @property
    def weather_note(self) -> str:
        """What its visitors should know of the weather: of that day, else what an outdoor visit always says."""
        usual = self.experience.weather_note if self.experience.is_outdoor else ""
        return self.day.weather_note or usual

    @property
    def decided_by(self) -> dt.datetime:
        """Until when seats that are only kept for somebody may still make up the minimum.

        As long as an unpaid hold can last, or for half of the time that is left when less is.
        """
        decide_at = self.decide_at or self.cut_off_at
        longest_hold = 2 * dt.timedelta(minutes=settings.BOOKING_HOLD_MINUTES)
        return decide_at + min(longest_hold, (self.starts_at - decide_at) / 2)

    def is_shut(self, now: dt.datetime) -> bool:
        """Whether its parties choose something else: it is closed, or its day is and it has not begun."""
        return self.is_closed or (self.day.is_closed and now < self.starts_at)

    def is_hopeless(self, now: dt.datetime) -> bool:
        """Whether a slot whose minimum is not sure can no longer reach it."""
        return self.taken < self.minimum_to_run or now >= self.decided_by

    def __str__(self) -> str:
        return titled(self, f"{localtime(self.starts_at):%Y-%m-%d %H:%M}")
