"""What others have signed (RFC 7515, RFC 7519), taken apart and verified; nothing in it is believed before."""

import base64
import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from dopusk.portal.oidc.rules.faults import VISIBLE

# RFC 8725 §3.1: these and no others; nothing symmetric, so that a public key is never taken for a secret.
ALGS: Final = ("ES256", "PS256", "RS256", "Ed25519", "EdDSA")
FITS: Final[Mapping[str, type[Key]]] = {
    "ES256": ECKey,
    "PS256": RSAKey,
    "RS256": RSAKey,
    "Ed25519": OKPKey,
    "EdDSA": OKPKey,
}
LONGEST: Final = 8192  # characters
SHORTEST_RSA: Final = 2048  # bits, RFC 7518 §3.3
EARLY_SECONDS: Final = 60  # FAPI 2.0 §5.3.2.1: how far ahead of ours another's clock may be
LONGEST_JTI: Final = 256

with warnings.catch_warnings():  # `EdDSA` is the older name of `Ed25519` (RFC 9864); services still use it
    warnings.simplefilter("ignore")
    _ALGORITHMS: Final = {alg: JWSRegistry(algorithms=list(ALGS)).get_alg(alg) for alg in ALGS}
_PART: Final = re.compile(r"[A-Za-z0-9_-]*")
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True)
class Signed:
    """A compact JWS of JSON claims, not verified yet. said: what the signature is over."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    said: bytes
    signature: bytes

    @property
    def alg(self) -> str:
        """The algorithm it names, or an empty text."""
        return _text(self.header.get("alg"))

    def text(self, claim: str) -> str:
        """A claim that is a text; an empty one otherwise."""
        return _text(self.claims.get(claim))

    def moment(self, claim: str) -> float | None:
        """A claim that is a NumericDate (RFC 7519 §2), seconds since 1970."""
        value = self.claims.get(claim)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number and 0 <= value < 1e11 else None  # type: ignore[operator, arg-type]  # a number, as just asked

    @property
    def jti(self) -> str:
        """Its identifier, if it has one of a sensible form."""
        jti = self.text("jti")
        return jti if len(jti) <= LONGEST_JTI and VISIBLE.fullmatch(jti) else ""


def read(text: str) -> Signed | None:
    """Take a JWS apart (RFC 7515 §7.1); None when it is not one of two JSON objects and a signature.

    No extension is understood, so one that has to be (`crit`, RFC 7515 §4.1.11) makes it unreadable; names occur
    once (§4).
    """
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        return None
    try:
        header, claims = (json.loads(_decoded(part), object_pairs_hook=_once) for part in parts[:2])
        signature = _decoded(parts[2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict) or {"crit", "b64"} & header.keys():
        return None
    return Signed(header, claims, f"{parts[0]}.{parts[1]}".encode(), signature)


def is_signed_by(signed: Signed, key: Key) -> bool:
    """Whether the signature is this key's; the key decides which algorithm fits it (RFC 8725 §3.1)."""
    if signed.alg not in ALGS or not isinstance(key, FITS[signed.alg]):
        return False
    algorithm = _ALGORITHMS[signed.alg]
    try:
        algorithm.check_key(key)
        return bool(algorithm.verify(signed.said, signed.signature, key))
    except (JoseError, ValueError):
        return False


def public_key(jwk: object) -> Key | None:
    """A public key good for one of ALGS (RFC 7517 §4); None for anything else, a private one too."""
    if not isinstance(jwk, dict) or _PRIVATE & jwk.keys() or jwk.get("use", "sig") != "sig":
        return None
    return _imported(json.dumps(jwk, sort_keys=True))


@lru_cache(maxsize=1024)
def _imported(jwk: str) -> Key | None:
    """Parsed once: services come back with the same keys."""
    try:
        content = json.loads(jwk)
        key = import_key(
            {name: content[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in content}
        )
        raw = key.public_key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if isinstance(key, ECKey):
        return key if key.curve_name == "P-256" else None
    if isinstance(key, RSAKey):
        return key if SHORTEST_RSA <= getattr(raw, "key_size", 0) <= 4096 else None
    return key if isinstance(key, OKPKey) and key.curve_name == "Ed25519" else None


@lru_cache(maxsize=1024)
def registered(jwks: str) -> Sequence[tuple[str, str, Key]]:
    """(kid, alg, key) of each usable key of a JWK Set a service registered; empty texts where it does not say."""
    content = json.loads(jwks) if jwks else {}
    entries = content.get("keys", []) if isinstance(content, dict) else []
    found = [(one, public_key(one)) for one in entries if isinstance(one, dict)]
    return tuple((_text(one.get("kid")), _text(one.get("alg")), key) for one, key in found if key)


def is_signed_by_one_of(signed: Signed, jwks: str) -> bool:
    """Whether one of a service's registered keys has signed: that of the named `kid`, or any if none is named."""
    kid = _text(signed.header.get("kid"))
    fit = [key for name, alg, key in registered(jwks) if (not kid or name == kid) and alg in {"", signed.alg}]
    return any(is_signed_by(signed, key) for key in fit)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _text(value: object) -> str:
    """A text people could have written: no control signs, and no half signs that no database takes."""
    return value if isinstance(value, str) and value.isprintable() else ""
