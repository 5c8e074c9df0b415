"""A service as the portal knows it, and what may be registered."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, RSAKey

from dopusk.portal.accounts.rules import Level

# needs no coding in any place it is written to, and is no part of a path with a meaning of its own
CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,99}")
GRANT_TYPES: Final = ("authorization_code", "refresh_token", "client_credentials")
AUTH_METHODS: Final = ("client_secret_basic", "private_key_jwt", "esia")
ID_TOKEN_ALGS: Final = ("ES256", "RS256")
SHORTEST_SECRET: Final = 32  # characters
_SECRET_PARTS: Final = frozenset(
    {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
)  # RFC 7518 §6: not for strangers
_SHORTEST_RSA: Final = 2048  # bits (RFC 7518 §3.3)


@dataclass(frozen=True)
class Registration:
    """One registered service. Addresses are compared as strings, whole and exact (RFC 9700 §2.1).

    required_level: the level of assurance below which nobody is let in. auth_method, grant_types, id_token_alg…: as
    in `clients.models.Client`; jwks: JSON, or an empty text.
    """

    client_id: str
    name: str
    secret_hash: bytes
    redirect_uris: frozenset[str]
    signed_out_uris: frozenset[str]
    scopes: frozenset[str]
    required_level: str = Level.SIMPLIFIED
    auth_method: str = "client_secret_basic"
    grant_types: frozenset[str] = frozenset({"authorization_code"})
    jwks: str = ""
    id_token_alg: str = "ES256"  # noqa: S105 - an algorithm
    backchannel_logout_uri: str = ""
    par_required: bool = False
    dpop_required: bool = False
    enabled: bool = True

    @cached_property
    def levels(self) -> list[str]:
        """The levels at which a person is let in, the lowest first."""
        known = [level.value for level in Level]
        return known[known.index(self.required_level) :]

    def origins(self) -> list[str]:
        """Where a form of the portal may lead by redirects on the way back to this service."""
        found = {
            "{0.scheme}://{0.netloc}".format(urlsplit(uri))
            for uri in self.redirect_uris | self.signed_out_uris
        }
        return sorted(found)


def address_fault(uri: str, *, plain_http: bool = False) -> str | None:
    """Why an address cannot be registered, or None. Codes: `address_form`, `address_fragment`, `address_insecure`.

    RFC 6749 §3.1.2: absolute, no fragment; RFC 8252 §7.3 and RFC 9700 §2.6: plain http on loopback only.
    plain_http: on any host, as the stand-in of a sandbox lets it.
    """
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port  # a port there is none of raises too
        (host or "").encode("idna")  # and so do labels that are empty or too long
    except ValueError:
        return "address_form"
    if not uri.isascii() or any(sign <= " " or sign in '"<>\\^`{|}' for sign in uri):
        return "address_form"
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or "*" in uri:
        return "address_form"
    if "#" in uri:
        return "address_fragment"
    if not plain_http and parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        return "address_insecure"
    return None


def jwks_fault(jwks: Any) -> str | None:
    """Why a JWK Set cannot be registered, or None. Codes: `jwks_form`, `jwks_private`, `jwks_weak`.

    RFC 7517 §5; keys of kinds we cannot use are let be, but one of ours has to be there (RFC 8725 §3.2).
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        return "jwks_form"
    if any(_SECRET_PARTS & key.keys() for key in keys):
        return "jwks_private"
    if not _can_be_kept(jwks):
        return "jwks_form"
    usable = [key for key in keys if key.get("kty") in {"EC", "RSA", "OKP"}]
    try:
        opened = [JWKRegistry.import_key(key) for key in usable]
    except (JoseError, ValueError, KeyError, TypeError):
        return "jwks_form"
    if any(isinstance(key, RSAKey) and key.public_key.key_size < _SHORTEST_RSA for key in opened):
        return "jwks_weak"
    return None if opened else "jwks_form"


def _can_be_kept(content: object) -> bool:
    """Whether it is JSON as the database takes it: no NUL, no half of a sign, no number that is none."""
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text


def read_jwks(text: str) -> Any:
    """A JWK Set as typed or read from a file; a single key counts as a set of one. None when it is no JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {"keys": [found]} if isinstance(found, dict) and "kty" in found else found


def registration_fault(
    wanted: Registration, *, secret: str | None, plain_http: bool = False
) -> tuple[str, str] | None:
    """The first reason why a service cannot be registered so, with what is at fault; None when it can.

    secret: a new one in clear, or None when the one it has stays. plain_http: as of `address_fault`.
    Codes besides those of `address_fault` and `jwks_fault`: `client_id_form`, `name_missing`, `redirect_missing`,
    `auth_method`, `grant_type`, `id_token_alg`, `secret_short`, `jwks_missing`, `refresh_without_code`.
    """
    code = "authorization_code" in wanted.grant_types
    conditions = (
        (CLIENT_ID.fullmatch(wanted.client_id), "client_id_form", wanted.client_id),
        (wanted.name.strip(), "name_missing", wanted.client_id),
        (wanted.auth_method in AUTH_METHODS, "auth_method", wanted.auth_method),
        (wanted.grant_types <= frozenset(GRANT_TYPES), "grant_type", ", ".join(wanted.grant_types)),
        (wanted.id_token_alg in ID_TOKEN_ALGS, "id_token_alg", wanted.id_token_alg),
        (wanted.redirect_uris or not code, "redirect_missing", wanted.client_id),
        (code or "refresh_token" not in wanted.grant_types, "refresh_without_code", wanted.client_id),
        (
            wanted.auth_method != "client_secret_basic" or secret is None or len(secret) >= SHORTEST_SECRET,
            "secret_short",
            wanted.client_id,
        ),
        (wanted.auth_method != "private_key_jwt" or wanted.jwks, "jwks_missing", wanted.client_id),
    )
    if found := next(((fault, value) for holds, fault, value in conditions if not holds), None):
        return found
    addresses = [
        *wanted.redirect_uris,
        *wanted.signed_out_uris,
        *filter(None, [wanted.backchannel_logout_uri]),
    ]
    faults = ((address_fault(uri, plain_http=plain_http), uri) for uri in sorted(addresses))
    if found := next(((fault, uri) for fault, uri in faults if fault), None):
        return found
    fault = jwks_fault(json.loads(wanted.jwks)) if wanted.jwks else None
    return (fault, wanted.client_id) if fault else None
