"""The table of registered services, read through a short memory: it changes seldom and is asked at every step."""

import time
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dopusk.portal import statement
from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.rules import Registration

REMEMBERED: Final = 5.0  # seconds: how late a change of a registration may take effect

_memory: dict[str, tuple[float, Registration]] = {}
_FIND: Final = """
SELECT client_id::text, name::text, secret_hash, redirect_uris, signed_out_uris, scopes::text[],
       required_level::text
FROM clients_client WHERE client_id = %(client_id)s
"""


class Client(models.Model):
    """A registered service. secret_hash: SHA-256 of a secret of at least 256 random bits.

    required_level: the level of assurance it lets people in at (accounts.rules.Level).
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
        )


def _registration(
    client_id: str,
    name: str,
    secret_hash: bytes,
    redirect_uris: list[str],
    signed_out_uris: list[str],
    scopes: list[str],
    required_level: str,
) -> Registration:
    addresses, farewells = frozenset(redirect_uris), frozenset(signed_out_uris)
    return Registration(client_id, name, secret_hash, addresses, farewells, frozenset(scopes), required_level)


def find(client_id: str) -> Registration | None:
    """The service of this id. Only those that exist are remembered, so nobody can fill the memory with inventions."""
    kept = _memory.get(client_id)
    now = time.monotonic()
    if kept and now - kept[0] < REMEMBERED:
        return kept[1]
    if not client_id or len(client_id) > 100 or "\0" in client_id:
        return None
    found = statement.one(_FIND, {"client_id": client_id}, _registration)
    if found is None:
        _memory.pop(client_id, None)
        return None
    _memory[client_id] = (now, found)
    return found


def forget() -> None:
    """Read registrations anew, now."""
    _memory.clear()
