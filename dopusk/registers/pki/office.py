"""The two offices of the stand: their keys in ``<STATE>/pki``, never in the database, parsed once a process."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone

from dopusk.trust.authority import Authority, Pointers, request, subject
from dopusk.trust.keys import KeyFolder
from dopusk.trust.sealing import Sealer
from dopusk.trust.timestamps import Responder

ROOT_NAME: Final = "Учебный удостоверяющий центр"
TIMESTAMP_NAME: Final = "Учебная служба меток времени"
ORGANISATION: Final = "Допуск, учебный стенд"


@dataclass(frozen=True)
class Office:
    """The certification authority, the timestamp authority, and where others find the root."""

    authority: Authority
    responder: Responder
    pointers: Pointers


@cache
def office() -> Office:
    """The offices of this process; whoever comes first founds them."""
    return found(settings.STATE / "pki", settings.SEALING_KEY, settings.REGISTERS_URL, timezone.now())


def found(folder: Path, sealing_key: bytes, url: str, now: datetime) -> Office:
    """Open the offices kept in the folder, or found them. The same folder gives the same offices again."""
    kept = KeyFolder(folder, Sealer(sealing_key))
    pointers = Pointers(root=f"{url}/pki/ca.cer", revoked=f"{url}/pki/ca.crl")
    authority = _authority(kept, now)
    return Office(authority, _responder(kept, authority, pointers, now), pointers)


def _authority(kept: KeyFolder, now: datetime) -> Authority:
    key = kept.key("root")
    pem = kept.read("root.pem")
    if pem is None:
        new = Authority.found(key, subject(ROOT_NAME, ORGANISATION), now)
        pem = kept.write_once("root.pem", new.certificate.public_bytes(Encoding.PEM))
    return Authority(key, x509.load_pem_x509_certificate(pem))


def _responder(kept: KeyFolder, authority: Authority, pointers: Pointers, now: datetime) -> Responder:
    key = kept.key("timestamp")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    pem = kept.read("timestamp.pem")
    if pem is None:
        csr = request(key, subject(TIMESTAMP_NAME, ORGANISATION))
        made = authority.issue(csr, "timestamp", now, pointers)
        pem = kept.write_once("timestamp.pem", made.public_bytes(Encoding.PEM))
    return Responder(key, x509.load_pem_x509_certificate(pem))
