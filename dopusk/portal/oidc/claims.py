"""What a service learns about a person: claims of the ID token and of userinfo."""

import base64
import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings

from dopusk.kernel import names
from dopusk.portal.accounts.models import open_sealed
from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.sessions.rules import BY_PASSWORD, BY_SIGNATURE

ID_TOKEN_SECONDS: Final = 600
# How identity was proved, in one word (OIDC Core §2): by a password; by an electronic signature; by two factors; by a
# key kept in a device that asked for her finger, face or PIN (phishing-resistant).
ACR_PASSWORD: Final = "urn:dopusk:acr:password"  # noqa: S105 - a name, not a secret
ACR_TWO_FACTORS: Final = "urn:dopusk:acr:mfa"
ACR_PASSKEY: Final = "urn:dopusk:acr:passkey"
ACR_SIGNATURE: Final = "urn:dopusk:acr:signature"
ACRS: Final = (ACR_PASSWORD, ACR_TWO_FACTORS, ACR_PASSKEY, ACR_SIGNATURE)


def acr(amr: list[str]) -> str:
    """The class of a sign-in by its methods (RFC 8176)."""
    if {"hwk", "swk"}.intersection(amr):
        return ACR_PASSKEY
    if BY_SIGNATURE in amr and BY_PASSWORD not in amr:
        return ACR_SIGNATURE
    return ACR_TWO_FACTORS if "mfa" in amr else ACR_PASSWORD


@dataclass(frozen=True)
class Holder:
    """The person behind a token, as the statement USERINFO reads her. verified: kinds of contacts shown to be hers.
    sid: her session, while it lives."""

    scopes: list[str]
    sub: uuid.UUID
    last_name: str
    first_name: str
    patronymic: str
    gender: str
    birth_date: date | None
    level: str
    sealed: bytes
    verified: list[str]
    sid: uuid.UUID | None = None


def _half_hash(text: str) -> str:
    """OIDC Core §3.1.3.6: the left half of SHA-256, base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def id_token(
    *,
    client_id: str,
    sub: uuid.UUID,
    sid: uuid.UUID,
    signed_in: int,
    amr: list[str],
    level: str,
    nonce: str,
    access_token: str,
) -> dict[str, Any]:
    """OIDC Core §2. amr: how the person proved her identity in this session (RFC 8176)."""
    now = int(time.time())
    claims = {
        "iss": settings.PORTAL_URL,
        "sub": str(sub),
        "aud": client_id,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "auth_time": signed_in,
        "acr": acr(amr),
        "amr": amr,
        "sid": str(sid),
        "at_hash": _half_hash(access_token),
        "assurance_level": level,
    }
    if nonce:
        claims["nonce"] = nonce
    return claims


def userinfo(holder: Holder) -> dict[str, Any]:
    """OIDC Core §5.3: the claims the grant's scopes open, and no others; empty ones are left out."""
    wanted = [claim for scope in holder.scopes for claim in CLAIMS.get(scope, ())]
    sealed = open_sealed(holder.sub, holder.sealed) if SEALED_CLAIMS.intersection(wanted) else {}
    values = {claim: VALUES[claim](holder, sealed) for claim in wanted if claim in VALUES}
    for tell in {FURTHER[claim] for claim in wanted if claim in FURTHER}:
        values |= tell(holder.sub, frozenset(claim for claim in wanted if FURTHER.get(claim) is tell))
    if holder.sid is not None:
        values |= {claim: OF_SESSION[claim](holder.sid) for claim in wanted if claim in OF_SESSION}
    return {claim: value for claim, value in values.items() if value is not None and value != ""}


Value = Callable[[Holder, dict[str, Any]], Any]

SEALED_CLAIMS: Final = frozenset({"snils", "inn", "email", "phone_number", "identity_document"})
VALUES: Final[dict[str, Value]] = {
    "sub": lambda holder, _: str(holder.sub),
    "assurance_level": lambda holder, _: holder.level,
    "family_name": lambda holder, _: holder.last_name,
    "given_name": lambda holder, _: holder.first_name,
    "middle_name": lambda holder, _: holder.patronymic,
    "name": lambda holder, _: names.full(holder.last_name, holder.first_name, holder.patronymic),
    "gender": lambda holder, _: holder.gender,
    "birthdate": lambda holder, _: holder.birth_date.isoformat() if holder.birth_date else None,
    "snils": lambda _, sealed: sealed["snils"],
    "inn": lambda _, sealed: sealed["inn"],
    "email": lambda _, sealed: sealed["email"],
    "email_verified": lambda holder, _: "email" in holder.verified,
    "phone_number": lambda _, sealed: sealed["phone"],
    "phone_number_verified": lambda holder, _: "phone" in holder.verified,
    "identity_document": lambda _, sealed: sealed["identity_document"] or None,
}

# Claims of higher slices, which fill this in when they are ready: asked only when a scope of theirs was granted.
Further = Callable[[uuid.UUID, frozenset[str]], dict[str, Any]]
FURTHER: Final[dict[str, Further]] = {}
# The same, of claims that depend on how her session was opened; None leaves the claim out.
OF_SESSION: Final[dict[str, Callable[[uuid.UUID], Any]]] = {}
