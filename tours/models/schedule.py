from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tours.models.experiences import Experience, PriceList


class ScheduleRule(models.Model):
    """When an experience is held: days by a recurrence rule (RFC 5545), times, seats and prices. It stays a rule."""

    class Days(models.TextChoices):
        EVERY = "every", _("every day the rule names")
        WORKDAYS = "workdays", _("only workdays, make-up workdays among them")
        DAYS_OFF = "days off", _("only weekends and public holidays, without make-up workdays")

    experience = models.ForeignKey(
        Experience, models.CASCADE, verbose_name=_("experience"), related_name="schedule_rules"
    )
    name = models.CharField(_("name of the rule"), max_length=60)
    recurrence = models.CharField(_("recurrence"), max_length=200, help_text=_("e.g. FREQ=WEEKLY;BYDAY=SA,SU"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    times = models.JSONField(_("times"), default=list, help_text=_('e.g. ["09:30", "14:00"]'))
    days = models.CharField(_("days"), max_length=10, choices=Days, default=Days.EVERY)
    capacity = models.PositiveIntegerField(_("capacity"), help_text=_("seats of each slot"))
    price_list = models.ForeignKey(PriceList, models.PROTECT, verbose_name=_("price list"), null=True, blank=True)
    minimum_to_run = models.PositiveSmallIntegerField(
        _("minimum to run"), default=0, help_text=_("people without whom it is called off")
    )
    decide_hours = models.PositiveSmallIntegerField(
        _("decide hours"), default=24, help_text=_("the minimum is looked at so long before")
    )
    is_active = models.BooleanField(_("is active"), default=True)

    class Meta:
        verbose_name = _("schedule rule")
        verbose_name_plural = _("schedule rules")
        ordering = ["experience", "starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_rule_ends_after_it_begins",
                violation_error_message=_("“Ends on” must not be before “starts on”."),
            ),
            models.CheckConstraint(
                condition=Q(minimum_to_run__lte=F("capacity")),
                name="a_rule_has_seats_for_its_minimum",
                violation_error_message=_("“Minimum to run” must not be more than “capacity”."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScheduleException(models.Model):
    """One day on which a rule does not hold, or on which it holds more."""

    class Kind(models.TextChoices):
        SKIP = "skip", _("Skip")
        ADD = "add", _("Add")

    rule = models.ForeignKey(ScheduleRule, models.CASCADE, verbose_name=_("rule"), related_name="exceptions")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    date = models.DateField(_("date"))
    time = models.TimeField(
        _("time"), null=True, blank=True, help_text=_("empty: the whole day, or all times of the rule")
    )
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, help_text=_("seats of the added slot, if others")
    )

    class Meta:
        verbose_name = _("schedule exception")
        verbose_name_plural = _("schedule exceptions")
        ordering = ["rule", "date", "time"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "date", "time"], name="one_exception_per_time"),
            models.UniqueConstraint(
                fields=["rule", "date"],
                condition=Q(time=None),
                name="one_exception_per_day",
                violation_error_message=_("There is an exception for this whole day already: change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.time:%H:%M}" if self.time else str(self.date)
