from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language, titled
from farm.money import yuan

OLDEST = 99


class Experience(models.Model):
    """Something visitors can do at the farm: pick Kyoho, work a morning as a grower, taste in the cold store."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=60)
    summary_zh = models.CharField(_("summary (Chinese)"), max_length=120)
    summary_en = models.CharField(_("summary (English)"), max_length=200)
    story_zh = models.TextField(_("story (Chinese)"), blank=True)
    story_en = models.TextField(_("story (English)"), blank=True)
    meeting_point_zh = models.CharField(_("meeting point (Chinese)"), max_length=120)
    meeting_point_en = models.CharField(_("meeting point (English)"), max_length=200)
    included_zh = models.TextField(_("included (Chinese)"), blank=True, help_text=_("one line each"))
    included_en = models.TextField(_("included (English)"), blank=True, help_text=_("one line each"))
    bring_zh = models.TextField(_("bring (Chinese)"), blank=True, help_text=_("one line each"))
    bring_en = models.TextField(_("bring (English)"), blank=True, help_text=_("one line each"))
    rules_zh = models.TextField(
        _("rules (Chinese)"), blank=True, help_text=_("ages and who must come along, one line each")
    )
    rules_en = models.TextField(
        _("rules (English)"), blank=True, help_text=_("ages and who must come along, one line each")
    )
    weather_note_zh = models.CharField(
        _("weather note (Chinese)"), max_length=200, blank=True, help_text=_("what the reminder says of the weather")
    )
    weather_note_en = models.CharField(
        _("weather note (English)"), max_length=200, blank=True, help_text=_("what the reminder says of the weather")
    )
    drawing = models.SlugField(_("drawing"), default="vineyard", help_text=_("which of our drawings shows it"))
    languages = models.JSONField(_("languages"), default=list, help_text=_('in which it is held, e.g. ["zh", "en"]'))
    duration_minutes = models.PositiveSmallIntegerField(_("duration minutes"))
    is_outdoor = models.BooleanField(_("is outdoor"), default=True, help_text=_("depends on the weather"))
    min_party = models.PositiveSmallIntegerField(
        _("min party"), default=1, help_text=_("people in one booking, at least")
    )
    max_party = models.PositiveSmallIntegerField(
        _("max party"), default=12, help_text=_("people in one booking, at most")
    )
    cut_off_minutes = models.PositiveIntegerField(
        _("cut off minutes"), default=120, help_text=_("bookings until so long before the start")
    )
    deposit_percent = models.PositiveSmallIntegerField(
        _("deposit percent"), default=0, help_text=_("0: no deposit, all is paid at once")
    )
    may_pay_on_arrival = models.BooleanField(_("may pay on arrival"), default=False)
    refund_terms = models.JSONField(
        _("refund terms"),
        default=list,
        help_text=_('best first: [{"hours": 48, "percent": 100}, {"hours": 24, "percent": 50}]'),
    )
    is_on_sale = models.BooleanField(_("is on sale"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("experience")
        verbose_name_plural = _("experiences")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_percent__lte=100),
                name="a_deposit_is_part_of_the_price",
                violation_error_message=_("“Deposit percent” must be 100 or less."),
            ),
            models.CheckConstraint(
                condition=Q(max_party__gte=F("min_party")),
                name="the_largest_party_is_not_smaller",
                violation_error_message=_("“Max party” must not be less than “min party”."),
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=1),
                name="an_experience_takes_time",
                violation_error_message=_("“Duration minutes” must be 1 or more."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_zh, self.name_en)

    @property
    def summary(self) -> str:
        return in_readers_language(self.summary_zh, self.summary_en)

    @property
    def story(self) -> str:
        return in_readers_language(self.story_zh, self.story_en)

    @property
    def meeting_point(self) -> str:
        return in_readers_language(self.meeting_point_zh, self.meeting_point_en)

    @property
    def weather_note(self) -> str:
        return in_readers_language(self.weather_note_zh, self.weather_note_en)

    @property
    def included(self) -> list[str]:
        return in_readers_language(self.included_zh, self.included_en).splitlines()

    @property
    def bring(self) -> list[str]:
        return in_readers_language(self.bring_zh, self.bring_en).splitlines()

    @property
    def rules(self) -> list[str]:
        return in_readers_language(self.rules_zh, self.rules_en).splitlines()


class TicketType(models.Model):
    """Who comes, as tickets name them: an adult, a child, a family of four."""

    class Kind(models.TextChoices):
        ADULT = "adult", _("Adult")
        YOUTH = "youth", _("Youth")
        CHILD = "child", _("Child")
        INFANT = "infant", _("Infant")
        FAMILY = "family", _("Family")
        SENIOR = "senior", _("Senior")
        STUDENT = "student", _("Student")
        OTHER = "other", _("Other")

    experience = models.ForeignKey(
        Experience, models.CASCADE, verbose_name=_("experience"), related_name="ticket_types"
    )
    code = models.SlugField(_("code"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ADULT)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=60)
    price_fen = models.PositiveIntegerField(_("price (fen)"))
    people = models.PositiveSmallIntegerField(
        _("people"), default=1, help_text=_("seats it takes: a family 4, an infant 0 or 1")
    )
    min_age = models.PositiveSmallIntegerField(_("min age"), default=0)
    max_age = models.PositiveSmallIntegerField(_("max age"), default=OLDEST)
    needs_proof = models.BooleanField(
        _("needs proof"), default=False, help_text=_("a student or senior card is looked at")
    )
    min_quantity = models.PositiveSmallIntegerField(_("min quantity"), null=True, blank=True)
    max_quantity = models.PositiveSmallIntegerField(_("max quantity"), null=True, blank=True)
    accompanied_by = models.ManyToManyField(
        "self", verbose_name=_("accompanied by"), symmetrical=False, blank=True, related_name="accompanies"
    )
    per_grown_up = models.PositiveSmallIntegerField(
        _("per grown-up"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("how many of them one grown-up who comes along may bring; empty: any number"),
    )
    grown_ups = models.PositiveSmallIntegerField(
        _("grown-ups"),
        default=1,
        help_text=_("how many of its people can look after others: an adult 1, a family of four 2"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_offered = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ["experience", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["experience", "code"], name="one_ticket_type_per_code"),
            models.CheckConstraint(
                condition=Q(max_age__gte=F("min_age")),
                name="ages_run_upwards",
                violation_error_message=_("“Max age” must not be less than “min age”."),
            ),
            models.CheckConstraint(
                condition=Q(per_grown_up=None) | Q(per_grown_up__gte=1),
                name="a_grown_up_may_bring_somebody",
                violation_error_message=_("“Per grown-up” must be 1 or more, or empty."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_zh, self.name_en)

    @property
    def tickets(self) -> int:
        """How many people come with it and so how many tickets it makes: an infant without a seat still has one."""
        return max(self.people, 1)

    @property
    def ages(self) -> str:
        """For whom it is, in words; nothing when every age may have it."""
        words = {"from": self.min_age, "to": self.max_age}
        if self.min_age and self.max_age < OLDEST:
            return gettext("%(from)s to %(to)s years") % words
        if self.min_age:
            return gettext("from %(from)s years") % words
        return gettext("up to %(to)s years") % words if self.max_age < OLDEST else ""


class PriceList(models.Model):
    """Other prices than the usual: a holiday, an evening, a school week."""

    experience = models.ForeignKey(Experience, models.CASCADE, verbose_name=_("experience"), related_name="price_lists")
    name = models.CharField(_("name of the list"), max_length=40)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ["experience", "name"]
        constraints = [models.UniqueConstraint(fields=["experience", "name"], name="one_price_list_per_name")]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What a ticket type costs by one price list."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, verbose_name=_("price list"), related_name="prices")
    ticket_type = models.ForeignKey(TicketType, models.CASCADE, verbose_name=_("ticket type"), related_name="prices")
    price_fen = models.PositiveIntegerField(_("price (fen)"))

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["price_list", "ticket_type"], name="one_price_per_list_and_type")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_type} ¥{yuan(self.price_fen)}"


class Question(models.Model):
    """Something the farm must know of a party: allergies, the language of the tour."""

    experience = models.ForeignKey(Experience, models.CASCADE, verbose_name=_("experience"), related_name="questions")
    code = models.SlugField(_("code"))
    words_zh = models.CharField(_("words (Chinese)"), max_length=80)
    words_en = models.CharField(_("words (English)"), max_length=120)
    choices = models.JSONField(
        _("choices"),
        default=list,
        blank=True,
        help_text=_('empty: free text; else [{"code": "zh", "zh": "中文", "en": "Chinese"}]'),
    )
    is_required = models.BooleanField(_("is required"), default=False)
    is_on_manifest = models.BooleanField(
        _("is on manifest"), default=False, help_text=_("the guide reads the answer: allergies")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["experience", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["experience", "code"], name="one_question_per_code")]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        return in_readers_language(self.words_zh, self.words_en)

    def answer_words(self, answer: str) -> str:
        """The answer as readers see it: a choice by its words, free text as it was written."""
        choices: list[dict[str, Any]] = self.choices
        for choice in choices:
            if choice["code"] == answer:
                return in_readers_language(choice["zh"], choice["en"])
        return answer


class Waiver(models.Model):
    """One version of what visitors accept before they book; never edited, the newest one counts."""

    experience = models.ForeignKey(Experience, models.CASCADE, verbose_name=_("experience"), related_name="waivers")
    version = models.CharField(_("version"), max_length=20, help_text=_("e.g. 2026-09"))
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["experience", "-published_at"]
        constraints = [models.UniqueConstraint(fields=["experience", "version"], name="one_waiver_per_version")]

    def __str__(self) -> str:
        return titled(self, self.version)

    @property
    def text(self) -> str:
        return in_readers_language(self.text_zh, self.text_en)
