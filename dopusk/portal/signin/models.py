"""Sessions and counts of failed attempts."""

import uuid

from django.db import models

from dopusk.portal.accounts.models import Account


class Session(models.Model):
    """One sign-in of one person on one device. The cookie's value is kept only as its SHA-256.

    `id` is the `sid` services see; `created_at` is the moment of sign-in (`auth_time`). Tokens and codes live
    while their session does: readers join this row, so ending it ends them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    network = models.CharField(max_length=50)
    device = models.CharField(max_length=100)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at"], name="signin_session_of"),
            models.Index(fields=["expires_at"], name="signin_session_expiry"),
        ]

    def __str__(self) -> str:
        return f"session {self.id}"


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
