"""Registering a service as an operator or a command asks for it."""

from dataclasses import dataclass
from typing import Any

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients import actions as clients
from dopusk.portal.clients.models import Client
from dopusk.portal.esia.models import System
from dopusk.portal.esia.registering import register_system
from dopusk.portal.oidc import keys


@dataclass(frozen=True)
class Registered:
    """secret: in clear, for this once; empty when none was made."""

    client: Client
    secret: str


def add(client_id: str, values: dict[str, Any], *, actor: str = "system", session: str = "") -> Registered:
    """Register a new service; who shows a secret gets one. Raises RegistrationRefused, `client_id_taken` too."""
    secret = clients.new_secret() if values["auth_method"] == "client_secret_basic" else ""
    made = clients.register(client_id, **values, secret=secret, only_new=True, actor=actor, session=session)
    keys.ensure(made.id_token_alg)  # known to services before the first of their people comes
    return Registered(made, secret)


def change(
    client_id: str, values: dict[str, Any], *, version: str | None, actor: str = "system", session: str = ""
) -> Registered:
    """Bring a registration up to date; one that comes to show a secret and has none gets one.

    version: of the registration that was being changed, or None for whatever there is. Raises RegistrationRefused,
    `changed_meanwhile` too.
    """
    kept = Client.objects.get(pk=client_id)
    fresh = values["auth_method"] == "client_secret_basic" and not bytes(kept.secret_hash)
    secret = clients.new_secret() if fresh else ""
    changed = clients.register(
        client_id, **values, secret=secret or None, version=version, actor=actor, session=session
    )
    keys.ensure(changed.id_token_alg)
    return Registered(changed, secret)


def speak_esia(
    client_id: str,
    certificates: list[bytes],
    values: dict[str, Any],
    *,
    scopes: list[str],
    actor: str = "system",
    session: str = "",
) -> System:
    """Let a registered service speak the ЕСИА dialect too, or change how it does. Its other scopes stay.

    certificates: PEM or DER, added to those it has. values: as `register_system` takes them. Raises
    RegistrationRefused.
    """
    client = Client.objects.get(pk=client_id)
    return register_system(
        client_id,
        name=client.name,
        redirect_uris=client.redirect_uris,
        scopes=scopes,
        certificates=certificates,
        required_level=Level(client.required_level),
        actor=actor,
        session=session,
        **values,
    )
