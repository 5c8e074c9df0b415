"""Counts of failed attempts."""

from django.db import models


class Throttle(models.Model):
    """Failed attempts in a row. key: HMAC of an identifier, with or without a network; no account need exist."""

    key = models.BinaryField(primary_key=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    held_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="signin_throttle_age")]

    def __str__(self) -> str:
        return f"{self.failures} failures"
