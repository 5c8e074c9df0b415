"""Sessions of people, and the devices they come from."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dopusk.portal.accounts.models import Account


class Device(models.Model):
    """A browser in which this person has signed in wholly before; its cookie is kept as SHA-256. Forgettable.

    told_at: when she was told of it; the first one needs no telling.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    words = models.CharField(max_length=100)
    network = models.CharField(max_length=50)
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash", "account"], name="sessions_device_once")]
        indexes = [
            models.Index(fields=["first_seen_at"], condition=Q(told_at=None), name="sessions_device_untold")
        ]

    def __str__(self) -> str:
        return f"device {self.id}"


class Session(models.Model):
    """One sign-in of one person on one device. The cookie's value is kept only as its SHA-256.

    `id` is the `sid` services see; `created_at` is the moment of sign-in (`auth_time`), `proved_at` that of the last
    proof of identity, `amr` how it was proved (RFC 8176). Tokens and codes live while their session does: readers
    join this row, so ending it ends them.
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
    proved_at = models.DateTimeField(default=timezone.now)
    amr = ArrayField(models.CharField(max_length=10), default=list)
    known_device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at"], name="sessions_session_of"),
            models.Index(fields=["expires_at"], name="sessions_session_expiry"),
        ]

    def __str__(self) -> str:
        return f"session {self.id}"
