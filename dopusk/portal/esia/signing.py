"""Keys that sign markers: made on first need, sealed in the database; after a rotation the previous one stays shown."""

import functools
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from dopusk.portal.accounts.models import sealer
from dopusk.portal.esia.models import MarkerKey
from dopusk.trust import gost, keys
from dopusk.web.journal.actions import record

RS256: Final = "RS256"
GOST: Final = "GOST3410_2012_256"
ALGS: Final = (RS256, GOST)
PUBLISHED: Final = timedelta(days=7)  # how long a retired certificate is shown and its key verifies
CERTIFICATE_DAYS: Final = 3 * 365
REMEMBERED: Final = 5.0  # seconds: how late another process notices a rotation
_RSA_BITS: Final = 2048  # as the real system's markers
_LONGEST: Final = 16_384

_lock = threading.Lock()
_memory: dict[str, tuple[float, list["_Key"]]] = {}


@dataclass(frozen=True)
class _Key:
    """A key opened. certificate: DER; spki: its SubjectPublicKeyInfo, DER."""

    sign: Callable[[bytes], bytes]
    verify: Callable[[bytes, bytes], bool]
    certificate: bytes
    spki: bytes


def sign(alg: str, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """A marker in compact form (RFC 7515 §7.1). Raises gost.EngineMissing."""
    said = _part(header) + b"." + _part(payload)
    return (said + b"." + urlsafe_b64encode(_keys(alg)[0].sign(said))).decode()


def verify(marker: str) -> dict[str, Any] | None:
    """The content of a marker we signed, whatever its age; None for anything else. Its `alg` chooses among our keys
    only: nothing a marker says brings another key or no key at all (RFC 8725 §3.1)."""
    if len(marker) > _LONGEST or not marker.isascii() or marker.count(".") != 2:
        return None
    said, _, signature = marker.rpartition(".")
    try:
        header, payload = (json.loads(urlsafe_b64decode(part.encode())) for part in said.split("."))
        raw = urlsafe_b64decode(signature.encode())
        alg = header.get("alg")
    except (ValueError, AttributeError, RecursionError):
        return None
    if alg not in ALGS or not isinstance(payload, dict):
        return None
    good = any(key.verify(said.encode(), raw) for key in _keys(alg))
    return payload if good else None


def public(alg: str) -> tuple[str, str]:
    """PEM of the certificate that signs now, and of its public key. Raises gost.EngineMissing."""
    key = _keys(alg)[0]
    return _pem("CERTIFICATE", key.certificate), _pem("PUBLIC KEY", key.spki)


def published(alg: str) -> list[str]:
    """PEM certificates that markers may have been signed by: the present one, then those lately retired."""
    return [_pem("CERTIFICATE", key.certificate) for key in _keys(alg)]


def rotate(alg: str) -> str:
    """Sign with a new key from now on; the previous certificate stays published for a while. Returns the new key's
    id. Raises gost.EngineMissing, ValueError for an unknown algorithm."""
    if alg not in ALGS:
        raise ValueError(alg)
    with transaction.atomic():
        list(MarkerKey.objects.select_for_update().filter(alg=alg, retired_at=None))
        MarkerKey.objects.filter(alg=alg, retired_at=None).update(retired_at=timezone.now())
        made = _make(alg)
        record(
            actor="system",
            act="esia.marker_key_rotated",
            subject="",
            object_=f"key:{made.pk}",
            words=f"Сменён ключ подписи маркеров: {alg}",
        )
    forget()
    return str(made.pk)


def forget() -> None:
    """Read the keys anew."""
    _memory.clear()
    _opened.cache_clear()


def _keys(alg: str) -> list[_Key]:
    """Keys of an algorithm, the one that signs first."""
    kept = _memory.get(alg)
    if kept and time.monotonic() - kept[0] < REMEMBERED:
        return kept[1]
    with _lock:
        found = _read(alg)
        if not found or found[0].retired_at is not None:
            _create(alg)
            found = _read(alg)
        held = [_opened(row.pk, alg, bytes(row.sealed), bytes(row.certificate)) for row in found]
    _memory[alg] = (time.monotonic(), held)
    return held


def _read(alg: str) -> list[MarkerKey]:
    living = MarkerKey.objects.filter(alg=alg).exclude(retired_at__lt=timezone.now() - PUBLISHED)
    return sorted(living, key=lambda row: (row.retired_at is not None, -row.created_at.timestamp()))


def _create(alg: str) -> None:
    """Keep a first key, unless another process has just done so."""
    try:
        with transaction.atomic():
            made = _make(alg)
            record(
                actor="system",
                act="esia.marker_key_created",
                subject="",
                object_=f"key:{made.pk}",
                words=f"Создан ключ подписи маркеров: {alg}",
            )
    except IntegrityError:
        return


def _make(alg: str) -> MarkerKey:
    pk = uuid.uuid4()
    if alg == GOST:
        secret = gost.new_key()
        certificate = gost.self_signed(secret, {"CN": _name()}, days=CERTIFICATE_DAYS)
        sealed = sealer().seal(f"key esia {pk}", secret)
    else:
        key = keys.new("rsa", rsa_bits=_RSA_BITS)
        assert isinstance(key, rsa.RSAPrivateKey)
        certificate = _self_signed(key)
        sealed = keys.seal(key, sealer(), f"esia {pk}")
    return MarkerKey.objects.create(pk=pk, alg=alg, sealed=sealed, certificate=certificate)


@functools.lru_cache(maxsize=32)
def _opened(pk: uuid.UUID, alg: str, sealed: bytes, certificate: bytes) -> _Key:
    spki = asn1.Certificate.load(certificate).public_key.dump()
    if alg == GOST:
        secret = sealer().open(f"key esia {pk}", sealed)
        return _Key(
            functools.partial(gost.sign_raw, secret),
            functools.partial(gost.verify_raw, spki),
            certificate,
            spki,
        )
    key = keys.unseal(sealed, sealer(), f"esia {pk}")
    assert isinstance(key, rsa.RSAPrivateKey)
    return _Key(
        lambda said: key.sign(said, padding.PKCS1v15(), hashes.SHA256()),
        functools.partial(_verify_rsa, key.public_key()),
        certificate,
        spki,
    )


def _verify_rsa(key: rsa.RSAPublicKey, said: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, said, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _self_signed(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _name())])
    begins = datetime.now(UTC) - timedelta(minutes=5)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=CERTIFICATE_DAYS))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def _name() -> str:
    return f"{settings.PORTAL_NAME}: маркеры"[:64]


def _pem(kind: str, der: bytes) -> str:
    armoured: bytes = pem.armor(kind, der)
    return armoured.decode()


def _part(content: dict[str, Any]) -> bytes:
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode())
