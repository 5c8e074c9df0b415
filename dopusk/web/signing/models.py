"""What somebody is asked to sign, and what was signed with the evidence that it was valid."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models

from dopusk.trust.sealing import Sealer

STANDINGS: Final = ("valid", "unknown", "invalid")


def _open(item: str, sealed: bytes | memoryview) -> bytes:
    return Sealer(settings.SEALING_KEY).open(item, bytes(sealed))


def _seal(item: str, content: bytes) -> bytes:
    return Sealer(settings.SEALING_KEY).seal(item, content)


class Challenge(models.Model):
    """A text shown for signing to one session, for one purpose, for some minutes; good for one signature.

    purpose: code of the act ("signin"). object_key: what it is about ("application:<uuid>"), or empty.
    session_hash: SHA-256 of what names the session. owner: key of the person, or empty while nobody is known.
    sealed: the exact bytes (`dopusk.kernel.signable`). sha256: of them, hex.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=40)
    object_key = models.CharField(max_length=120, blank=True)
    session_hash = models.BinaryField(max_length=32)
    owner = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    good_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["good_until"], name="signing_challenge_age"),
            models.Index(
                fields=["owner", "object_key"], condition=~models.Q(owner=""), name="signing_challenge_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @property
    def content(self) -> bytes:
        """The bytes that are signed."""
        return _open(f"challenge {self.id}", self.sealed)

    def seal(self, content: bytes) -> None:
        """Put the bytes into the row; the caller saves."""
        self.sealed = _seal(f"challenge {self.id}", content)


class Evidence(models.Model):
    """A certificate, revocation list, OCSP answer or timestamp that a signature's validity was judged by; kept once.

    sha256: of the DER. kind: what it is. Public data: issuers publish it. The signer's own certificate is none of it
    (`judging.evidence_of`).
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(
        max_length=12,
        choices=[(one, one) for one in ("certificate", "crl", "ocsp", "timestamp")],
    )
    der = models.BinaryField()
    kept_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:16]}"


class Signature(models.Model):
    """A signature as it was made, over the bytes it was made over, with what it was judged by.

    sealed_content, sealed_signature: the bytes and the detached CMS (DER). signer_sha256: of the certificate's DER.
    signed_at: the moment it is judged at; time_from says who answers for it ("timestamp", or "receipt": our clock
    when it came). claimed_at: the signer's own word. code: the last verdict's; standing: what follows from it:
    "unknown" is asked again until it is one of the other two. checked_at: of the last verdict.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    challenge = models.OneToOneField(Challenge, on_delete=models.SET_NULL, null=True)
    purpose = models.CharField(max_length=40)
    object_key = models.CharField(max_length=120, blank=True, db_index=True)
    owner = models.CharField(max_length=64, blank=True)
    sealed_content = models.BinaryField()
    sealed_signature = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    signer_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    time_from = models.CharField(
        max_length=10, choices=[("timestamp", "timestamp"), ("receipt", "receipt")], default="receipt"
    )
    code = models.CharField(max_length=40)
    standing = models.CharField(max_length=8, choices=[(one, one) for one in STANDINGS])
    checked_at = models.DateTimeField()
    evidence = models.ManyToManyField(Evidence, related_name="signatures")

    class Meta:
        indexes = [
            models.Index(
                fields=["checked_at"],
                condition=models.Q(standing="unknown"),
                name="signing_signature_unknown",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id} {self.code}"

    @property
    def content(self) -> bytes:
        """The bytes that were signed."""
        return _open(f"signed {self.id}", self.sealed_content)

    @property
    def signature(self) -> bytes:
        """The detached CMS, DER."""
        return _open(f"signature {self.id}", self.sealed_signature)

    def seal(self, content: bytes, signature: bytes) -> None:
        """Put both into the row; the caller saves."""
        self.sealed_content = _seal(f"signed {self.id}", content)
        self.sealed_signature = _seal(f"signature {self.id}", signature)
