"""The checks of requests to the endpoints for services, and what is asked of a code and of a refresh token."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents.rules import CLAIMS, FURTHER
from dopusk.portal.oidc.rules.faults import Fault, first_fault

TOKEN_SECONDS: Final = 600
REFRESH_IDLE_SECONDS: Final = 30 * 86400  # unused so long, a refresh token is over
REFRESH_LONGEST_SECONDS: Final = 365 * 86400  # after the person's consent, whatever its use

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Presented:
    """A request to an endpoint for services.

    authenticated: who it is, if it has shown that; fault: why it has not. shown: the DPoP key it has shown
    (RFC 7638), or an empty text, or what is wrong with its proof.
    """

    values: Mapping[str, str]
    repeated: frozenset[str]
    is_form: bool
    authenticated: Registration | None
    fault: Fault | None = None
    shown: str | Fault = ""

    def get(self, name: str) -> str:
        """A parameter, or an empty text."""
        return self.values.get(name, "")

    @property
    def jkt(self) -> str:
        """The key it has shown, or an empty text."""
        return self.shown if isinstance(self.shown, str) else ""

    @cached_property
    def scopes(self) -> frozenset[str]:
        """What the parameter `scope` names."""
        return frozenset(self.get("scope").split())


TokenCheck = Callable[[Presented], Fault | None]


def body_is_a_form(presented: Presented) -> Fault | None:
    """RFC 6749 §4.1.3: application/x-www-form-urlencoded, each parameter once; NUL is in none of its grammars."""
    texts = "".join([*presented.values, *presented.values.values()])
    well = presented.is_form and not presented.repeated and "\0" not in texts
    return None if well else Fault("invalid_request", "body_form")


def client_is_authenticated(presented: Presented) -> Fault | None:
    """RFC 6749 §2.3, §5.2: by the one method it has registered."""
    if presented.authenticated:
        return None
    return presented.fault or Fault("invalid_client", "client_authentication")


def authentication_is_one(presented: Presented) -> Fault | None:
    """RFC 6749 §2.3: not more than one method a request; a `client_id` in the body must be the same one."""
    client = presented.authenticated
    other = client is not None and presented.get("client_id") not in {"", client.client_id}
    by_secret = client is not None and client.auth_method == "client_secret_basic"
    twice = presented.get("client_secret") or (by_secret and presented.get("client_assertion"))
    return Fault("invalid_request", "authentication_twice") if other or twice else None


def grant_is_known(presented: Presented) -> Fault | None:
    """RFC 6749 §5.2."""
    if not presented.get("grant_type"):
        return Fault("invalid_request", "grant_type_missing")
    known = presented.get("grant_type") in GRANTS
    return None if known else Fault("unsupported_grant_type", "grant_type")


def grant_is_registered(presented: Presented) -> Fault | None:
    """RFC 6749 §5.2: a service uses what it has registered for."""
    client = presented.authenticated
    registered = client is not None and presented.get("grant_type") in client.grant_types
    return None if registered else Fault("unauthorized_client", "grant_type_unregistered")


def proof_is_good(presented: Presented) -> Fault | None:
    """RFC 9449 §5: a proof that does not hold is refused, however well the rest is."""
    return presented.shown if isinstance(presented.shown, Fault) else None


def key_is_shown_if_demanded(presented: Presented) -> Fault | None:
    """RFC 9449 §5.2, `dpop_bound_access_tokens`: who has registered so, gets no token without a proof."""
    demanded = presented.authenticated is not None and presented.authenticated.dpop_required
    return Fault("invalid_dpop_proof", "proof_missing") if demanded and not presented.jkt else None


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


def refresh_token_is_there(presented: Presented) -> Fault | None:
    """RFC 6749 §6."""
    there = presented.get("refresh_token")
    return None if there else Fault("invalid_request", "refresh_token_missing")


def scopes_are_the_services_own(presented: Presented) -> Fault | None:
    """RFC 6749 §3.3, §4.4.2: registered ones; none that opens a person's data, for no person is there."""
    client = presented.authenticated
    allowed = own_scopes(client) if client else frozenset()
    return None if presented.scopes <= allowed else Fault("invalid_scope", "scope_not_own")


