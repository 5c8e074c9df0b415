"""The checks of a request to the token endpoint, and what is asked of a code."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc.rules.faults import Fault

TOKEN_SECONDS: Final = 600

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Presented:
    """A request to the token endpoint. authenticated: whose secret was right, if anybody's."""

    values: Mapping[str, str]
    repeated: frozenset[str]
    is_form: bool
    authenticated: Registration | None

    def get(self, name: str) -> str:
        """A parameter, or an empty text."""
        return self.values.get(name, "")


TokenCheck = Callable[[Presented], Fault | None]


def body_is_a_form(presented: Presented) -> Fault | None:
    """RFC 6749 §4.1.3: application/x-www-form-urlencoded, each parameter once; NUL is in none of its grammars."""
    well = presented.is_form and not presented.repeated and "\0" not in "".join(presented.values.values())
    return None if well else Fault("invalid_request", "body_form")


def client_is_authenticated(presented: Presented) -> Fault | None:
    """RFC 6749 §2.3.1, §5.2: by HTTP Basic, the only way we register."""
    return None if presented.authenticated else Fault("invalid_client", "client_authentication")


def authentication_is_one(presented: Presented) -> Fault | None:
    """RFC 6749 §2.3: not more than one method a request; a `client_id` in the body must be the same one."""
    named = presented.get("client_id")
    other = presented.authenticated is not None and named not in {"", presented.authenticated.client_id}
    twice = presented.get("client_secret") or presented.get("client_assertion")
    return Fault("invalid_request", "authentication_twice") if other or twice else None


def grant_is_a_code(presented: Presented) -> Fault | None:
    """RFC 6749 §5.2."""
    if not presented.get("grant_type"):
        return Fault("invalid_request", "grant_type_missing")
    known = presented.get("grant_type") == "authorization_code"
    return None if known else Fault("unsupported_grant_type", "grant_type")


def code_and_address_are_there(presented: Presented) -> Fault | None:
    """RFC 6749 §4.1.3: `redirect_uri` too, since the request always named one."""
    both = presented.get("code") and presented.get("redirect_uri")
    return None if both else Fault("invalid_request", "code_or_redirect_missing")


def verifier_is_well_formed(presented: Presented) -> Fault | None:
    """RFC 7636 §4.1: 43 to 128 unreserved characters."""
    return (
        None
        if _VERIFIER.fullmatch(presented.get("code_verifier"))
        else Fault("invalid_grant", "verifier_form")
    )


TOKEN: Final[tuple[TokenCheck, ...]] = (
    body_is_a_form,
    client_is_authenticated,
    authentication_is_one,
    grant_is_a_code,
    code_and_address_are_there,
    verifier_is_well_formed,
)


def challenge_of(verifier: str) -> str:
    """RFC 7636 §4.2: the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class CodeState:
    """What is known of a presented code; each field one condition of RFC 6749 §4.1.3 and RFC 7636 §4.6."""

    unused: bool
    in_time: bool
    own: bool
    same_redirect: bool
    verified: bool
    session_lives: bool
    consent_stands: bool
    admitted: bool = True


def code_fault(state: CodeState | None) -> Fault | None:
    """Why a code gives nothing, or None. The service reads `invalid_grant` whatever it is."""
    if state is None:
        return Fault("invalid_grant", "code_unknown")
    conditions = (
        (state.own, "code_foreign"),
        (state.unused, "code_reused"),
        (state.in_time, "code_expired"),
        (state.same_redirect, "code_redirect"),
        (state.verified, "code_verifier"),
        (state.session_lives, "session_over"),
        (state.consent_stands, "consent_withdrawn"),
        (state.admitted, "not_admitted"),
    )
    return next((Fault("invalid_grant", code) for holds, code in conditions if not holds), None)
