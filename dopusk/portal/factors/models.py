"""What a person has enrolled, and what is being enrolled or asked for right now."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.factors.rules import Ask


class Totp(models.Model):
    """An app that shows codes. sealed: its secret; last_step: the step of the last code accepted, never accepted again.

    confirmed_at is empty until she has shown one code: then it takes the place of the app before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    sealed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(confirmed_at__isnull=False), name="factors_one_app"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(confirmed_at__isnull=True), name="factors_one_app_enrolling"
            ),
        ]

    def __str__(self) -> str:
        return f"app {self.id}"

    def seal(self, secret: bytes) -> None:
        """Keep the secret, bound to this row."""
        self.sealed = sealer().seal(f"totp {self.id}", secret)

    def secret(self) -> bytes:
        """The secret, readable."""
        return sealer().open(f"totp {self.id}", bytes(self.sealed))


class RecoveryCode(models.Model):
    """One of ten codes for the day without the telephone. head finds it, Argon2id of the rest proves it, once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    head = models.CharField(max_length=2)
    proof = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "head"], name="factors_recovery_head")]

    def __str__(self) -> str:
        return f"recovery code of {self.account_id}"


class Passkey(models.Model):
    """A WebAuthn credential kept on her device. public_key: COSE; sign_count: 0 from devices that do not count.

    may_sync: it may live on several devices (backup eligible); backed_up: it does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    transports = ArrayField(models.CharField(max_length=20), default=list)
    name = models.CharField(max_length=100)
    aaguid = models.UUIDField()
    may_sync = models.BooleanField()
    backed_up = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Ceremony(models.Model):
    """A challenge given to one browser, to be answered once and soon.

    binding: SHA-256 of what only that browser (or session) holds; account: whose passkey is awaited, if known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(
        max_length=12, choices=[("registration", "registration"), ("assertion", "assertion")]
    )
    challenge = models.BinaryField()
    binding = models.BinaryField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, db_index=False)
    good_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["good_until"], name="factors_ceremony_age")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"


class Policy(models.Model):
    """Her own choice of when the second step is asked, and whether a code by SMS may stand in for the app."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    ask = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Ask], default=Ask.ALWAYS)
    sms = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.ask} {self.account_id}"


class Dismissal(models.Model):
    """She does not want passkeys offered before this moment."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"no offer until {self.until}"
