"""`permissions` (reference §3.5): consents of a certain type asked for along with the sign-in; failures are 0367xx."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.scopes import CONSENT_REFRESH, LEGACY_ALL, SCOPES

_LONGEST_TERM: Final = 5 * 525_600  # minutes
_FORBIDDEN: Final = frozenset({"openid", LEGACY_ALL, CONSENT_REFRESH, "bio", "ext_auth_result"})


@dataclass(frozen=True)
class Catalogue:
    """What consents may name: their types, actions and purposes, as a deployment sets them."""

    types: frozenset[str]
    actions: frozenset[str]
    purposes: frozenset[str]


@dataclass(frozen=True)
class Permission:
    """One consent asked for. term: minutes."""

    kind: str
    responsible: str
    term: int
    actions: tuple[str, ...]
    purposes: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """One consent as it came, before anything of it is believed. granted: scopes the system was registered with."""

    given: dict[str, Any]
    catalogue: Catalogue
    granted: frozenset[str]

    def names(self, part: str) -> list[str]:
        """`sysname` of each member of a list; nothing for what is no list of such."""
        members = self.given.get(part)
        if not isinstance(members, list):
            return []
        return [str(one.get("sysname", "")) for one in members if isinstance(one, dict)]

    def text(self, part: str) -> str:
        """A text, or an empty one."""
        value = self.given.get(part)
        return value if isinstance(value, str) else ""


def type_is_there(examined: Examined) -> EsiaFault | None:
    """§8 036700."""
    return None if examined.text("sysname") else EsiaFault("036700", "consent_type_missing", "sysname")


def type_is_known(examined: Examined) -> EsiaFault | None:
    """§8 036701."""
    name = examined.text("sysname")
    return None if name in examined.catalogue.types else EsiaFault("036701", "consent_type_unknown", name)


def scopes_are_there(examined: Examined) -> EsiaFault | None:
    """§8 036702."""
    return None if examined.names("scopes") else EsiaFault("036702", "consent_scope_missing", "scopes")


def scopes_may_be_asked(examined: Examined) -> EsiaFault | None:
    """§8 036704: a consent is about data, and about a person's own."""
    for name in examined.names("scopes"):
        if name in _FORBIDDEN or (name in SCOPES and SCOPES[name].organisation):
            return EsiaFault("036704", "consent_scope_forbidden", name)
    return None


def scopes_do_not_exceed(examined: Examined) -> EsiaFault | None:
    """§8 036703: no more than the system was registered with."""
    over = next(
        (name for name in examined.names("scopes") if name not in examined.granted & set(SCOPES)), None
    )
    return None if over is None else EsiaFault("036703", "consent_scope_exceeds", over)


def actions_are_there(examined: Examined) -> EsiaFault | None:
    """§8 036705."""
    return None if examined.names("actions") else EsiaFault("036705", "consent_action_missing", "actions")


def actions_are_known(examined: Examined) -> EsiaFault | None:
    """§8 036706."""
    known = examined.catalogue.actions
    odd = next((name for name in examined.names("actions") if name not in known), None)
    return None if odd is None else EsiaFault("036706", "consent_action_unknown", odd)


def purposes_are_there(examined: Examined) -> EsiaFault | None:
    """§8 036707."""
    return None if examined.names("purposes") else EsiaFault("036707", "consent_purpose_missing", "purposes")


def purpose_is_one(examined: Examined) -> EsiaFault | None:
    """§8 036727."""
    one = len(examined.names("purposes")) == 1
    return None if one else EsiaFault("036727", "consent_purposes_many", "purposes")


def purpose_is_known(examined: Examined) -> EsiaFault | None:
    """§8 036726."""
    known = examined.catalogue.purposes
    odd = next((name for name in examined.names("purposes") if name not in known), None)
    return None if odd is None else EsiaFault("036726", "consent_purpose_unknown", odd)


def term_is_right(examined: Examined) -> EsiaFault | None:
    """§8 036716: whole minutes, five years at most."""
    term = examined.given.get("expire")
    well = isinstance(term, int) and not isinstance(term, bool) and 0 < term <= _LONGEST_TERM
    return None if well else EsiaFault("036716", "consent_term", "expire")


CONSENT: Final[tuple[Callable[[Examined], EsiaFault | None], ...]] = (
    type_is_there,
    type_is_known,
    scopes_are_there,
    scopes_may_be_asked,
    scopes_do_not_exceed,
    actions_are_there,
    actions_are_known,
    purposes_are_there,
    purpose_is_one,
    purpose_is_known,
    term_is_right,
)


def read(text: str, catalogue: Catalogue, granted: frozenset[str]) -> list[Permission] | EsiaFault:
    """The consents of the parameter; none for an absent, empty or `null` one. 007038 for what is no JSON of them."""
    if not text:
        return []
    given = _decoded(text)
    if given is None:
        return EsiaFault("007038", "permissions_unreadable", "permissions")
    found = []
    for one in given:
        examined = Examined(one, catalogue, granted)
        fault = next((fault for check in CONSENT if (fault := check(examined))), None)
        if fault:
            return fault
        found.append(_permission(examined))
    return found


def _decoded(text: str) -> list[dict[str, Any]] | None:
    """base64url, padded or not, of a JSON array of objects."""
    plain = text.rstrip("=")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
        given = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if given is None:
        return []
    well = isinstance(given, list) and all(isinstance(one, dict) for one in given)
    return given if well else None


def _permission(examined: Examined) -> Permission:
    return Permission(
        kind=examined.text("sysname"),
        responsible=examined.text("responsibleObject"),
        term=examined.given["expire"],
        actions=tuple(examined.names("actions")),
        purposes=tuple(examined.names("purposes")),
        scopes=tuple(dict.fromkeys(examined.names("scopes"))),
    )
