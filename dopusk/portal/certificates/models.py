"""Certificates people have put into their cabinets, and sessions opened by them."""

import uuid
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.certificates import rules
from dopusk.trust import certificates as x509
from dopusk.trust.owners import Owner, owner


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Ways of finding certificates."""

    def of(self, sub: uuid.UUID) -> "CertificateQuerySet":
        """A person's own: those in use first, then by the end of their term."""
        return self.filter(account_id=sub).order_by(
            models.F("blocked_at").desc(nulls_first=True), "-not_after", "pk"
        )

    def usable(self, sub: uuid.UUID) -> "CertificateQuerySet":
        """Hers that neither she nor the calendar has ended."""
        return self.of(sub).filter(blocked_at=None, not_after__gte=timezone.now())

    def ending(self, sub: uuid.UUID) -> bool:
        """Whether the last of them to end does so within a month."""
        last = self.usable(sub).aggregate(last=models.Max("not_after"))["last"]
        return last is not None and rules.ends_soon(last, timezone.now())


class Certificate(models.Model):
    """A certificate of hers; the subject's data rest sealed with the DER.

    sha256: of the DER, hex. serial: lower hex. issuer: as people call the authority. algorithm: of the key
    (`trust.certificates.Certificate`). came: by which page. blocked_at, block_reason: her own block. code: verdict
    of the last check (`trust.validation`) at checked_at, empty before the first; checked: what it rests on, for people:
    {"chain": [names, the issuer first], "answers": [{"source", "of", "at", "until"}]}. used_at: last sign-in by it.
    warned_at: when she was told that it ends soon.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()
    serial = models.CharField(max_length=64)
    issuer = models.CharField(max_length=300)
    algorithm = models.CharField(max_length=20)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    came = models.CharField(max_length=7, choices=[("cabinet", "cabinet"), ("signin", "signin")])
    added_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True)
    block_reason = models.CharField(
        max_length=10, blank=True, choices=[(one.value, one.value) for one in rules.Reason]
    )
    code = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked = models.JSONField(default=dict)
    used_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)

    objects: ClassVar[CertificateQuerySet] = CertificateQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "sha256"], name="certificates_one_of_a_person")
        ]
        indexes = [
            models.Index(
                fields=["not_after"],
                condition=models.Q(blocked_at=None, warned_at=None),
                name="certificates_ending",
            )
        ]

    def __str__(self) -> str:
        return f"certificate {self.serial}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("certificates:certificate", args=[self.pk])

    @property
    def der(self) -> bytes:
        """The certificate itself."""
        return sealer().open(f"certificate {self.id}", bytes(self.sealed))

    def seal(self, der: bytes) -> None:
        """Put the certificate into the row, bound to it; the caller saves."""
        self.sealed = sealer().seal(f"certificate {self.id}", der)

    def read(self) -> x509.Certificate:
        """The certificate, read."""
        return x509.read(self.der)

    def owner(self) -> Owner:
        """What its subject says."""
        return owner(self.read())

    @property
    def number(self) -> str:
        """The serial number as people read it."""
        return rules.grouped(self.serial)

    @property
    def object_key(self) -> str:
        """How the journal names it."""
        return f"certificate:{self.id}"

    def standing(self) -> rules.Standing:
        """How it stands now."""
        return rules.standing(
            self.code,
            blocked=self.blocked_at is not None,
            not_before=self.not_before,
            not_after=self.not_after,
            now=timezone.now(),
        )


class Use(models.Model):
    """A session that was opened by a certificate; `sid` is `sessions.Session.id`, whose row may be gone before this."""

    sid = models.UUIDField(primary_key=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="uses")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="certificates_use_age")]

    def __str__(self) -> str:
        return f"session {self.sid}"
