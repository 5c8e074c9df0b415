"""Counts of failed attempts, and sign-ins that are not over yet."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dopusk.portal.accounts.models import Account


class Throttle(models.Model):
    """Failed attempts in a row; no account need exist.

    key: 32 bytes. The first half says whose (an identifier, an account, a network; hashed with a secret), the second
    from where (a network, a known device, `second` step), or zeros for everywhere: `sql.py` makes them.
    """

    key = models.BinaryField(primary_key=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    held_until = models.DateTimeField()
    forgotten_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["forgotten_at"], name="signin_throttle_age")]

    def __str__(self) -> str:
        return f"{self.failures} failures"


class Pending(models.Model):
    """A sign-in whose first step was right and which lacks another; no session stands before it is whole.

    token_hash: SHA-256 of the cookie `portal_pending`. password: the hash that was checked; when the account has
    another one by the end, all was in vain. must_change: why she has to choose a new password, or empty.
    device_known: the browser was hers before. way, way_key: what it began by, if not by a password (`ways.WAYS`), and
    what that slice knows it by. Single use.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    password = models.CharField(max_length=200)
    amr = ArrayField(models.CharField(max_length=10), default=list)
    second_due = models.BooleanField()
    must_change = models.CharField(max_length=13, blank=True)
    device_known = models.BooleanField()
    next_path = models.TextField()
    way = models.CharField(max_length=20, blank=True, db_default="", default="")
    way_key = models.CharField(max_length=64, blank=True, db_default="", default="")
    good_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["good_until"], name="signin_pending_age")]

    def __str__(self) -> str:
        return f"pending {self.id}"
