from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm import naming
from farm.language import titled


class OutboxMessage(models.Model):
    """A fact to tell others about, written in the same transaction as the fact itself."""

    topic = models.CharField(_("topic"), max_length=40)
    payload = models.JSONField(_("payload"))
    written_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(
        _("next try at"), null=True, help_text=_("empty: parked until staff release it, or already sent")
    )
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        permissions = [("release_outboxmessage", "Can let a parked message be told again")]
        indexes = [
            models.Index(fields=["next_try_at"], name="outbox_waiting", condition=Q(next_try_at__isnull=False)),
            models.Index(
                fields=["id"], name="outbox_parked", condition=Q(sent_at__isnull=True, next_try_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{naming.topic(self.topic)} #{self.pk}"


class Job(models.Model):
    """One piece of work that may be late but never lost: claimed by lease, finished by the holder of the fence."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        PARKED = "parked", _("Parked")

    key = models.CharField(
        _("key"), max_length=100, unique=True, help_text=_("asking twice for one key is asking once")
    )
    kind = models.CharField(_("kind"), max_length=60, help_text=_("the name of the task that runs it"))
    payload = models.JSONField(_("payload"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    fence = models.PositiveIntegerField(_("fence"), default=0, editable=False, help_text=_("grows with every claim"))
    next_try_at = models.DateTimeField(
        _("next try at"), help_text=_("when it is due; while it runs, the end of the lease")
    )
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        permissions = [("release_job", "Can let a parked job try again")]
        indexes = [
            models.Index(fields=["next_try_at"], name="jobs_not_done", condition=Q(state__in=["waiting", "running"])),
            models.Index(fields=["id"], name="jobs_parked", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{titled(self, self.key)} ({self.get_state_display()})"


class Notice(models.Model):
    """A message to a person, by SMS or mail. The embedded default keeps it here, where staff read it."""

    class Channel(models.TextChoices):
        SMS = "sms", _("Sms")
        MAIL = "mail", _("Mail")

    class Standing(models.TextChoices):
        SURE = "sure", _("always sent")
        UNPAID = "unpaid", _("about what nobody has paid")
        HELD_BACK = "held back", _("held back")

    key = models.CharField(
        _("key"), max_length=100, unique=True, help_text=_("one notice per key, so nothing is said twice")
    )
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    to = models.CharField(_("recipient"), max_length=120)
    standing = models.CharField(
        _("standing"),
        max_length=9,
        choices=Standing,
        default=Standing.SURE,
        db_default=Standing.SURE,
        help_text=_("few a day are sent to one recipient about what nobody has paid"),
    )
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    text = models.TextField(_("text"))
    about = models.CharField(_("about"), max_length=60, db_index=True, help_text=_("e.g. order:BZ7K3M9QF2XA"))
    written_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["to", "standing", "written_at"], name="notices_of_a_recipient")]

    def __str__(self) -> str:
        return titled(self, self.key)


class StaffTask(models.Model):
    """Something only a person can settle: unexplained money, a parked job, an order that no longer fits its day."""

    key = models.CharField(_("key"), max_length=100, unique=True)
    what = models.CharField(_("what to do"), max_length=200)
    about = models.CharField(_("about"), max_length=60, blank=True)
    raised_at = models.DateTimeField(_("raised at"))
    due_at = models.DateTimeField(_("due at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("staff task")
        verbose_name_plural = _("staff tasks")
        ordering = ["settled_at", "due_at"]
        permissions = [("settle_stafftask", "Can settle a staff task")]

    def __str__(self) -> str:
        return self.what


class RememberedRequest(models.Model):
    """An idempotency key that was used: the same request again leads to the same thing, another body is refused."""

    scope = models.CharField(_("scope"), max_length=80, help_text=_("who and what for: order: and a digest of a phone"))
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, help_text=_("SHA-256 of the canonical body"))
    subject = models.CharField(_("subject"), max_length=60, help_text=_("the number of what the request made"))
    made_at = models.DateTimeField(_("made at"), db_index=True)

    class Meta:
        verbose_name = _("remembered request")
        verbose_name_plural = _("remembered requests")
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_request_per_key")]

    def __str__(self) -> str:
        return f"request for {self.subject}"
