"""Registering services."""

import hashlib

from django.db import transaction

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients import models, rules
from dopusk.portal.clients.models import Client
from dopusk.web.journal.actions import record

SHORTEST_SECRET = 32  # characters


class RegistrationRefused(Exception):
    """A registration that cannot be: `.code` says why, `.value` what."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code, self.value = code, value


def secret_hash(secret: str) -> bytes:
    """How a client's secret is kept. It is random and long, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).digest()


def register(
    client_id: str,
    *,
    name: str,
    secret: str,
    redirect_uris: list[str],
    signed_out_uris: list[str],
    scopes: list[str],
    required_level: Level = Level.SIMPLIFIED,
) -> Client:
    """Register a service or bring its registration up to date. Raises RegistrationRefused.

    required_level: below it nobody gets to consent; the portal leads her to prove who she is.
    """
    if len(secret) < SHORTEST_SECRET:
        raise RegistrationRefused("secret_short", client_id)
    for uri in [*redirect_uris, *signed_out_uris]:
        fault = rules.address_fault(uri)
        if fault:
            raise RegistrationRefused(fault, uri)
    values = {
        "name": name,
        "secret_hash": secret_hash(secret),
        "redirect_uris": redirect_uris,
        "signed_out_uris": signed_out_uris,
        "scopes": scopes,
        "required_level": required_level.value,
    }
    with transaction.atomic():
        before = Client.objects.select_for_update().filter(pk=client_id).first()
        if before and before.registration() == Client(client_id=client_id, **values).registration():
            return before
        client, created = Client.objects.update_or_create(pk=client_id, defaults=values)
        record(
            actor="system",
            act="client.registered" if created else "client.changed",
            subject="",
            object_=f"client:{client_id}",
            words=f"Сервис «{name}» {'зарегистрирован' if created else 'изменён'}",
            detail={"redirect_uris": redirect_uris, "scopes": scopes, "required_level": required_level.value},
        )
    models.forget()
    return client
