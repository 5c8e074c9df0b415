"""Revocation lists of those who issue to people, signed anew only when something changed or they have aged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from dopusk.registers.pki.authorities import GOST_ROOT, ROOT, authority, root
from dopusk.registers.pki.models import Changes, Issued
from dopusk.registers.pki.rules import Branch
from dopusk.trust.issuers import Issuer, Revoked

AGE: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class _Signed:
    changes: int
    at: datetime
    issuer: bytes  # its certificate: offices founded anew sign anew
    content: bytes


_signed: dict[str, _Signed] = {}


def revocation_list(name: str) -> bytes:
    """The list (DER) of a root or a branch, at most AGE old and never older than the last change of it.

    Raises gost.EngineMissing. One look-up by key when nothing changed.
    """
    issuer = root(name) if name in {ROOT, GOST_ROOT} else authority(Branch(name)).issuer
    changes = Changes.objects.filter(authority=name).values_list("number", flat=True).first() or 0
    now, held = timezone.now(), _signed.get(name)
    if held and held.changes == changes and held.issuer == issuer.certificate and now - held.at < AGE:
        return held.content
    content = _sign(issuer, name, now)
    _signed[name] = _Signed(changes, now, issuer.certificate, content)
    return content


def _sign(issuer: Issuer, name: str, now: datetime) -> bytes:
    rows = Issued.objects.by(name).revoked().values_list("serial_number", "revoked_at", "reason")
    lines = (Revoked(int(serial, 16), at, reason) for serial, at, reason in rows.iterator() if at)
    return issuer.revocation_list(lines, now)


def forget() -> None:
    """Sign every list anew at its next use."""
    _signed.clear()
