"""The provider's signing key: made on first start, sealed in the database, opened once and kept."""

import functools
import json
import threading
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from django.db import IntegrityError, transaction
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from joserfc.jws import default_registry
from joserfc.util import urlsafe_b64encode

from dopusk.portal.accounts.models import sealer
from dopusk.portal.oidc.models import SigningKey
from dopusk.trust import keys
from dopusk.web.journal.actions import record

ALG = "ES256"
_first = threading.Lock()
_es256 = default_registry.get_alg(ALG)


@dataclass(frozen=True)
class _Ring:
    """The key that signs, its header as every token begins, and all keys that verify."""

    signing: ECKey
    header: bytes
    known: KeySet


@functools.cache
def _ring() -> _Ring:
    with _first:
        rows = list(SigningKey.objects.order_by("created_at"))
        if not any(row.retired_at is None and row.alg == ALG for row in rows):
            _create()
            rows = list(SigningKey.objects.order_by("created_at"))
    opened = {row.kid: _open(row) for row in rows}
    signing = next(row.kid for row in rows if row.retired_at is None and row.alg == ALG)
    header = _part({"typ": "JWT", "alg": ALG, "kid": signing})
    return _Ring(opened[signing], header, KeySet(list(opened.values())))


def _create() -> None:
    """Keep a new key, unless another process has just done so."""
    fresh = keys.new("ec")
    kid = _jwk(fresh, None).thumbprint()  # RFC 7638
    try:
        with transaction.atomic():
            SigningKey.objects.create(kid=kid, alg=ALG, sealed=keys.seal(fresh, sealer(), f"oidc {kid}"))
            record(
                actor="system",
                act="oidc.key_created",
                subject="",
                object_=f"key:{kid}",
                words="Создан ключ подписи портала",
            )
    except IntegrityError:
        return


def _open(row: SigningKey) -> ECKey:
    return _jwk(keys.unseal(bytes(row.sealed), sealer(), f"oidc {row.kid}"), row.kid)


def _jwk(key: keys.PrivateKey, kid: str | None) -> ECKey:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return ECKey.import_key(pem, {"kid": kid, "alg": ALG, "use": "sig"} if kid else None)


def sign(claims: dict[str, Any]) -> str:
    """A signed token in compact form (RFC 7515 §7.1): the header never changes, so it is made once."""
    ring = _ring()
    said = ring.header + b"." + _part(claims)
    return (said + b"." + urlsafe_b64encode(_es256.sign(said, ring.signing))).decode()


def _part(content: dict[str, Any]) -> bytes:
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode())


def opened(token: str) -> dict[str, Any] | None:
    """The claims of a token we signed, whatever its age; None for anything else."""
    if len(token) > 8192 or not token.isascii():
        return None
    try:
        return dict(jwt.decode(token, _ring().known, [ALG]).claims)
    except (JoseError, ValueError, KeyError, TypeError):
        return None


@functools.cache
def public_set() -> bytes:
    """The JWK Set document (RFC 7517 §5)."""
    return json.dumps(_ring().known.as_dict(private=False)).encode()


def warm() -> None:
    """Open the ring before the first request."""
    _ring()


def forget() -> None:
    """Read the ring anew."""
    _ring.cache_clear()
    public_set.cache_clear()
