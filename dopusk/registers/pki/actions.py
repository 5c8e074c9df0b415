"""Issuing, revoking, suspending, giving back; what lists and answers about single certificates are made of."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.utils import timezone

from dopusk.kernel import names
from dopusk.kernel.invalid import Invalid
from dopusk.registers.pki import rules
from dopusk.registers.pki.authorities import authority
from dopusk.registers.pki.models import PERSON, SEAL, Changes, Issued
from dopusk.registers.pki.office import office
from dopusk.registers.pki.rules import Branch, Reason
from dopusk.trust import certificate_requests, issuers
from dopusk.trust.authority import Profile, RequestRefused, Revoked
from dopusk.trust.certificates import pem
from dopusk.trust.certificates import read as certificate_of
from dopusk.trust.subjects import Subject
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
    _journal_issued(serial, asked_by, {"profile": profile})
    return certificate


def issue_to_person(
    csr: bytes, branch: Branch, subject: Subject, asked_by: str, *, days: int = 365
) -> Issued:
    """A personal certificate for the key of this request (PEM or DER), good for so many days.

    Raises ``trust.authority.RequestRefused`` (``csr_key`` too when a GOST key is brought to another branch, or
    another key to GOST) and ``trust.gost.EngineMissing``.
    """
    asked = certificate_requests.read(csr)
    if asked.gost != (branch is Branch.GOST):
        raise RequestRefused("csr_key")
    now, place = timezone.now(), authority(branch)
    made = certificate_of(place.issuer.person(asked.spki, subject, now, place.pointers, days=days))
    with transaction.atomic():
        issued = Issued.objects.create(
            serial_number=made.serial.zfill(40),
            profile=PERSON,
            authority=branch.value,
            subject=made.subject,
            owner=subject.common_name,
            name_key=names.sort_key(subject.common_name),
            snils=subject.snils,
            pem=pem(made.der).decode(),
            asked_by=asked_by,
            issued_at=now,
            valid_until=made.not_after,
        )
        _journal_issued(
            issued.serial_number, asked_by, {"profile": PERSON, "authority": branch.value, "days": days}
        )
    return issued


def _journal_issued(serial: str, asked_by: str, detail: dict[str, object]) -> None:
    journal.record(
        actor=asked_by,
        act="certificate.issued",
        subject="system",
        object_=f"pki:{serial}",
        words="Выпущен сертификат электронной подписи учебного стенда",
        detail=detail,
    )


@transaction.atomic
def revoke(serial_number: str, by: str, reason: Reason = Reason.UNSPECIFIED) -> bool:
    """Put the certificate on the revocation list; False when it stands there already. ``Issued.DoesNotExist``.

    With the reason ``certificateHold`` it is suspended, and may be revoked for good later: it counts as revoked
    from the first day on then (nothing signed in between is worth more for it).
    """
    issued = Issued.objects.select_for_update().get(serial_number=serial_number)
    if rules.revoking_fault(issued.standing, reason):
        return False
    issued.revoked_at = issued.revoked_at or timezone.now()
    issued.reason = reason.value
    issued.save(update_fields=["revoked_at", "reason"])
    _changed(issued.authority)
    held = reason is Reason.CERTIFICATE_HOLD
    journal.record(
        actor=by,
        act="certificate.suspended" if held else "certificate.revoked",
        subject="system",
        object_=f"pki:{serial_number}",
        words="Действие сертификата электронной подписи учебного стенда приостановлено"
        if held
        else "Сертификат электронной подписи учебного стенда отозван",
        detail={"reason": reason.value},
    )
    return True


@transaction.atomic
def restore(serial_number: str, by: str) -> None:
    """End a suspension. Raises ``Issued.DoesNotExist``, ``Invalid("not_suspended")``."""
    issued = Issued.objects.select_for_update().get(serial_number=serial_number)
    if code := rules.restoring_fault(issued.standing):
        raise Invalid(code)
    issued.revoked_at, issued.reason = None, ""
    issued.save(update_fields=["revoked_at", "reason"])
    _changed(issued.authority)
    journal.record(
        actor=by,
        act="certificate.restored",
        subject="system",
        object_=f"pki:{serial_number}",
        words="Действие сертификата электронной подписи учебного стенда возобновлено",
    )


def _changed(of: str) -> None:
    """Count on: two who change one list wait for each other, so the number names exactly one state of it."""
    Changes.objects.get_or_create(authority=of)
    counted = Changes.objects.select_for_update().get(authority=of)
    counted.number += 1
    counted.save(update_fields=["number"])


def revocation_list() -> x509.CertificateRevocationList:
    """The list of the seals' authority as of now."""
    lines = Issued.objects.by(SEAL).revoked().values_list("serial_number", "revoked_at")
    revoked = [Revoked(int(serial, 16), at) for serial, at in lines if at is not None]
    return office().authority.revocation_list(revoked, timezone.now())


def standings(branch: Branch, serial_numbers: Sequence[int]) -> dict[int, issuers.Revoked | None]:
    """Of those the branch issued: how they were revoked, or None. Others are left out."""
    rows = (
        Issued.objects.by(branch)
        .filter(serial_number__in=[f"{number:040x}" for number in serial_numbers])
        .values_list("serial_number", "revoked_at", "reason")
    )
    return {
        int(serial, 16): issuers.Revoked(int(serial, 16), at, reason) if at else None
        for serial, at, reason in rows
    }
