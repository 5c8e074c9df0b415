"""Recoveries under way, and what was tried against an account."""

import json
import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dopusk.portal.accounts.models import Account, sealer


class Recovery(models.Model):
    """One browser's way back in; bound to its own cookie, kept as SHA-256.

    account is empty when nobody is known by what was typed: everything goes on alike. identifier: blind index of what
    was typed. asks_factor: she came from the second step, and has not said yet whether it is lost. channel, code,
    sent_at: the code that is awaited. shown: evidence so far. sealed: {typed, phone}, the identifier as typed and the
    new telephone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    identifier = models.BinaryField()
    network = models.CharField(max_length=50)
    sealed = models.BinaryField()
    channel = models.CharField(max_length=4, choices=[("sms", "sms"), ("mail", "mail")])
    code = models.UUIDField(default=uuid.uuid4)
    sent_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    shown = ArrayField(models.CharField(max_length=10), default=list)
    lost_factor = models.BooleanField(default=False)
    asks_factor = models.BooleanField(default=False)
    phone_code = models.UUIDField(null=True)
    phone_proved = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Recovery"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["identifier", "network", "started_at"], name="recovery_of_identifier"),
            models.Index(fields=["ends_at"], name="recovery_age"),
        ]

    def __str__(self) -> str:
        return f"recovery {self.id}"

    def keep(self, **content: str) -> None:
        """Seal what was typed."""
        self.sealed = sealer().seal(f"recovery {self.id}", json.dumps(content, ensure_ascii=False).encode())

    def kept(self) -> dict[str, Any]:
        """What was typed."""
        found: dict[str, Any] = json.loads(sealer().open(f"recovery {self.id}", bytes(self.sealed)))
        return found


class Try(models.Model):
    """One attempt to show evidence that could be guessed. what: `data` (СНИЛС, passport, birth date) or `factor`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    what = models.CharField(max_length=6, choices=[("data", "data"), ("factor", "factor")])
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "what", "at"], name="recovery_try_of")]

    def __str__(self) -> str:
        return f"{self.what} of {self.account_id}"
