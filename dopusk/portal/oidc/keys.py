"""The provider's signing keys: made when first needed, sealed in the database, opened once and kept.

Of each algorithm one key signs at a time. A rotation puts the next one into the published set first and lets it
sign only when every service has had time to read it (Core §10.1.1); the one before stays published until nothing
it signed can be alive, and goes on verifying what comes back to us as a hint. A process reads the table anew
every few seconds, so all of them follow.
"""

import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import psycopg
from cryptography.hazmat.primitives import serialization
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, KeySet, RSAKey
from joserfc.jws import default_registry
from joserfc.util import urlsafe_b64encode

from dopusk.portal.accounts.models import sealer
from dopusk.portal.oidc.models import SigningKey
from dopusk.trust import keys
from dopusk.web.journal.actions import record

log = logging.getLogger(__name__)

ALG: Final = "ES256"  # what a service gets that has not asked for another
KINDS: Final[dict[str, keys.Kind]] = {"ES256": "ec", "RS256": "rsa"}
RSA_BITS: Final = 2048  # what every library verifies fastest; a rotation is a command away
REMEMBERED: Final = 5.0  # seconds after which a process looks whether the table has changed
PUBLISH_AHEAD: Final = timedelta(minutes=10)  # twice what services keep our keys (max-age of `jwks`, 300 s)
PUBLISHED_AFTER: Final = timedelta(hours=1)  # an ID token lives ten minutes

_lock = threading.Lock()


@dataclass(frozen=True)
class Ringed:
    """One key, opened. signs_from, signs_until: in seconds since 1970."""

    kid: str
    alg: str
    key: Key
    signs_from: float
    signs_until: float

    def signs(self, at: float) -> bool:
        """Whether it is this key's turn."""
        return self.signs_from <= at < self.signs_until


@dataclass(frozen=True)
class _Ring:
    """All keys, the oldest first; everything as of the moment it was read (monotonic seconds)."""

    keys: tuple[Ringed, ...]
    known: KeySet
    read_at: float

    def signing(self, alg: str) -> Ringed | None:
        """The key that signs now."""
        now = time.time()
        return next((one for one in reversed(self.keys) if one.alg == alg and one.signs(now)), None)


_ring: _Ring | None = None
_opened: dict[str, Key] = {}


def _current() -> _Ring:
    """The ring, read anew when it is old; a database that fails for a moment leaves the one we have."""
    kept = _ring
    if kept and time.monotonic() - kept.read_at < REMEMBERED:
        return kept
    if not _lock.acquire(blocking=kept is None):
        assert kept is not None  # another thread is reading it already
        return kept
    try:
        return _read()
    except (DatabaseError, psycopg.Error):
        if kept is None:
            raise
        log.exception("the signing keys could not be read again")
        return kept
    finally:
        _lock.release()


def _read() -> _Ring:
    global _ring
    rows = list(SigningKey.objects.order_by("created_at"))
    if not any(row.alg == ALG for row in rows):
        _create(ALG)
        rows = list(SigningKey.objects.order_by("created_at"))
    ringed = tuple(
        Ringed(
            row.kid,
            row.alg,
            _open(row),
            row.signs_from.timestamp(),
            row.retired_at.timestamp() if row.retired_at else float("inf"),
        )
        for row in rows
    )
    _ring = _Ring(ringed, KeySet([one.key for one in ringed]), time.monotonic())
    return _ring


def _open(row: SigningKey) -> Key:
    if row.kid not in _opened:
        _opened[row.kid] = _jwk(keys.unseal(bytes(row.sealed), sealer(), f"oidc {row.kid}"), row.alg, row.kid)
    return _opened[row.kid]


def _jwk(key: keys.PrivateKey, alg: str, kid: str | None) -> Key:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kind = ECKey if alg == "ES256" else RSAKey
    return kind.import_key(pem, {"kid": kid, "alg": alg, "use": "sig"} if kid else None)


def _create(
    alg: str, *, signs_from: datetime | None = None, words: str = "Создан ключ подписи портала"
) -> str:
    """Keep a new key; its kid, or an empty text when another process has just done so."""
    fresh = keys.new(KINDS[alg], rsa_bits=RSA_BITS)
    kid = _jwk(fresh, alg, None).thumbprint()  # RFC 7638
    starts = signs_from or timezone.now()
    try:
        with transaction.atomic():
            SigningKey.objects.create(
                kid=kid, alg=alg, sealed=keys.seal(fresh, sealer(), f"oidc {kid}"), signs_from=starts
            )
            record(
                actor="system",
                act="oidc.key_created",
                subject="",
                object_=f"key:{kid}",
                words=words,
                detail={"alg": alg, "signs_from": starts.isoformat()},
            )
    except IntegrityError:
        return ""
    return kid


