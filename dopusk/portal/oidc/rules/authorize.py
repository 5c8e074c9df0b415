"""The checks of an authorization request, in the order they are asked.

A check takes the request and answers with a Fault or None. Those of RECIPIENT must hold before anything is
sent to the redirect address; the others' faults are told to the service there (RFC 6749 §4.1.2.1).
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.oidc.rules.faults import VISIBLE, Fault

CODE_SECONDS: Final = 60
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account"})

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of SHA-256
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Asked:
    """Parameters of a request to the authorization endpoint.

    repeated: names that came more than once. pushed: the reference of a request pushed beforehand, or empty.
    """

    values: Mapping[str, str]
    repeated: frozenset[str]
    client: Registration | None
    pushed: str = ""

    def get(self, name: str) -> str:
        """A parameter without a value counts as omitted (RFC 6749 §3.1)."""
        return self.values.get(name, "")

    @cached_property
    def scopes(self) -> frozenset[str]:
        """What is asked for and may be: unknown scopes are ignored (OIDC Core §3.1.2.1).

        So is `offline_access` without `prompt=consent` (§11), or from a service that has not registered to refresh.
        """
        known = frozenset(self.get("scope").split()) & CLAIMS.keys()
        if self.client is None:
            return frozenset()
        lasting = "consent" in self.prompts and "refresh_token" in self.client.grant_types
        return (known if lasting else known - {"offline_access"}) & self.client.scopes

    @cached_property
    def prompts(self) -> frozenset[str]:
        """The values of `prompt`."""
        return frozenset(self.get("prompt").split())

    @property
    def max_age(self) -> float:
        """How old a sign-in may be, in seconds."""
        return float(self.get("max_age")) if self.get("max_age") else math.inf


AuthorizeCheck = Callable[[Asked], Fault | None]


def recipient_named_once(asked: Asked) -> Fault | None:
    """RFC 6749 §3.1: no parameter more than once; for these two we could not tell whom to answer."""
    twice = asked.repeated & {"client_id", "redirect_uri"}
    return Fault("invalid_request", "recipient_repeated") if twice else None


def client_is_known(asked: Asked) -> Fault | None:
    """RFC 6749 §4.1.2.1: an unknown client is told to the person, never by a redirect."""
    return Fault("invalid_request", "client_unknown") if asked.client is None else None


def redirect_is_registered(asked: Asked) -> Fault | None:
    """OIDC Core §3.1.2.1, RFC 9700 §2.1: required, and equal to a registered one as a string."""
    registered = asked.client.redirect_uris if asked.client else frozenset()
    return (
        None if asked.get("redirect_uri") in registered else Fault("invalid_request", "redirect_unregistered")
    )


def client_uses_codes(asked: Asked) -> Fault | None:
    """RFC 6749 §4.1.2.1: a service that has not registered for codes, or that speaks another dialect, gets none."""
    uses = (
        asked.client
        and "authorization_code" in asked.client.grant_types
        and asked.client.auth_method != "esia"
    )
    return None if uses else Fault("unauthorized_client", "client_without_codes")


def request_was_pushed(asked: Asked) -> Fault | None:
    """RFC 9126 §6: who has registered so, asks by pushed requests only."""
    required = asked.client and asked.client.par_required
    return Fault("invalid_request", "push_required") if required and not asked.pushed else None


def nothing_is_repeated(asked: Asked) -> Fault | None:
    """RFC 6749 §3.1: parameters must not be included more than once."""
    return Fault("invalid_request", "parameter_repeated") if asked.repeated else None


def state_and_nonce_are_plain(asked: Asked) -> Fault | None:
    """RFC 6749 appendix A.5: visible ASCII; of a length that fits an address."""
    for name in ("state", "nonce"):
        if len(asked.get(name)) > 1024 or not VISIBLE.fullmatch(asked.get(name)):
            return Fault("invalid_request", f"{name}_form")
    return None


def no_request_object(asked: Asked) -> Fault | None:
    """OIDC Core §6: request objects are not supported, and said so in discovery."""
    for name in ("request", "request_uri", "registration"):
        if asked.get(name):
            return Fault(f"{name}_not_supported", f"{name}_not_supported")
    return None


def response_is_a_code(asked: Asked) -> Fault | None:
    """RFC 9700 §2.1.2: the code flow only; RFC 6749 §3.1.1: the type is required."""
    if not asked.get("response_type"):
        return Fault("invalid_request", "response_type_missing")
    return (
        None if asked.get("response_type") == "code" else Fault("unsupported_response_type", "response_type")
    )


def response_comes_in_the_query(asked: Asked) -> Fault | None:
    """OAuth 2.0 Multiple Response Types §2.1: `query` is the mode of a code; we have no other."""
    return None if asked.get("response_mode") in {"", "query"} else Fault("invalid_request", "response_mode")


def scope_is_openid(asked: Asked) -> Fault | None:
    """OIDC Core §3.1.2.1: without `openid` it is no OpenID request, and we serve nothing else."""
    return None if "openid" in asked.scopes else Fault("invalid_scope", "scope_without_openid")


def challenge_is_there(asked: Asked) -> Fault | None:
    """RFC 7636 §4.4.1, RFC 9700 §2.1.1: PKCE is required of everybody."""
    return None if asked.get("code_challenge") else Fault("invalid_request", "challenge_missing")


def challenge_is_s256(asked: Asked) -> Fault | None:
    """RFC 7636 §4.3: an omitted method means `plain`, and `plain` protects nothing."""
    return (
        None if asked.get("code_challenge_method") == "S256" else Fault("invalid_request", "challenge_method")
    )


def challenge_is_well_formed(asked: Asked) -> Fault | None:
    """RFC 7636 §4.2: base64url of a SHA-256."""
    return (
        None
        if _CHALLENGE.fullmatch(asked.get("code_challenge"))
        else Fault("invalid_request", "challenge_form")
    )


def key_is_well_formed(asked: Asked) -> Fault | None:
    """RFC 9449 §10: `dpop_jkt`, the key the code is bound to, is a SHA-256 thumbprint (RFC 7638)."""
    given = asked.get("dpop_jkt")
    return None if not given or _CHALLENGE.fullmatch(given) else Fault("invalid_request", "dpop_jkt_form")


def prompt_makes_sense(asked: Asked) -> Fault | None:
    """OIDC Core §3.1.2.1: known values, and `none` stands alone."""
    if not asked.prompts <= PROMPTS:
        return Fault("invalid_request", "prompt_unknown")
    alone = "none" not in asked.prompts or len(asked.prompts) == 1
    return None if alone else Fault("invalid_request", "prompt_none_not_alone")


def max_age_is_a_number(asked: Asked) -> Fault | None:
    """OIDC Core §3.1.2.1: seconds."""
    well = not asked.get("max_age") or _SECONDS.fullmatch(asked.get("max_age"))
    return None if well else Fault("invalid_request", "max_age_form")


def person_did_not_refuse(asked: Asked) -> Fault | None:
    """RFC 6749 §4.1.2.1: our consent page comes back with her answer."""
    return Fault("access_denied", "consent_denied") if asked.get("consent") == "denied" else None


RECIPIENT: Final[tuple[AuthorizeCheck, ...]] = (
    recipient_named_once,
    client_is_known,
    redirect_is_registered,
)
AUTHORIZE: Final[tuple[AuthorizeCheck, ...]] = (
    nothing_is_repeated,
    state_and_nonce_are_plain,
    no_request_object,
    client_uses_codes,
    request_was_pushed,
    response_is_a_code,
    response_comes_in_the_query,
    scope_is_openid,
    challenge_is_there,
    challenge_is_s256,
    challenge_is_well_formed,
    key_is_well_formed,
    prompt_makes_sense,
    max_age_is_a_number,
    person_did_not_refuse,
)


def language_of(asked: Asked, spoken: frozenset[str]) -> str:
    """OIDC Core §3.1.2.1, `ui_locales` (RFC 5646, best first): the first that we speak, or an empty text."""
    wanted = (tag.partition("-")[0].lower() for tag in asked.get("ui_locales").split())
    return next((language for language in wanted if language in spoken), "")


def signed_in_since(asked: Asked, replaces: float | None, now: float) -> float:
    """After which moment the person must have signed in (OIDC Core §3.1.2.1, `prompt` and `max_age`).

    replaces: when this very request has sent her to sign in already, the moment of the sign-in it would not
    take; any later one will do. Without a demand any moment since 1970 does.
    """
    if replaces is not None:
        return replaces
    if asked.prompts & {"login", "select_account"}:
        return math.inf
    return now - asked.max_age if asked.max_age < math.inf else -1.0


def agreed_since(asked: Asked, replaces: float | None) -> float:
    """After which moment she must have agreed; `replaces` as above, for `prompt=consent`."""
    if replaces is not None:
        return replaces
    return math.inf if "consent" in asked.prompts else -1.0
