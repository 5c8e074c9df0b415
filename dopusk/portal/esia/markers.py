"""What markers say (reference §5): the access marker and the id marker, as clients of the real system read them."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from dopusk.portal.accounts.rules import Level
from dopusk.portal.esia import signing
from dopusk.portal.sessions.rules import BY_PASSWORD, BY_SIGNATURE

_KEYS = frozenset({"hwk", "swk", BY_SIGNATURE})


@dataclass(frozen=True)
class Bearer:
    """Whose markers they are. scope: as the access marker names it. signed_in: seconds since 1970; now likewise.

    amr: how she proved her identity (RFC 8176). numeric_sub: `sub` as a number, as long ago.
    """

    client_id: str
    sid: uuid.UUID
    oid: int
    scope: str
    level: str
    amr: tuple[str, ...]
    signed_in: int
    nonce: str
    numeric_sub: bool
    now: int


def access_marker(bearer: Bearer, alg: str) -> str:
    """The signed access marker. Raises gost.EngineMissing."""
    payload = {
        **_unique(),
        **_lasting(bearer.now, settings.ESIA_MARKER_SECONDS),
        "client_id": bearer.client_id,
        "urn:esia:sid": str(bearer.sid),
        "urn:esia:sbj_id": bearer.oid,
        "scope": bearer.scope,
    }
    return signing.sign(alg, _header(1, "access", alg), payload)


def id_marker(bearer: Bearer, alg: str) -> str:
    """The signed id marker. Raises gost.EngineMissing."""
    method = method_of(bearer.amr)
    subject: dict[str, Any] = {"urn:esia:sbj:typ": "P"}
    if bearer.level == Level.CONFIRMED.value:  # absent otherwise
        subject["urn:esia:sbj:is_tru"] = True
    payload: dict[str, Any] = {
        "aud": bearer.client_id,
        "sub": bearer.oid if bearer.numeric_sub else str(bearer.oid),
        **_lasting(bearer.now, settings.ESIA_ID_MARKER_SECONDS),
        "auth_time": bearer.signed_in,
        "amr": method,
        "urn:esia:amd": method,
        "urn:esia:sid": str(bearer.sid),
        "urn:esia:sbj": {
            **subject,
            "urn:esia:sbj:oid": bearer.oid,
            "urn:esia:sbj:nam": f"OID.{bearer.oid}",
            "urn:esia:sbj:lvl": "PR" if bearer.level == Level.CONFIRMED.value else "P",
        },
    }
    if bearer.nonce:
        payload["nonce"] = bearer.nonce
    return signing.sign(alg, _header(0, "id", alg), payload)


def service_marker(client_id: str, scope: str, oid: int, now: int, alg: str) -> str:
    """The signed marker of a system for itself (`prm_chg`): no session stands behind it. Raises gost.EngineMissing."""
    payload = {
        **_unique(),
        **_lasting(now, settings.ESIA_MARKER_SECONDS),
        "client_id": client_id,
        "urn:esia:sbj_id": oid,
        "scope": scope,
    }
    return signing.sign(alg, _header(1, "access", alg), payload)


def method_of(amr: tuple[str, ...]) -> str:
    """`DS` when a key signed her in, with no password beside it; else `PWD`."""
    return "DS" if _KEYS.intersection(amr) and BY_PASSWORD not in amr else "PWD"


def _header(version: int, kind: str, alg: str) -> dict[str, Any]:
    return {"ver": version, "typ": "JWT", "sbt": kind, "alg": alg}


def _unique() -> dict[str, Any]:
    """RFC 9068 §2.2: two markers of one second are two; RS256 gives the same signature for the same words."""
    return {"jti": secrets.token_urlsafe(16)}


def _lasting(now: int, seconds: int) -> dict[str, Any]:
    """Times and issuer; `nbf` is not later than now (§5)."""
    return {"nbf": now, "iat": now, "exp": now + seconds, "iss": settings.ESIA_ISSUER}
