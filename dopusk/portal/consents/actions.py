"""Giving and withdrawing consent."""

import uuid
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents import rules
from dopusk.portal.consents.models import Consent
from dopusk.web.journal.actions import record

# Higher slices that have to know, in the transaction of the withdrawal: called with the person and the service.
WITHDRAWN: Final[list[Callable[[uuid.UUID, str], None]]] = []


def give(sub: uuid.UUID, client: Registration, scopes: frozenset[str], *, session: str) -> Consent:
    """Let the service know these things, besides what it may know already."""
    now = timezone.now()
    asked = rules.in_order(scopes & client.scopes)
    with transaction.atomic():
        consent, created = Consent.objects.select_for_update().get_or_create(
            account_id=sub,
            client_id=client.client_id,
            revoked_at=None,
            defaults={"scopes": asked, "first_given_at": now, "given_at": now},
        )
        if not created:
            consent.scopes = rules.in_order(frozenset(consent.scopes) | frozenset(asked))
            consent.given_at = now
            consent.save(update_fields=["scopes", "given_at"])
        record(
            actor=str(sub),
            act="consent.given",
            subject=str(sub),
            object_=f"client:{client.client_id}",
            words=f"Вы разрешили сервису «{client.name}» получать: {rules.in_words(frozenset(asked))}",
            session=session,
            detail={"scopes": asked},
        )
    return consent


def revoke(sub: uuid.UUID, consent_id: int, *, session: str) -> Consent | None:
    """Withdraw a consent; tokens given under it end at once. None when it is not hers or not in force."""
    with transaction.atomic():
        consent = Consent.objects.select_for_update(of=("self",)).of(sub).filter(pk=consent_id).first()
        if consent is None:
            return None
        consent.revoked_at = timezone.now()
        consent.save(update_fields=["revoked_at"])
        _withdrawn(sub, consent.client_id)
        record(
            actor=str(sub),
            act="consent.revoked",
            subject=str(sub),
            object_=f"client:{consent.client_id}",
            words=f"Вы отозвали разрешение у сервиса «{consent.client.name}»; новых данных он не получит",
            session=session,
        )
    return consent


def revoke_all(sub: uuid.UUID) -> None:
    """Withdraw every consent of an account that is being closed, in the transaction that closes it."""
    standing = list(Consent.objects.select_for_update(of=("self",)).of(sub))
    Consent.objects.filter(pk__in=[one.pk for one in standing]).update(revoked_at=timezone.now())
    for one in standing:
        _withdrawn(sub, one.client_id)


def _withdrawn(sub: uuid.UUID, client_id: str) -> None:
    for hears in WITHDRAWN:
        hears(sub, client_id)
