import re

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.language import titled

CHINESE = re.compile(r"[\u3400-\u9fff]")


class User(AbstractUser):
    """Someone who can sign in: today the farm's staff; what they may do is given by groups."""

    def get_full_name(self) -> str:
        """A Chinese name begins with the family's and has no space in it."""
        if CHINESE.search(self.last_name):
            return f"{self.last_name}{self.first_name}"
        return super().get_full_name()


class StaffSession(AbstractBaseSession):
    """A browser's session, beside whom it signed in: one statement finds both. It ends with its user."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")


class Customer(models.Model):
    """A person the farm knows by a phone number or a mail address: they ordered, booked, asked or signed in."""

    phone = models.CharField(_("phone"), max_length=20, unique=True, null=True, blank=True)
    email = models.EmailField(_("mail address"), max_length=120, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    first_seen_at = models.DateTimeField(_("first seen at"))
    last_seen_at = models.DateTimeField(_("last seen at"))

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-last_seen_at", "-pk"]
        permissions = [("view_personal_data", "Can see whole names, phones and messages")]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=False) | Q(email__isnull=False), name="a_customer_can_be_reached"
            )
        ]

    def __str__(self) -> str:
        return titled(self, self.pk)

    @property
    def contact(self) -> str:
        """What a code has proven to be theirs: the phone, or the mail address."""
        return self.phone or self.email or ""
