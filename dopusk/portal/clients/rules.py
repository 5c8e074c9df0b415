"""A service as the portal knows it."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from dopusk.portal.accounts.rules import Level


@dataclass(frozen=True)
class Registration:
    """One registered service. Addresses are compared as strings, whole and exact (RFC 9700 §2.1).

    required_level: the level of assurance below which nobody is let in. auth_method, grant_types, id_token_alg…: as
    in `clients.models.Client`; jwks: JSON, or an empty text.
    """

    client_id: str
    name: str
    secret_hash: bytes
    redirect_uris: frozenset[str]
    signed_out_uris: frozenset[str]
    scopes: frozenset[str]
    required_level: str = Level.SIMPLIFIED
    auth_method: str = "client_secret_basic"
    grant_types: frozenset[str] = frozenset({"authorization_code"})
    jwks: str = ""
    id_token_alg: str = "ES256"  # noqa: S105 - an algorithm
    backchannel_logout_uri: str = ""
    par_required: bool = False
    dpop_required: bool = False
    enabled: bool = True

    @cached_property
    def levels(self) -> list[str]:
        """The levels at which a person is let in, the lowest first."""
        known = [level.value for level in Level]
        return known[known.index(self.required_level) :]

    def origins(self) -> list[str]:
        """Where a form of the portal may lead by redirects on the way back to this service."""
        found = {
            "{0.scheme}://{0.netloc}".format(urlsplit(uri))
            for uri in self.redirect_uris | self.signed_out_uris
        }
        return sorted(found)


def address_fault(uri: str) -> str | None:
    """Why an address cannot be registered, or None. Codes: `address_form`, `address_fragment`, `address_insecure`.

    RFC 6749 §3.1.2: absolute, no fragment; RFC 8252 §7.3 and RFC 9700 §2.6: plain http on loopback only.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return "address_form"
    if not uri.isascii() or any(sign <= " " or sign in '"<>\\^`{|}' for sign in uri):
        return "address_form"
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or "*" in uri:
        return "address_form"
    if "#" in uri:
        return "address_fragment"
    if parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        return "address_insecure"
    return None
