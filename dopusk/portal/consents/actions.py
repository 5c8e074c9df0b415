"""Giving and withdrawing consent."""

import uuid

from django.db import transaction
from django.utils import timezone

from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents import rules
from dopusk.portal.consents.models import Consent
from dopusk.web.journal.actions import record


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
        record(
            actor=str(sub),
            act="consent.revoked",
            subject=str(sub),
            object_=f"client:{consent.client_id}",
            words=f"Вы отозвали разрешение у сервиса «{consent.client.name}»; новых данных он не получит",
            session=session,
        )
    return consent
