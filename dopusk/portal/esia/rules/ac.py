"""The checks of a request for a code, in the order they are asked.

The faults of RECIPIENT are shown to the person on a page; all later ones go to the redirect address (§4).
"""

import re
from collections.abc import Callable
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
from dopusk.portal.esia.scopes import CONSENT_REFRESH, SCOPES

CODE_SECONDS: Final = 60
PERSON: Final = "P"
TYPES: Final = frozenset({PERSON, "B", "L", "A"})  # person, sole proprietor, legal entity, authority [?]
ROLES: Final = {"LEGAL": "L", "AGENCY": "A", "BUSINESS": "B"}  # §7 value sets, and the obj_type each makes

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of SHA-256


def recipient_is_named_once(received: Received) -> EsiaFault | None:
    """§8 007003: of two addresses we could not tell whom to answer."""
    twice = min(received.repeated & {"client_id", "redirect_uri"}, default="")
    return EsiaFault("007003", "recipient_repeated", twice) if twice else None


def client_is_known(received: Received) -> EsiaFault | None:
    """§4: an unknown client is told to the person; no address of it can have been registered."""
    return None if received.client else EsiaFault("007023", "client_unknown", "client_id")


def redirect_is_registered(received: Received) -> EsiaFault | None:
    """§4, §8 007023: equal to a registered address as a string."""
    registered = received.client.redirect_uris if received.client else frozenset()
    known = received.get("redirect_uri") in registered
    return None if known else EsiaFault("007023", "redirect_unregistered", "redirect_uri")


def response_is_a_code(received: Received) -> EsiaFault | None:
    """§2, §8 007009."""
    code = received.get("response_type") == "code"
    return None if code else EsiaFault("007009", "response_type", "response_type")


def access_is_online_or_offline(received: Received) -> EsiaFault | None:
    """§2."""
    known = received.get("access_type") in {"online", "offline"}
    return None if known else EsiaFault("007003", "access_type", "access_type")


def challenge_is_s256(received: Received) -> EsiaFault | None:
    """§2: optional at v2/ac; there, S256 of a verifier (RFC 7636 §4.2)."""
    if not received.get("code_challenge") and not received.get("code_challenge_method"):
        return None
    if received.generation == 1:  # the parameter is not of v1, and would protect nothing there
        return None
    if received.get("code_challenge_method") != "S256":
        return EsiaFault("007003", "challenge_method", "code_challenge_method")
    well = _CHALLENGE.fullmatch(received.get("code_challenge"))
    return None if well else EsiaFault("007003", "challenge_form", "code_challenge")


def scopes_are_known(received: Received) -> EsiaFault | None:
    """§6, §8 007006: known by name; `prm_chg` is asked for at te only."""
    if received.scopes is None:
        return EsiaFault("007006", "scope_form", "scope")
    unknown = next(
        (one.name for one in received.scopes if one.name not in SCOPES or one.name == CONSENT_REFRESH), None
    )
    return None if unknown is None else EsiaFault("007006", "scope_unknown", unknown)


def scopes_are_granted(received: Received) -> EsiaFault | None:
    """§6, §8 007019: the system was registered with them."""
    granted = received.client.scopes if received.client else frozenset()
    lacking = next((one.name for one in received.scopes or () if one.name not in granted), None)
    return None if lacking is None else EsiaFault("007019", "scope_not_granted", lacking)


def roles_are_known(received: Received) -> EsiaFault | None:
    """§8 007060."""
    odd = next((one for one in _listed(received.get("roles")) if one not in ROLES), None)
    return None if odd is None else EsiaFault("007060", "roles", "roles")


def obj_type_is_known(received: Received) -> EsiaFault | None:
    """§8 007061."""
    odd = next((one for one in _listed(received.get("obj_type")) if one not in TYPES), None)
    return None if odd is None else EsiaFault("007061", "obj_type", "obj_type")


RECIPIENT: Final[tuple[Check, ...]] = (
    recipient_is_named_once,
    mandatory("client_id"),
    client_is_known,
    mandatory("redirect_uri"),
    redirect_is_registered,
)
FORM: Final[tuple[Check, ...]] = (
    is_readable,
    nothing_is_repeated,
    generation_is_allowed,
    scope_is_there,
    mandatory("response_type", "access_type", "state", "timestamp"),
    state_fits,
)
SIGNED: Final[tuple[Check, ...]] = (mandatory("client_secret"),)
SIGNED_V2: Final[tuple[Check, ...]] = (mandatory("client_secret"), certificate_is_named)
CONTENT: Final[tuple[Check, ...]] = (
    response_is_a_code,
    access_is_online_or_offline,
    challenge_is_s256,
    scopes_are_known,
    scopes_are_granted,
    roles_are_known,
    obj_type_is_known,
)


@dataclass(frozen=True)
class Organisation:
    """An organisation of a person. kind: `LEGAL`, `AGENCY`, `BUSINESS` (§7)."""

    oid: int
    kind: str


@dataclass(frozen=True)
class Entrant:
    """Who comes in by the request: her number and where she works."""

    received: Received
    oid: int
    organisations: tuple[Organisation, ...]


def asks_who_she_is(received: Received) -> bool:
    """Whether the checks of ENTRANT have anything to look at."""
    suffixes = any(one.oid is not None or one.org_oid is not None for one in received.scopes or ())
    return suffixes or bool(received.get("obj_type") or received.get("roles"))


def scopes_are_about_her(entrant: Entrant) -> EsiaFault | None:
    """§6: `?oid=` of another person gives nothing."""
    foreign = next((one for one in entrant.received.scopes or () if one.oid not in {None, entrant.oid}), None)
    return None if foreign is None else EsiaFault("007019", "scope_of_another", foreign.name)


def organisation_is_hers(entrant: Entrant) -> EsiaFault | None:
    """§8 007194: `?org_oid=` of an organisation she works in."""
    hers = {one.oid for one in entrant.organisations}
    odd = next((one for one in entrant.received.scopes or () if one.org_oid not in {None, *hers}), None)
    return None if odd is None else EsiaFault("007194", "not_an_employee", str(odd.org_oid))


def she_is_of_the_type(entrant: Entrant) -> EsiaFault | None:
    """§8 007062: `obj_type` and `roles` ask for one she is or has."""
    has = {ROLES[one.kind] for one in entrant.organisations if one.kind in ROLES} | {PERSON}
    types = _listed(entrant.received.get("obj_type"))
    roles = _listed(entrant.received.get("roles"))
    well = (not types or has & set(types)) and (not roles or has & {ROLES[one] for one in roles})
    return None if well else EsiaFault("007062", "user_type", "obj_type" if types else "roles")


ENTRANT: Final[tuple[Callable[[Entrant], EsiaFault | None], ...]] = (
    scopes_are_about_her,
    organisation_is_hers,
    she_is_of_the_type,
)


def refusal(missing: str) -> EsiaFault:
    """§8: she does not go on; missing is what kept her out whatever she agreed to, or empty when she said no."""
    if missing == "level":
        return EsiaFault("007055", "account_not_confirmed")
    return EsiaFault("007004", f"missing_{missing}" if missing else "consent_denied")


def _listed(text: str) -> list[str]:
    return text.replace(",", " ").split()