def token_is_named(presented: Presented) -> Fault | None:
    """RFC 7009 §2.1, RFC 7662 §2.1: `token` is required; `token_type_hint` may say anything, we look everywhere."""
    return None if presented.get("token") else Fault("invalid_request", "token_missing")


# Whatever a service asks for: that it is well asked, and by whom.
CLIENT: Final[tuple[TokenCheck, ...]] = (
    body_is_a_form,
    client_is_authenticated,
    authentication_is_one,
    proof_is_good,
)
TOKEN: Final[tuple[TokenCheck, ...]] = (
    *CLIENT,
    grant_is_known,
    grant_is_registered,
    key_is_shown_if_demanded,
)
GRANTS: Final[Mapping[str, tuple[TokenCheck, ...]]] = {
    "authorization_code": (code_and_address_are_there, verifier_is_well_formed),
    "refresh_token": (refresh_token_is_there,),
    "client_credentials": (scopes_are_the_services_own,),
}
ABOUT_TOKEN: Final[tuple[TokenCheck, ...]] = (*CLIENT, token_is_named)


def token_fault(presented: Presented) -> Fault | None:
    """The first check of a request to the token endpoint that does not hold: the common ones, then the grant's."""
    return first_fault(TOKEN, presented) or first_fault(GRANTS[presented.get("grant_type")], presented)


def is_of_ours(token: str) -> bool:
    """Whether a text has the form of the tokens given here. Markers of the ЕСИА dialect lie in the same tables and have
    another: neither opens the other's doors (RFC 8725 §3.12)."""
    return _TOKEN.fullmatch(token) is not None


def own_scopes(client: Registration) -> frozenset[str]:
    """What a service may ask for itself (RFC 6749 §4.4): its registered scopes that open nobody's data, in no
    dialect."""
    return client.scopes - CLAIMS.keys() - FURTHER.keys()


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
    key_shown: bool = True


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
        (state.key_shown, "code_key"),
        (state.session_lives, "session_over"),
        (state.consent_stands, "consent_withdrawn"),
        (state.admitted, "not_admitted"),
    )
    return next((Fault("invalid_grant", code) for holds, code in conditions if not holds), None)


@dataclass(frozen=True)
class RefreshState:
    """What is known of a presented refresh token; each field one condition.

    stands: its grant has not been revoked. key_shown: a DPoP proof came, if one came when it was given. within: no
    more is asked for than was granted.
    """

    own: bool
    unused: bool
    stands: bool
    in_time: bool
    key_shown: bool
    session_lives: bool
    consent_stands: bool
    admitted: bool
    within: bool


def refresh_fault(state: RefreshState | None) -> Fault | None:
    """Why a refresh token gives nothing, or None (RFC 6749 §5.2, §6).

    RFC 9700 §4.14.2: one that was used already is refused and its whole family ends, with no grace however soon it
    comes again. A service whose answer was lost on the way cannot be told from a thief who was first, and a time in
    which both succeed is a time in which the theft goes unnoticed; the service asks the person again.
    """
    if state is None:
        return Fault("invalid_grant", "refresh_unknown")
    conditions = (
        (state.own, "refresh_foreign"),
        (state.unused, "refresh_reused"),
        (state.stands, "refresh_revoked"),
        (state.in_time, "refresh_expired"),
        (state.key_shown, "refresh_key"),
        (state.session_lives, "session_over"),
        (state.consent_stands, "consent_withdrawn"),
        (state.admitted, "not_admitted"),
    )
    found = next((Fault("invalid_grant", code) for holds, code in conditions if not holds), None)
    return found or (None if state.within else Fault("invalid_scope", "refresh_scope"))