def ensure(alg: str) -> None:
    """A key of this algorithm is there and known, before the first service needs it."""
    _signing(alg)


def _signing(alg: str) -> Ringed:
    found = _current().signing(alg)
    if found is None:
        with _lock:
            _create(alg)
            found = _read().signing(alg)
    if found is None:
        raise LookupError(alg)
    return found


@dataclass(frozen=True)
class Rotation:
    """What a rotation did. kid: the next key; signs_from: since when it signs; fresh: False when one was on its way."""

    alg: str
    kid: str
    signs_from: datetime
    fresh: bool


@transaction.atomic
def rotate(alg: str, *, now: bool = False, actor: str = "system") -> Rotation:
    """Bring in the next key of an algorithm: published at once, signing after PUBLISH_AHEAD, or at once when `now`.

    While one waits for its turn no other is made; `now` calls it to sign. Of two rotations at the same moment the
    second finds what the first did. now: services that keep our keys by the clock refuse the new one's tokens
    until they read them again, so it is for the sandbox, and for a key that got out.
    """
    newest = SigningKey.objects.select_for_update().filter(alg=alg, retired_at=None).first()
    moment = timezone.now()
    if newest is None:  # none at all, or another rotation was faster
        made = "" if SigningKey.objects.filter(alg=alg).exists() else _create(alg)
        newest = SigningKey.objects.get(alg=alg, retired_at=None)
        return Rotation(alg, newest.kid, newest.signs_from, fresh=bool(made))
    if newest.signs_from > moment:
        if now:
            SigningKey.objects.filter(alg=alg, retired_at=newest.signs_from).update(retired_at=moment)
            newest.signs_from = moment
            newest.save(update_fields=["signs_from"])
            _journal("Новый ключ подписи портала начал подписывать раньше срока", newest, actor)
        return Rotation(alg, newest.kid, newest.signs_from, fresh=False)
    starts = moment if now else moment + PUBLISH_AHEAD
    newest.retired_at = starts
    newest.save(update_fields=["retired_at"])
    kid = _create(alg, signs_from=starts, words="Создан следующий ключ подписи портала")
    transaction.on_commit(forget)
    return Rotation(alg, kid, starts, fresh=True)


def _journal(words: str, key: SigningKey, actor: str) -> None:
    detail: dict[str, object] = {"alg": key.alg, "signs_from": key.signs_from.isoformat()}
    record(
        actor=actor, act="oidc.key_rotated", subject="", object_=f"key:{key.kid}", words=words, detail=detail
    )


def sign(claims: dict[str, Any], *, alg: str = ALG, typ: str = "JWT") -> str:
    """A signed token in compact form (RFC 7515 §7.1). typ: the header's type (RFC 8725 §3.11)."""
    ringed = _signing(alg)
    said = _header(typ, alg, ringed.kid) + b"." + _part(claims)
    return (said + b"." + urlsafe_b64encode(_signer(alg).sign(said, ringed.key))).decode()


@cache
def _header(typ: str, alg: str, kid: str) -> bytes:
    return _part({"typ": typ, "alg": alg, "kid": kid})


@cache
def _signer(alg: str) -> JWSAlgModel:
    return default_registry.get_alg(alg)


def _part(content: dict[str, Any]) -> bytes:
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode())


def opened(token: str) -> dict[str, Any] | None:
    """The claims of an ID token we signed, whatever its age; None for anything else, a logout token too."""
    if len(token) > 8192 or not token.isascii():
        return None
    try:
        found = jwt.decode(token, _current().known, list(KINDS))
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return dict(found.claims) if found.header.get("typ") == "JWT" else None


def published() -> Iterable[Ringed]:
    """The keys services should know now: those that sign, those that will, those whose tokens may be alive."""
    oldest = time.time() - PUBLISHED_AFTER.total_seconds()
    return [one for one in _current().keys if one.signs_until > oldest]


def public_set() -> bytes:
    """The JWK Set document (RFC 7517 §5)."""
    return _document(tuple(one.kid for one in published()))


@cache
def _document(kids: tuple[str, ...]) -> bytes:
    return json.dumps(KeySet([_opened[kid] for kid in kids]).as_dict(private=False)).encode()


def warm() -> None:
    """Open the ring before the first request."""
    _current()


def forget() -> None:
    """Read the ring anew, whatever was kept."""
    global _ring
    _ring = None
