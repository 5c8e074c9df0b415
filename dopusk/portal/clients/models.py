"""The table of registered services, read through a short memory: it changes seldom and is asked at every step."""

import json
import time
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dopusk.portal import statement
from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.rules import Registration

REMEMBERED: Final = 5.0  # seconds: how late a change of a registration may take effect

_memory: dict[str, tuple[float, Registration]] = {}
_FIND: Final = """
SELECT client_id::text, name::text, secret_hash, redirect_uris, signed_out_uris, scopes::text[],
       required_level::text, auth_method::text, grant_types::text[], jwks, id_token_alg::text,
       backchannel_logout_uri::text, par_required, dpop_required, disabled_at IS NULL
FROM clients_client WHERE client_id = %(client_id)s
"""


def _code_only() -> list[str]:
    return ["authorization_code"]


class Client(models.Model):
    """A registered service. secret_hash: SHA-256 of a secret of at least 256 random bits, or empty.

    required_level: the level of assurance it lets people in at (accounts.rules.Level). auth_method: how it shows
    at the OpenID token endpoint that it is itself; `esia`: only by the ЕСИА dialect's signed requests.
    jwks: its public keys (RFC 7517 §5) for `private_key_jwt`. backchannel_logout_uri: where it is told that a
    session has ended (OIDC Back-Channel Logout §2.2). disabled_at: since when it is served no more.
    """

    client_id = models.CharField(primary_key=True, max_length=100)
    name = models.CharField(max_length=200)
    secret_hash = models.BinaryField()
    redirect_uris = ArrayField(models.TextField())
    signed_out_uris = ArrayField(models.TextField(), default=list)
    scopes = ArrayField(models.CharField(max_length=40))
    required_level = models.CharField(
        max_length=10,
        default=Level.SIMPLIFIED.value,
        choices=[("simplified", "simplified"), ("standard", "standard"), ("confirmed", "confirmed")],
    )
    auth_method = models.CharField(
        max_length=19,
        default="client_secret_basic",
        choices=[
            ("client_secret_basic", "client_secret_basic"),
            ("private_key_jwt", "private_key_jwt"),
            ("esia", "esia"),
        ],
    )
    grant_types = ArrayField(models.CharField(max_length=20), default=_code_only)
    jwks = models.JSONField(default=dict)
    id_token_alg = models.CharField(
        max_length=5, default="ES256", choices=[("ES256", "ES256"), ("RS256", "RS256")]
    )
    backchannel_logout_uri = models.TextField(blank=True)
    par_required = models.BooleanField(default=False)
    dpop_required = models.BooleanField(default=False)
    disabled_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    def registration(self) -> Registration:
        """The row as the rules see it."""
        return _registration(
            self.client_id,
            self.name,
            bytes(self.secret_hash),
            self.redirect_uris,
            self.signed_out_uris,
            self.scopes,
            self.required_level,
            self.auth_method,
            self.grant_types,
            self.jwks,
            self.id_token_alg,
            self.backchannel_logout_uri,
            self.par_required,
            self.dpop_required,
            enabled=self.disabled_at is None,
        )


def _registration(
    client_id: str,
    name: str,
    secret_hash: bytes,
    redirect_uris: list[str],
    signed_out_uris: list[str],
    scopes: list[str],
    required_level: str,
    auth_method: str,
    grant_types: list[str],
    jwks: dict[str, Any],
    id_token_alg: str,
    backchannel_logout_uri: str,
    par_required: bool,
    dpop_required: bool,
    enabled: bool,
) -> Registration:
    return Registration(
        client_id=client_id,
        name=name,
        secret_hash=secret_hash,
        redirect_uris=frozenset(redirect_uris),
        signed_out_uris=frozenset(signed_out_uris),
        scopes=frozenset(scopes),
        required_level=required_level,
        auth_method=auth_method,
        grant_types=frozenset(grant_types),
        jwks=json.dumps(jwks, sort_keys=True) if jwks else "",
        id_token_alg=id_token_alg,
        backchannel_logout_uri=backchannel_logout_uri,
        par_required=par_required,
        dpop_required=dpop_required,
        enabled=enabled,
    )


def find(client_id: str) -> Registration | None:
    """The service of this id, unless it is disabled. Only those that exist are remembered: nobody can fill the
    memory with inventions."""
    kept = _memory.get(client_id)
    now = time.monotonic()
    if kept and now - kept[0] < REMEMBERED:
        return kept[1]
    if not client_id or len(client_id) > 100 or "\0" in client_id:
        return None
    found = statement.one(_FIND, {"client_id": client_id}, _registration)
    if found is None or not found.enabled:
        _memory.pop(client_id, None)
        return None
    _memory[client_id] = (now, found)
    return found


def forget() -> None:
    """Read registrations anew, now."""
    _memory.clear()
