from django.db import models


class ClosedDay(models.Model):
    """A day on which the farm neither ships nor receives visitors."""

    date = models.DateField(unique=True)
    reason_zh = models.CharField(max_length=60)
    reason_en = models.CharField(max_length=60)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.reason_en}"
