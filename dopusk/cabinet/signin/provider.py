"""What the cabinet asks of whoever vouches for people; which one it is, settings alone decide (portal.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class PortalDown(Exception):
    """The provider gave no usable answer; since: when this process first noticed."""

    def __init__(self, since: datetime) -> None:
        super().__init__("portal")
        self.since = since


class PortalRefused(Exception):
    """The provider, or our own check of its answer, said no. code: "invalid_grant", "id_token", "ESIA-007019"…"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What a code was exchanged for.

    claims: as `rules.read_claims` reads them, whatever the dialect; `iss`, `sub` and, if told, `sid` among them.
    id_token: what the provider wants to see again at sign-out; empty if nothing.
    """

    claims: dict[str, Any]
    id_token: str


@dataclass(frozen=True)
class LogoutToken:
    """A logout token whose signature is right: its header and what it says."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class Provider(Protocol):
    """Who signs people in. Safe for threads; one a process. Every method may raise PortalDown and PortalRefused."""

    @property
    def issuer(self) -> str:
        """By which the provider calls itself in what it signs: people are bound to it and their `sub` together."""

    @property
    def origins(self) -> list[str]:
        """Sites a form of ours may end at, through redirects."""

    def authorization_url(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser."""

    def exchange(self, code: str, redirect_uri: str, *, nonce: str, verifier: str) -> Answer:
        """Who came back with this code, every signature and every binding checked."""

    def spoke(self, iss: str) -> bool:
        """Whether the answer the browser brought is this provider's own. iss: its parameter, empty if it has none."""

    def refusal(self, error: str, description: str) -> str:
        """Our code for what the browser brought back instead of a code: "access_denied", "unconfirmed"…"""

    def logout_url(self, back: str, id_token: str) -> str:
        """Where to send the browser to sign out there too, and then back here."""

    def logout_token(self, raw: str) -> LogoutToken:
        """A logout token of this provider (OpenID Connect Back-Channel Logout 1.0), its signature checked."""

    def proofing_url(self, back: str) -> str:
        """The page where an account's identity is confirmed; back: where it may lead afterwards."""

    def leave_url(self) -> str:
        """Sign-out there for whoever is not signed in here."""
