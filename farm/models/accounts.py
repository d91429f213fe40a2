import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.models.messages import Notice
from farm.models.people import Customer

MOST_TRIES = 5
MOST_CODES_A_DAY = 10


class SignInCode(models.Model):
    """Six digits sent to one phone or mail address. Whoever types them here, in time, has shown that it is theirs."""

    channel = models.CharField(_("channel"), max_length=4, choices=Notice.Channel)
    contact = models.CharField(_("recipient"), max_length=120)
    language = models.CharField(_("language"), max_length=10)
    digest = models.CharField(_("digest"), max_length=64, help_text=_("of the digits, keyed with the secret key"))
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("the first, second … code of the day"))
    made_at = models.DateTimeField(_("made at"))
    ends_at = models.DateTimeField(_("ends at"), db_index=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        constraints = [
            models.UniqueConstraint(fields=["contact", "day", "number"], name="codes_of_a_day_are_counted"),
            models.CheckConstraint(condition=Q(number__lte=MOST_CODES_A_DAY), name="few_codes_a_day"),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="few_tries_per_code"),
        ]

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def running(self, now: dt.datetime) -> "SignInQuerySet":
        return self.filter(ended_at=None, ends_at__gt=now)


class SignIn(models.Model):
    """One device on which a customer is signed in. The device holds a token, we its digest."""

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="sign_ins")
    digest = models.CharField(_("digest"), max_length=64, unique=True, help_text=_("SHA-256 of the device's token"))
    device = models.CharField(_("device"), max_length=20, blank=True, help_text=_("e.g. iPhone; no more of it is kept"))
    at = models.DateTimeField(_("at"))
    ends_at = models.DateTimeField(_("ends at"), db_index=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"sign-in {self.pk} of customer {self.customer_id}"


class Consent(models.Model):
    """A customer said yes or no to something we ask for. Append-only: the newest row is what holds."""

    class What(models.TextChoices):
        MARKETING = "marketing", _("news of the harvest and offers")

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="consents")
    what = models.CharField(_("what"), max_length=20, choices=What)
    is_given = models.BooleanField(_("is given"))
    version = models.CharField(_("version of the text"), max_length=20)
    text = models.CharField(_("text that was shown"), max_length=300)
    language = models.CharField(_("language"), max_length=10)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{'yes' if self.is_given else 'no'} to {self.what} ({self.version})"
