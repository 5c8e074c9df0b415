"""Keys that sign markers: made on first need, sealed in the database, taking turns as the provider's own do."""

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
from dopusk.portal.oidc.keys import Rotation
from dopusk.portal.oidc.rings import Shown
from dopusk.trust import gost, keys
from dopusk.web.journal.actions import record

RS256: Final = "RS256"
GOST: Final = "GOST3410_2012_256"
ALGS: Final = (RS256, GOST)
PUBLISH_AHEAD: Final = timedelta(
    days=1
)  # certificates are fetched by hand: there is no document to read them from
PUBLISHED_AFTER: Final = timedelta(days=7)  # how long a retired certificate is shown and its key verifies
CERTIFICATE_DAYS: Final = 3 * 365
REMEMBERED: Final = 5.0  # seconds: how late another process notices a rotation
_RSA_BITS: Final = 2048  # as the real system's markers
_LONGEST: Final = 16_384

_lock = threading.Lock()
_memory: dict[str, tuple[float, list["_Key"]]] = {}


@dataclass(frozen=True)
class _Key:
    """A key opened, with its turn. certificate: DER; spki: its SubjectPublicKeyInfo, DER."""

    sign: Callable[[bytes], bytes]
    verify: Callable[[bytes, bytes], bool]
    certificate: bytes
    spki: bytes
    signs_from: datetime
    signs_until: datetime | None

    def place(self, at: datetime) -> tuple[int, float]:
        """The key that signs comes first, then the next one, then those before it, the latest first."""
        if self.signs_from > at:
            return 1, 0.0
        over = self.signs_until is not None and self.signs_until <= at
        return (2 if over else 0), -self.signs_from.timestamp()


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
    good = any(key.verify(said.encode(), raw) for key in _known(alg))
    return payload if good else None


def public(alg: str) -> tuple[str, str]:
    """PEM of the certificate that signs now, and of its public key. Raises gost.EngineMissing."""
    key = _keys(alg)[0]
    return _pem("CERTIFICATE", key.certificate), _pem("PUBLIC KEY", key.spki)


def published(alg: str) -> list[str]:
    """PEM certificates that markers may have been signed by: the present one, the next, those lately retired."""
    return [_pem("CERTIFICATE", key.certificate) for key in _keys(alg)]


def rotate(alg: str, *, now: bool = False) -> Rotation:
    """Bring in the next key: its certificate is published at once, it signs after PUBLISH_AHEAD, or at once when `now`.

    The certificate before it stays published for a while. While one waits for its turn no other is made. Raises
    gost.EngineMissing, LookupError for an unknown algorithm.
    """
    if alg not in ALGS:
        raise LookupError(alg)
    with transaction.atomic():
        done = _turn(alg, timezone.now(), now=now)
    forget()
    return done


def _turn(alg: str, moment: datetime, *, now: bool) -> Rotation:
    newest = MarkerKey.objects.select_for_update().filter(alg=alg, retired_at=None).first()
    if newest is None:
        made = _make(alg, moment)
        _journal(made, f"Создан ключ подписи маркеров: {alg}")
        return Rotation(alg, str(made.pk), made.signs_from, fresh=True)
    if newest.signs_from > moment:
        if now:
            MarkerKey.objects.filter(alg=alg, retired_at=newest.signs_from).update(retired_at=moment)
            newest.signs_from = moment
            newest.save(update_fields=["signs_from"])
            _journal(newest, f"Новый ключ подписи маркеров начал подписывать раньше срока: {alg}")
        return Rotation(alg, str(newest.pk), newest.signs_from, fresh=False)
    starts = moment if now else moment + PUBLISH_AHEAD
    newest.retired_at = starts
    newest.save(update_fields=["retired_at"])
    made = _make(alg, starts)
    _journal(made, f"Создан следующий ключ подписи маркеров: {alg}")
    return Rotation(alg, str(made.pk), starts, fresh=True)


def used() -> list[str]:
    """Algorithms that have a key."""
    return sorted(MarkerKey.objects.filter(retired_at=None).values_list("alg", flat=True))


def shown() -> list[Shown]:
    """The keys whose certificates are published, the oldest first."""
    rows = MarkerKey.objects.exclude(retired_at__lt=timezone.now() - PUBLISHED_AFTER).order_by("signs_from")
    return [
        Shown(
            row.alg,
            str(row.pk),
            row.signs_from.timestamp(),
            row.retired_at.timestamp() if row.retired_at else None,
        )
        for row in rows
    ]


def forget() -> None:
    """Read the keys anew."""
    _memory.clear()
    _opened.cache_clear()


def _keys(alg: str) -> list[_Key]:
    """Keys of an algorithm, the one that signs first; the first of all is made now."""
    found = _known(alg)
    if not found:
        with _lock:
            if not MarkerKey.objects.filter(alg=alg).exists():
                _create(alg)
        _memory.pop(alg, None)
        found = _known(alg)
    return found


def _known(alg: str) -> list[_Key]:
    """The same of keys that are there: what a stranger sends us makes none."""
    kept = _memory.get(alg)
    if not kept or time.monotonic() - kept[0] >= REMEMBERED:
        with _lock:
            kept = _memory[alg] = time.monotonic(), _read(alg)
    at = timezone.now()
    return sorted(kept[1], key=lambda key: key.place(at))


def _read(alg: str) -> list[_Key]:
    oldest = timezone.now() - PUBLISHED_AFTER
    rows = MarkerKey.objects.filter(alg=alg).exclude(retired_at__lt=oldest)
    return [_opened(row.pk, alg, row.signs_from, row.retired_at) for row in rows]


def _create(alg: str) -> None:
    """Keep a first key, unless another process has just done so."""
    try:
        with transaction.atomic():
            _journal(_make(alg, timezone.now()), f"Создан ключ подписи маркеров: {alg}")
    except IntegrityError:
        return


def _journal(key: MarkerKey, words: str) -> None:
    detail: dict[str, object] = {"alg": key.alg, "signs_from": key.signs_from.isoformat()}
    record(
        actor="system", act="esia.marker_key", subject="", object_=f"key:{key.pk}", words=words, detail=detail
    )


def _make(alg: str, signs_from: datetime) -> MarkerKey:
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
    return MarkerKey.objects.create(
        pk=pk, alg=alg, sealed=sealed, certificate=certificate, signs_from=signs_from
    )


@functools.lru_cache(maxsize=32)
def _opened(pk: uuid.UUID, alg: str, signs_from: datetime, signs_until: datetime | None) -> _Key:
    row = MarkerKey.objects.get(pk=pk)
    sealed, certificate = bytes(row.sealed), bytes(row.certificate)
    spki = asn1.Certificate.load(certificate).public_key.dump()
    if alg == GOST:
        secret = sealer().open(f"key esia {pk}", sealed)
        sign, verify = functools.partial(gost.sign_raw, secret), functools.partial(gost.verify_raw, spki)
    else:
        key = keys.unseal(sealed, sealer(), f"esia {pk}")
        assert isinstance(key, rsa.RSAPrivateKey)
        sign, verify = functools.partial(_sign_rsa, key), functools.partial(_verify_rsa, key.public_key())
    return _Key(sign, verify, certificate, spki, signs_from, signs_until)


def _sign_rsa(key: rsa.RSAPrivateKey, said: bytes) -> bytes:
    return key.sign(said, padding.PKCS1v15(), hashes.SHA256())


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
