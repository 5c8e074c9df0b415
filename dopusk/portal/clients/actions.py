"""Registering services."""

import dataclasses
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients import models, rules
from dopusk.portal.clients.models import Client
from dopusk.portal.clients.rules import Registration
from dopusk.web.journal.actions import record


class RegistrationRefused(Exception):
    """A registration that cannot be: `.code` says why, `.value` what."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code, self.value = code, value


def secret_hash(secret: str) -> bytes:
    """How a client's secret is kept. It is random and long, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """A secret nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def register(
    client_id: str,
    *,
    name: str,
    secret: str | None,
    redirect_uris: list[str],
    signed_out_uris: list[str],
    scopes: list[str],
    required_level: Level = Level.SIMPLIFIED,
    auth_method: str = "client_secret_basic",
    grant_types: list[str] | None = None,
    jwks: Mapping[str, Any] | None = None,
    id_token_alg: str = "ES256",  # noqa: S107 - an algorithm
    backchannel_logout_uri: str = "",
    par_required: bool = False,
    dpop_required: bool = False,
    only_new: bool = False,
    version: str | None = None,
    actor: str = "system",
    session: str = "",
) -> Client:
    """Register a service or bring its registration up to date; a disabled one stays so. Raises RegistrationRefused.

    secret: in clear; an empty text for a service that shows who it is in another way; None keeps what it has.
    required_level: below it nobody gets to consent; the portal leads her to prove who she is. only_new: refused as
    `client_id_taken` when there is one. version: `version_of` the registration that is being changed; refused as
    `changed_meanwhile` when it is another by now. actor: the operator's `sub`, or "system"; session: hers. The rest
    is as in `clients.models.Client`.
    """
    wanted = {
        "name": name.strip(),
        "redirect_uris": redirect_uris,
        "signed_out_uris": signed_out_uris,
        "scopes": scopes,
        "required_level": required_level.value,
        "auth_method": auth_method,
        "grant_types": ["authorization_code"] if grant_types is None else grant_types,
        "jwks": dict(jwks or {}),
        "id_token_alg": id_token_alg,
        "backchannel_logout_uri": backchannel_logout_uri,
        "par_required": par_required,
        "dpop_required": dpop_required,
    }
    with transaction.atomic():
        before = Client.objects.select_for_update().filter(pk=client_id).first()
        if before and only_new:
            raise RegistrationRefused("client_id_taken", client_id)
        if version is not None and (before is None or version_of(before) != version):
            raise RegistrationRefused("changed_meanwhile", client_id)
        client = _registered(
            client_id, before, wanted, secret, only_new=only_new, actor=actor, session=session
        )
    models.forget()
    return client


def _registered(
    client_id: str,
    before: Client | None,
    wanted: dict[str, Any],
    secret: str | None,
    *,
    only_new: bool,
    actor: str,
    session: str,
) -> Client:
    kept = bytes(before.secret_hash) if before else b""
    hashed = kept if secret is None else secret_hash(secret) if secret else b""
    new = Client(client_id=client_id, secret_hash=hashed, **wanted).registration()
    shown = "" if secret is None and not kept else secret
    if fault := rules.registration_fault(new, secret=shown, plain_http=settings.PLAIN_HTTP_CLIENTS):
        raise RegistrationRefused(*fault)
    if before and dataclasses.replace(before.registration(), enabled=True) == new:
        return before
    client, created = _kept(client_id, {**wanted, "secret_hash": hashed}, only_new=only_new)
    record(
        actor=actor,
        act="client.registered" if created else "client.changed",
        subject="",
        object_=f"client:{client_id}",
        session=session,
        words=f"Сервис «{client.name}» {'зарегистрирован' if created else 'изменён'}",
        detail={
            "changed": sorted(wanted) if before is None else _changed(before.registration(), new),
            **{key: wanted[key] for key in ("redirect_uris", "scopes", "required_level", "auth_method")},
        },
    )
    return client


def _kept(client_id: str, values: dict[str, Any], *, only_new: bool) -> tuple[Client, bool]:
    if not only_new:
        return Client.objects.update_or_create(pk=client_id, defaults=values)
    try:
        with transaction.atomic():
            return Client.objects.create(pk=client_id, **values), True
    except IntegrityError:  # somebody was faster
        raise RegistrationRefused("client_id_taken", client_id) from None


def version_of(client: Client) -> str:
    """What changes with the registration: two who change it at once are told apart by it."""
    return hashlib.sha256(repr(_comparable(client.registration())).encode()).hexdigest()[:16]


def _comparable(one: Registration) -> list[object]:
    values = (getattr(one, field.name) for field in dataclasses.fields(one))
    return [sorted(value) if isinstance(value, frozenset) else value for value in values]


def _changed(before: Registration, after: Registration) -> list[str]:
    """Names of what differs, for the journal; never the values, a hash of a secret being among them."""
    return [
        one.name for one in dataclasses.fields(after) if getattr(before, one.name) != getattr(after, one.name)
    ]


@transaction.atomic
def change_secret(client_id: str, *, actor: str, session: str) -> str:
    """A new secret, in clear, for this once; the old one opens nothing from now on. Raises Client.DoesNotExist."""
    client = Client.objects.select_for_update().get(pk=client_id)
    secret = new_secret()
    client.secret_hash = secret_hash(secret)
    client.save(update_fields=["secret_hash"])
    _noted(
        client,
        "client.secret_changed",
        "Сервису «{}» выдан новый секрет; прежний не действует",
        actor,
        session,
    )
    return secret


@transaction.atomic
def disable(client_id: str, *, actor: str, session: str) -> bool:
    """Serve it no more; False when it is disabled already. Raises Client.DoesNotExist."""
    client = Client.objects.select_for_update().get(pk=client_id)
    if client.disabled_at:
        return False
    client.disabled_at = timezone.now()
    client.save(update_fields=["disabled_at"])
    _noted(client, "client.disabled", "Сервис «{}» отключён", actor, session)
    return True


@transaction.atomic
def enable(client_id: str, *, actor: str, session: str) -> bool:
    """Serve it again; False when it is not disabled. Raises Client.DoesNotExist."""
    client = Client.objects.select_for_update().get(pk=client_id)
    if client.disabled_at is None:
        return False
    client.disabled_at = None
    client.save(update_fields=["disabled_at"])
    _noted(client, "client.enabled", "Сервис «{}» снова включён", actor, session)
    return True


def _noted(client: Client, act: str, words: str, actor: str, session: str) -> None:
    record(
        actor=actor,
        act=act,
        subject="",
        object_=f"client:{client.pk}",
        words=words.format(client.name),
        session=session,
    )
    transaction.on_commit(models.forget)
