"""The checks of a request for markers, in the order they are asked, and what is known of a code or a refresh token."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.rules.received import (
    Check,
    Received,
    certificate_is_named,
    generation_is_allowed,
    is_readable,
    mandatory,
    nothing_is_repeated,
    scope_is_there,
    state_fits,
)
from dopusk.portal.esia.scopes import CONSENT_REFRESH, Scope

CODE: Final = "authorization_code"
REFRESH: Final = "refresh_token"
SERVICE: Final = "client_credentials"

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def client_is_known(received: Received) -> EsiaFault | None:
    """§8 008010."""
    return None if received.client else EsiaFault("008010", "client_unknown", "client_id")


def grant_is_supported(received: Received) -> EsiaFault | None:
    """§2, §8 007012: `client_credentials` is of v3 only (§3)."""
    known = {CODE, REFRESH} if received.generation == 1 else {CODE, REFRESH, SERVICE}
    if received.get("grant_type") in known:
        return None
    return EsiaFault("007012", "grant_type", "grant_type")


def token_is_a_bearer(received: Received) -> EsiaFault | None:
    """§2: `Bearer`; refresh variant B leaves it out (§3)."""
    well = received.get("token_type").lower() in {"", "bearer"}
    return None if well else EsiaFault("007003", "token_type", "token_type")


def refresh_token_is_not_beside_a_code(received: Received) -> EsiaFault | None:
    """§10 quirk 8: lenient ignores it."""
    beside = "refresh_token" in received.values and not received.lenient
    return EsiaFault("007003", "refresh_token_beside_code", "refresh_token") if beside else None


def scope_is_a_consent_refresh(received: Received) -> EsiaFault | None:
    """§3, §6: `prm_chg?oid=<oid>`, and nothing else."""
    well = consent_refresh(received) is not None
    return None if well else EsiaFault("007006", "scope_not_consent_refresh", "scope")


def consent_refresh_is_granted(received: Received) -> EsiaFault | None:
    """§8 007019."""
    granted = received.client is not None and CONSENT_REFRESH in received.client.scopes
    return None if granted else EsiaFault("007019", "scope_not_granted", CONSENT_REFRESH)


CLIENT: Final[tuple[Check, ...]] = (
    is_readable,
    mandatory("client_id"),
    client_is_known,
)
FORM: Final[tuple[Check, ...]] = (
    nothing_is_repeated,
    generation_is_allowed,
    mandatory("grant_type"),
    grant_is_supported,
)
OF_CODE: Final[tuple[Check, ...]] = (
    mandatory("code", "redirect_uri", "state", "timestamp"),
    scope_is_there,
    mandatory("token_type", "client_secret"),
    state_fits,
    token_is_a_bearer,
    refresh_token_is_not_beside_a_code,
)
OF_REFRESH: Final[tuple[Check, ...]] = (
    mandatory("refresh_token", "state", "timestamp"),
    scope_is_there,
    mandatory("client_secret"),
    state_fits,
    token_is_a_bearer,
)
OF_SERVICE: Final[tuple[Check, ...]] = (
    mandatory("state", "timestamp"),
    scope_is_there,
    mandatory("client_secret"),
    certificate_is_named,
    state_fits,
    token_is_a_bearer,
    scope_is_a_consent_refresh,
    consent_refresh_is_granted,
)


def by_grant(received: Received) -> tuple[Check, ...]:
    """The checks of its grant; at v3 a code comes with the hash of the certificate (§2)."""
    if received.get("grant_type") == CODE:
        return OF_CODE if received.generation == 1 else (*OF_CODE, certificate_is_named)
    return OF_REFRESH if received.get("grant_type") == REFRESH else OF_SERVICE


def consent_refresh(received: Received) -> Scope | None:
    """The only scope of a `prm_chg` request, with the person it names."""
    scopes = received.scopes or []
    well = len(scopes) == 1 and scopes[0].name == CONSENT_REFRESH and scopes[0].oid is not None
    return scopes[0] if well else None


def challenge_of(verifier: str) -> str:
    """RFC 7636 §4.2; an empty text for an absent verifier."""
    if not verifier:
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def verifier_is_sound(verifier: str) -> bool:
    """RFC 7636 §4.1: 43 to 128 unreserved characters; or none at all."""
    return not verifier or _VERIFIER.fullmatch(verifier) is not None


@dataclass(frozen=True)
class CodeState:
    """What is known of a presented code. challenged: v2/ac had a challenge; verified: it is that of the verifier.

    fresh_state: at v3 the `state` of te is a new one; other generations and lenient systems may repeat it (§10).
    """

    own: bool
    unused: bool
    in_time: bool
    same_generation: bool
    same_redirect: bool
    challenged: bool
    verified: bool
    session_lives: bool
    consent_stands: bool
    admitted: bool
    fresh_state: bool


def code_fault(state: CodeState | None, verifier: str) -> EsiaFault | None:
    """Why a code gives nothing, or None (§8 007011, 007039, 007040, 007003)."""
    if state is None:
        return EsiaFault("007011", "code_unknown")
    conditions = (
        (state.own, EsiaFault("007011", "code_foreign")),
        (state.unused, EsiaFault("007011", "code_reused")),
        (state.in_time, EsiaFault("007011", "code_expired")),
        (state.same_generation, EsiaFault("007011", "code_generation")),
        (state.same_redirect, EsiaFault("007011", "code_redirect", "redirect_uri")),
        (state.challenged or not verifier, EsiaFault("007039", "challenge_missing")),
        (verifier_is_sound(verifier), EsiaFault("007040", "verifier_form")),
        (state.verified, EsiaFault("007040", "verifier")),
        (state.session_lives, EsiaFault("007011", "session_over")),
        (state.consent_stands, EsiaFault("007011", "consent_withdrawn")),
        (state.admitted, EsiaFault("007011", "not_admitted")),
        (state.fresh_state, EsiaFault("007003", "state_repeated", "state")),
    )
    return next((fault for holds, fault in conditions if not holds), None)


@dataclass(frozen=True)
class RefreshState:
    """What is known of a presented refresh token."""

    own: bool
    unused: bool
    in_time: bool
    stands: bool
    same_redirect: bool
    admitted: bool


def refresh_fault(state: RefreshState | None) -> EsiaFault | None:
    """Why a refresh token gives nothing, or None (§8 007011)."""
    if state is None:
        return EsiaFault("007011", "refresh_unknown")
    conditions = (
        (state.own, "refresh_foreign"),
        (state.unused, "refresh_reused"),
        (state.in_time, "refresh_expired"),
        (state.stands, "refresh_revoked"),
        (state.same_redirect, "refresh_redirect"),
        (state.admitted, "not_admitted"),
    )
    return next((EsiaFault("007011", code) for holds, code in conditions if not holds), None)
