"""Clients come from the settings of the deployment."""

from collections.abc import Mapping

from django.db import transaction

from dopusk.registers.clients.models import Client
from dopusk.registers.clients.rules import SCOPES, digest


@transaction.atomic
def admit(tokens: Mapping[str, str]) -> list[str]:
    """Give each named client its token and scopes; a client without a token is no longer trusted. Idempotent.

    tokens: client name → token, as the settings hold them. Returns the names admitted.
    """
    admitted = []
    for name, scopes in SCOPES.items():
        token = tokens.get(name, "")
        if not token:
            Client.objects.filter(name=name).update(active=False)
            continue
        known = {"token_hash": digest(token), "scopes": [str(scope) for scope in scopes], "active": True}
        Client.objects.update_or_create(name=name, defaults=known)
        admitted.append(name)
    return admitted
