"""The checks of a DPoP proof (RFC 9449 §4.3): possession of a key, shown for one request."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote, urlsplit

from joserfc.jwk import Key

from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.signed import ALGS, EARLY_SECONDS, Signed, is_signed_by, public_key

PROOF_SECONDS: Final = (
    300  # how old a proof may be: so long, and the clocks' difference, its jti is remembered
)
THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7638: base64url of SHA-256

_UNRESERVED: Final = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True)
class Proof:
    """A proof as it came with a request.

    method, address: of the request, the address without query. token: the access token it came with, or empty.
    now: seconds since 1970.
    """

    signed: Signed | None
    method: str
    address: str
    token: str
    now: float

    @property
    def whole(self) -> Signed:
        """The proof, for checks that stand behind `proof_can_be_read`."""
        assert self.signed is not None
        return self.signed

    @cached_property
    def key(self) -> Key | None:
        """The public key it carries."""
        return public_key(self.whole.header.get("jwk")) if self.signed else None

    @cached_property
    def thumbprint(self) -> str:
        """RFC 7638 of the key."""
        return self.key.thumbprint() if self.key else ""


ProofCheck = Callable[[Proof], Fault | None]


def _unless(holds: object, code: str) -> Fault | None:
    return None if holds else Fault("invalid_dpop_proof", code)


def proof_can_be_read(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (1), (2): one header, one well-formed JWT; two headers come joined by a comma and are none."""
    return _unless(proof.signed, "proof_form")


def proof_says_what_it_is(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (4): `typ` keeps any other JWT from being taken for a proof (RFC 8725 §3.11)."""
    return _unless(proof.whole.header.get("typ") == "dpop+jwt", "proof_type")


def proof_algorithm_is_taken(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (5): asymmetric, never `none`, one that discovery names."""
    return _unless(proof.whole.alg in ALGS, "proof_algorithm")


def proof_carries_a_public_key(proof: Proof) -> Fault | None:
    """RFC 9449 §4.2, §4.3 (7): `jwk` in the header, without its private part."""
    return _unless(proof.key, "proof_key")


def proof_is_signed_by_its_key(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (6)."""
    return _unless(proof.key and is_signed_by(proof.whole, proof.key), "proof_signature")


def proof_is_of_this_method(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (8): `htm`."""
    return _unless(proof.whole.claims.get("htm") == proof.method, "proof_method")


def proof_is_of_this_address(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (9): `htu`, query and fragment left aside."""
    return _unless(normal(proof.whole.text("htu")) == normal(proof.address), "proof_address")


def proof_is_fresh(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (11), §11.1: `iat` within a window of minutes."""
    made = proof.whole.moment("iat")
    if made is None:
        return Fault("invalid_dpop_proof", "proof_time")
    if made > proof.now + EARLY_SECONDS:
        return Fault("invalid_dpop_proof", "proof_early")
    return _unless(made > proof.now - PROOF_SECONDS, "proof_old")


def proof_has_an_identifier(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (3): `jti`; by it a proof works once (§11.1)."""
    return _unless(proof.whole.jti, "proof_jti")


def proof_is_of_this_token(proof: Proof) -> Fault | None:
    """RFC 9449 §4.3 (12): `ath` is the hash of the access token it came with."""
    return _unless(not proof.token or proof.whole.text("ath") == token_hash(proof.token), "proof_token")


PROOF: Final[tuple[ProofCheck, ...]] = (
    proof_can_be_read,
    proof_says_what_it_is,
    proof_algorithm_is_taken,
    proof_carries_a_public_key,
    proof_is_signed_by_its_key,
    proof_is_of_this_method,
    proof_is_of_this_address,
    proof_is_fresh,
    proof_has_an_identifier,
    proof_is_of_this_token,
)


def token_hash(token: str) -> str:
    """RFC 9449 §4.2, `ath`: base64url of SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def normal(address: str) -> str:
    """An address as it is compared (RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3); an empty text for none.

    Case of scheme and host, the usual port, an empty path and needless escapes make no difference; query and fragment
    are left out.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    where = host if port in {None, usual} else f"{host}:{port}"
    path = _UNRESERVED.sub(_plain, parts.path) or "/"
    return json.dumps([parts.scheme, where, path])


def _plain(escape: re.Match[str]) -> str:
    sign = unquote(escape[0], errors="replace")
    return sign if re.fullmatch(r"[A-Za-z0-9._~-]", sign) else escape[0].upper()
