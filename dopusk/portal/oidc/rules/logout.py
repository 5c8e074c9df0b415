"""The checks of a request to end the session (RP-Initiated Logout)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc.rules.faults import VISIBLE, Fault


@dataclass(frozen=True)
class Leaving:
    """A request to end the session.

    hint: claims of `id_token_hint`, if we issued it. sid: the session of this browser, or an empty text.
    """

    values: Mapping[str, str]
    hint: Mapping[str, object] | None
    client: Registration | None
    sid: str

    def get(self, name: str) -> str:
        """A parameter, or an empty text."""
        return self.values.get(name, "")


def hint_is_ours(leaving: Leaving) -> Fault | None:
    """RP-Initiated Logout §4: the hint was issued by us; its age does not matter."""
    given = leaving.get("id_token_hint")
    return Fault("invalid_request", "hint_invalid") if given and leaving.hint is None else None


def leaving_client_is_known(leaving: Leaving) -> Fault | None:
    """RP-Initiated Logout §2: `client_id`, when given, names a client and agrees with the hint's audience."""
    named = leaving.get("client_id")
    if named and (leaving.client is None or leaving.client.client_id != named):
        return Fault("invalid_request", "client_unknown")
    if named and leaving.hint is not None and leaving.hint.get("aud") != named:
        return Fault("invalid_request", "hint_foreign")
    return None


def return_is_registered(leaving: Leaving) -> Fault | None:
    """RP-Initiated Logout §3: the address is registered, exactly, by the client that is leaving."""
    address = leaving.get("post_logout_redirect_uri")
    registered = leaving.client.signed_out_uris if leaving.client else frozenset()
    return (
        Fault("invalid_request", "redirect_unregistered") if address and address not in registered else None
    )


def leaving_state_is_plain(leaving: Leaving) -> Fault | None:
    """RFC 6749 appendix A.5, as at sign-in."""
    state = leaving.get("state")
    return None if len(state) <= 1024 and VISIBLE.fullmatch(state) else Fault("invalid_request", "state_form")


LOGOUT: Final[tuple[Callable[[Leaving], Fault | None], ...]] = (
    hint_is_ours,
    leaving_client_is_known,
    return_is_registered,
    leaving_state_is_plain,
)


def may_leave_unasked(leaving: Leaving) -> bool:
    """RP-Initiated Logout §2: without a hint of this very session the person is asked first."""
    return leaving.hint is not None and bool(leaving.sid) and leaving.hint.get("sid") == leaving.sid
