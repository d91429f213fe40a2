from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Someone who can sign in: today the farm's staff; what they may do is given by groups."""


class Customer(models.Model):
    """A person the farm knows by phone number: they ordered, booked or asked."""

    phone = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="zh-hans")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at", "-pk"]
        permissions = [("view_personal_data", "Can see whole names, phones and messages")]

    def __str__(self) -> str:
        return f"customer {self.pk}"
