"""What the ЕСИА dialect keeps: information systems and their certificates, numbers of people, signers of markers."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.clients.models import Client
from dopusk.portal.oidc.models import Grant


class System(models.Model):
    """A registered information system; its client's identifier is the mnemonic.

    token_alg: what signs its markers, whatever its own key is. lenient: the known deviations of real clients are
    accepted. v1, v2: which generations of the protocol it may speak. numeric_sub: `sub` as a number, as long ago.
    """

    client = models.OneToOneField(Client, on_delete=models.CASCADE, primary_key=True, related_name="esia")
    token_alg = models.CharField(
        max_length=20,
        default="RS256",
        choices=[("RS256", "RS256"), ("GOST3410_2012_256", "GOST3410_2012_256")],
    )
    lenient = models.BooleanField(default=False)
    v1 = models.BooleanField(default=True)
    v2 = models.BooleanField(default=True)
    numeric_sub = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.client_id


class Certificate(models.Model):
    """A certificate of a system. sha256, streebog256: hex over the DER, as `client_certificate_hash` has them."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="certificates")
    der = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    streebog256 = models.CharField(max_length=64)
    subject = models.TextField()
    algorithm = models.CharField(max_length=20)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    added_at = models.DateTimeField(default=timezone.now)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "sha256"], name="esia_one_certificate_once")]

    def __str__(self) -> str:
        return f"{self.subject} of {self.system_id}"


class Entry(models.Model):
    """What the dialect remembers of a grant: version 1 or 2, the scopes as they were asked, in their order.

    until: the end of the consents asked for along with it (`permissions`), if there were any; it ends then.
    """

    grant = models.OneToOneField(
        Grant, on_delete=models.CASCADE, primary_key=True, related_name="esia", db_constraint=False
    )
    version = models.PositiveSmallIntegerField()
    scope = models.TextField()
    scope_org = models.TextField(blank=True)
    state = models.TextField()
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"entry of {self.grant_id}"


class PersonNumber(models.Model):
    """The oid by which the dialect knows a person: a JSON number, hers for ever."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="esia")
    oid = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return str(self.oid)


class PersonExtra(models.Model):
    """What a test person of the sandbox has beyond what the portal keeps of anybody; invented, so not sealed.

    content: see `people_data`.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="esia_extra"
    )
    content = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"more of {self.account_id}"


class MarkerKey(models.Model):
    """A key that signs markers, sealed, and its certificate. One of each algorithm signs; retired ones still verify.

    signs_from, retired_at: its turn, known beforehand (as `oidc.models.SigningKey`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alg = models.CharField(max_length=20)
    sealed = models.BinaryField()
    certificate = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    signs_from = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alg"], condition=Q(retired_at=None), name="esia_one_marker_key_signs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.alg} {self.id}"


class Diagnosis(models.Model):
    """One examined request of an integrator: what was found, and what the real system would answer.

    endpoint: `v1/ac`, `v1/te`, `v2/ac`, `v3/te`, `rs`, `logout`. code: ours, empty when all was right; esia_code:
    `007053`, or empty. report: what was built, tried and found, as slice esia describes it; no personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    endpoint = models.CharField(max_length=10)
    client_id = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=40, blank=True)
    esia_code = models.CharField(max_length=6, blank=True)
    trace_id = models.CharField(max_length=32)
    report = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="esia_diagnosis_latest"),
            models.Index(fields=["client_id", "-at"], name="esia_diagnosis_of"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.esia_code} {self.code}"
