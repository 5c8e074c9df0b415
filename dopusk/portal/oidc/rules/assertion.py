"""The checks of a client's assertion: `private_key_jwt` (RFC 7521 §4.2, RFC 7523 §3, OIDC Core §9)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.signed import ALGS, EARLY_SECONDS, Signed, is_signed_by_one_of

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE: Final = 3600  # seconds that an assertion may be good for: so long its jti is remembered


@dataclass(frozen=True)
class Assertion:
    """What a client presented instead of a secret.

    type: `client_assertion_type`. named: `client_id` of the body, or empty. client: whom it says it is about.
    ours: the addresses that mean us. issuer: the one of them that is our name. now: seconds since 1970.
    """

    type: str
    signed: Signed | None
    named: str
    client: Registration | None
    ours: frozenset[str]
    issuer: str
    now: float

    @property
    def whole(self) -> Signed:
        """The assertion, for checks that stand behind `assertion_can_be_read`."""
        assert self.signed is not None
        return self.signed


AssertionCheck = Callable[[Assertion], Fault | None]


def _unless(holds: object, code: str) -> Fault | None:
    return None if holds else Fault("invalid_client", code)


def assertion_is_a_jwt(assertion: Assertion) -> Fault | None:
    """RFC 7523 §2.2: the one type of assertion there is."""
    return _unless(assertion.type == TYPE, "assertion_type")


def assertion_can_be_read(assertion: Assertion) -> Fault | None:
    """RFC 7515 §7.1: a compact JWS; RFC 7515 §4.1.11: nothing critical that we do not know."""
    return _unless(assertion.signed, "assertion_form")


def assertion_algorithm_is_taken(assertion: Assertion) -> Fault | None:
    """RFC 8725 §3.1: never `none`, nothing symmetric."""
    return _unless(assertion.whole.alg in ALGS, "assertion_algorithm")


def assertion_is_about_its_issuer(assertion: Assertion) -> Fault | None:
    """RFC 7523 §3 (1), (2): `iss` and `sub` are both the client; RFC 7521 §4.2: so is `client_id`, if sent."""
    issuer = assertion.whole.text("iss")
    agree = issuer and issuer == assertion.whole.text("sub") and assertion.named in {"", issuer}
    return _unless(agree, "assertion_issuer")


def assertion_client_uses_keys(assertion: Assertion) -> Fault | None:
    """OIDC Core §9: a client authenticates as it has registered, and no other way."""
    client = assertion.client
    return _unless(client and client.auth_method == "private_key_jwt", "assertion_client")


def assertion_is_signed_by_its_client(assertion: Assertion) -> Fault | None:
    """RFC 7523 §3 (9): by a key the client has registered; keys in the header count for nothing."""
    client = assertion.client
    return _unless(client and is_signed_by_one_of(assertion.whole, client.jwks), "assertion_signature")


def assertion_is_for_us(assertion: Assertion) -> Fault | None:
    """RFC 7523 §3 (3), RFC 9126 §2: our issuer, token endpoint, or the address asked; and nobody else besides.

    One addressed to a stranger too could be presented here by him.
    """
    audience = assertion.whole.claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    well = isinstance(named, list) and named and all(isinstance(one, str) for one in named)
    return _unless(well and assertion.ours.issuperset(named or ()), "assertion_audience")


def assertion_names_our_issuer_alone(assertion: Assertion) -> Fault | None:
    """FAPI 2.0 §5.3.2.1 (8): of a service by that profile (it must push and bind), one text and nothing else.

    Others may still name an endpoint, as older libraries do.
    """
    client = assertion.client
    by_profile = client and client.par_required and client.dpop_required
    return _unless(
        not by_profile or assertion.whole.claims.get("aud") == assertion.issuer, "assertion_audience"
    )


def assertion_has_not_expired(assertion: Assertion) -> Fault | None:
    """RFC 7523 §3 (4): `exp` is required and lies ahead."""
    expires = assertion.whole.moment("exp")
    return _unless(expires is not None and expires > assertion.now, "assertion_expired")


def assertion_is_short_lived(assertion: Assertion) -> Fault | None:
    """RFC 7523 §3 (4): one that is good unreasonably far in the future may be refused."""
    expires = assertion.whole.moment("exp") or 0.0
    return _unless(expires <= assertion.now + LONGEST_LIFE, "assertion_long_lived")


def assertion_has_begun(assertion: Assertion) -> Fault | None:
    """RFC 7523 §3 (5), (6): `nbf` and `iat`, when there, are numbers and not ahead of us."""
    for claim in ("nbf", "iat"):
        moment = assertion.whole.moment(claim)
        there = claim in assertion.whole.claims
        if there and (moment is None or moment > assertion.now + EARLY_SECONDS):
            return Fault("invalid_client", "assertion_early")
    return None


def assertion_has_an_identifier(assertion: Assertion) -> Fault | None:
    """OIDC Core §9: `jti` is required; by it the assertion works once."""
    return _unless(assertion.whole.jti, "assertion_jti")


ASSERTION: Final[tuple[AssertionCheck, ...]] = (
    assertion_is_a_jwt,
    assertion_can_be_read,
    assertion_algorithm_is_taken,
    assertion_is_about_its_issuer,
    assertion_client_uses_keys,
    assertion_is_signed_by_its_client,
    assertion_is_for_us,
    assertion_names_our_issuer_alone,
    assertion_has_not_expired,
    assertion_is_short_lived,
    assertion_has_begun,
    assertion_has_an_identifier,
)
