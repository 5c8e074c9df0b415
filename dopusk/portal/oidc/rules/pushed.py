"""The checks of a request pushed beforehand (RFC 9126), and what is asked of its reference later."""

from dataclasses import dataclass
from typing import Final

from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.token import CLIENT, Presented, TokenCheck

PUSHED_SECONDS: Final = 590  # FAPI 2.0 §5.3.2.2: less than 600; signing in has to fit in


def no_reference_is_pushed(presented: Presented) -> Fault | None:
    """RFC 9126 §2.1: a pushed request cannot itself name a `request_uri`."""
    return Fault("invalid_request", "reference_pushed") if presented.get("request_uri") else None


def keys_agree(presented: Presented) -> Fault | None:
    """RFC 9449 §10.1: the key named by `dpop_jkt` and the one proved by a header are one."""
    named = presented.get("dpop_jkt")
    differ = named and presented.jkt and named != presented.jkt
    return Fault("invalid_request", "dpop_jkt_differs") if differ else None


PUSH: Final[tuple[TokenCheck, ...]] = (*CLIENT, no_reference_is_pushed, keys_agree)

# Not of the request itself: how the service has authenticated, and what only our own pages may say.
_NOT_KEPT: Final = frozenset(
    {"client_secret", "client_assertion", "client_assertion_type", "consent", "again"}
)


def to_keep(presented: Presented, client: Registration) -> dict[str, str]:
    """The parameters of a pushed request as the authorization endpoint will read them (RFC 9126 §2.1).

    A key proved here binds the code as if it had been named by `dpop_jkt` (RFC 9449 §10.1).
    """
    kept = {name: value for name, value in presented.values.items() if name not in _NOT_KEPT}
    bound = {"dpop_jkt": presented.jkt} if presented.jkt else {}
    return {**kept, **bound, "client_id": client.client_id}


@dataclass(frozen=True)
class PushedState:
    """What is known of a pushed request. unused: no code has been given for it yet."""

    unused: bool
    in_time: bool


def pushed_fault(state: PushedState | None) -> Fault | None:
    """RFC 9126 §4, RFC 9101 §7.2: why a reference opens nothing, or None.

    It is used up when a code is given, not when a page is shown: browsers load pages ahead and again.
    """
    if state is None:
        return Fault("invalid_request_uri", "pushed_unknown")
    if not state.unused:
        return Fault("invalid_request_uri", "pushed_used")
    return None if state.in_time else Fault("invalid_request_uri", "pushed_expired")
