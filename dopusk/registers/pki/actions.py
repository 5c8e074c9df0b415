"""Issuing and revoking."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.utils import timezone

from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.office import office
from dopusk.trust.authority import Profile, Revoked
from dopusk.web.journal import actions as journal


@transaction.atomic
def issue(csr: str, profile: Profile, asked_by: str) -> x509.Certificate:
    """A certificate for this request. Raises ``trust.authority.RequestRefused`` with its code."""
    now = timezone.now()
    place = office()
    certificate = place.authority.issue(csr, profile, now, place.pointers)
    serial = f"{certificate.serial_number:040x}"
    Issued.objects.create(
        serial_number=serial,
        profile=profile,
        subject=certificate.subject.rfc4514_string(),
        pem=certificate.public_bytes(Encoding.PEM).decode(),
        asked_by=asked_by,
        issued_at=now,
        valid_until=certificate.not_valid_after_utc,
    )
    journal.record(
        actor=asked_by,
        act="certificate.issued",
        subject="system",
        object_=f"pki:{serial}",
        words="Выпущен сертификат электронной подписи учебного стенда",
        detail={"profile": profile},
    )
    return certificate


@transaction.atomic
def revoke(serial_number: str, by: str) -> bool:
    """Put the certificate on the revocation list; False when it stands there already. ``Issued.DoesNotExist``."""
    issued = Issued.objects.select_for_update().get(serial_number=serial_number)
    if issued.revoked_at is not None:
        return False
    issued.revoked_at = timezone.now()
    issued.save(update_fields=["revoked_at"])
    journal.record(
        actor=by,
        act="certificate.revoked",
        subject="system",
        object_=f"pki:{serial_number}",
        words="Сертификат электронной подписи учебного стенда отозван",
    )
    return True


def revocation_list() -> x509.CertificateRevocationList:
    """The list as of now."""
    lines = Issued.objects.revoked().values_list("serial_number", "revoked_at")
    revoked = [Revoked(int(serial, 16), at) for serial, at in lines if at is not None]
    return office().authority.revocation_list(revoked, timezone.now())
