"""Registering: a draft that survives between pages, and at its end an account, all at once."""

import dataclasses
import hashlib
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from dopusk.portal.accounts.actions import open_account
from dopusk.portal.accounts.rules import Kind
from dopusk.portal.codes import actions as codes
from dopusk.portal.codes.rules import Gone, Held, Right, Sent, Wrong
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.registration import rules
from dopusk.portal.registration.models import Agreement, Draft
from dopusk.portal.registration.rules import Typed
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.sessions.actions import Opened, Place
from dopusk.portal.sessions.rules import BY_PASSWORD
from dopusk.web.journal.actions import record

CODE = "registration.phone"


class PhoneTaken(Exception):
    """The telephone she has proved is an account's already."""


def consent_text() -> str:
    """The text of the consent in force, as markup. In Russian always: it is what she agrees to."""
    with translation.override("ru"):
        return render_to_string(
            f"registration/consent/{rules.CONSENT}.html",
            {"operator": settings.PORTAL_OPERATOR, "portal": settings.PORTAL_NAME},
        )


def begin(old_cookie: str, network: str, *, next_path: str = "/") -> str:
    """Keep her consent and begin a draft, or go on with the one this browser has; returns its new cookie.

    The cookie always changes, so that one planted by somebody else shows him nothing.
    """
    cookie, now = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        draft = _find(old_cookie, lock=True)
        typed = draft.typed() if draft else Typed()
        draft = draft or Draft()
        draft.token_hash = _hash(cookie)
        draft.consent_version, draft.consent_hash = rules.CONSENT, rules.fingerprint(consent_text())
        draft.consented_at, draft.network = now, network
        draft.expires_at = now + rules.LASTS
        draft.keep(dataclasses.replace(typed, next=next_path))
        draft.save()
    return cookie


def find(cookie: str) -> Draft | None:
    """The draft of this browser; None when it is over or never was."""
    return _find(cookie)


def tell_about(draft: Draft, typed: Typed, network: str) -> Held | None:
    """Keep name and contacts, and send a code to the telephone unless it is proved or on its way already.

    The same is done and answered whether or not the telephone and the mail are an account's. Held keeps what was typed.
    """
    with transaction.atomic():
        draft = _lock(draft)
        before = draft.typed()
        draft.keep(dataclasses.replace(typed, proved=before.proved, next=before.next))
        draft.save(update_fields=["sealed"])
        if before.proved == typed.phone:
            return None
        answer = _send(draft, typed.phone, network)
        on_its_way = isinstance(answer, Held) and answer.code == "too_soon" and before.phone == typed.phone
        return answer if isinstance(answer, Held) and not on_its_way else None


def code_again(draft: Draft, network: str) -> Sent | Held:
    """Another code to the telephone of the draft."""
    with transaction.atomic():
        draft = _lock(draft)
        return _send(draft, draft.typed().phone, network)


def prove(draft: Draft, text: str) -> Right | Wrong | Gone:
    """Compare the code that came to the telephone; a right one proves it hers."""
    with transaction.atomic():
        draft = _lock(draft)
        if draft.code is None:
            return Gone("unknown")
        answer = codes.check_code(draft.code, CODE, text)
        if isinstance(answer, Right):
            draft.keep(dataclasses.replace(draft.typed(), proved=answer.to))
            draft.save(update_fields=["sealed"])
        return answer


def is_taken(draft: Draft) -> bool:
    """Whether the telephone she has proved is an account's already. Asked only when it is proved."""
    proved = draft.typed().proved
    return bool(proved) and contacts.is_taken(Kind.PHONE, proved)


def finish(draft: Draft, password: str, place: Place) -> Opened:
    """Open the account, keep the consent, ask for the mail to be confirmed, sign her in: all of it or nothing.

    The caller has judged the password (`passwords.fault`) and seen that every step is done. Raises PhoneTaken,
    Draft.DoesNotExist when another request has finished it, and passwords.Busy.
    """
    with transaction.atomic():
        draft = _lock(draft)
        typed = draft.typed()
        try:
            with transaction.atomic():
                account = open_account(typed.identity(), password)
        except IntegrityError as error:
            raise PhoneTaken from error
        Agreement.objects.create(
            account=account,
            version=draft.consent_version,
            text_hash=bytes(draft.consent_hash),
            at=draft.consented_at,
            network=draft.network,
            device=place.device,
        )
        if typed.email:
            contacts.ask_email(account.sub, typed.email, by="registration")
        record(
            actor=str(account.sub),
            act="registration.consented",
            subject=str(account.sub),
            words=f"Вы согласились на обработку персональных данных, редакция {draft.consent_version}",
            detail={"text": bytes(draft.consent_hash).hex(), "network": draft.network},
        )
        opened = sessions.start(
            account.sub,
            place,
            amr=[BY_PASSWORD],
            words=f"Вы зарегистрировались и вошли на портал. Устройство: {place.device}; сеть {place.network}",
        )
        draft.delete()
    return opened


def purge() -> int:
    """Delete drafts that are over; returns how many rows went."""
    gone, _kinds = Draft.objects.filter(expires_at__lt=timezone.now()).delete()
    return gone


def _send(draft: Draft, phone: str, network: str) -> Sent | Held:
    variant = "taken" if contacts.is_taken(Kind.PHONE, phone) else ""
    answer = codes.send_code(
        CODE, "sms", phone, sub=None, network=network, browser=str(draft.id), variant=variant
    )
    if isinstance(answer, Sent):
        draft.code, draft.again_at = answer.id, answer.again_at
        draft.save(update_fields=["code", "again_at"])
    return answer


def _find(cookie: str, *, lock: bool = False) -> Draft | None:
    rows = Draft.objects.select_for_update() if lock else Draft.objects.all()
    return rows.filter(token_hash=_hash(cookie), expires_at__gt=timezone.now()).first() if cookie else None


def _lock(draft: Draft) -> Draft:
    return Draft.objects.select_for_update().get(pk=draft.pk)


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
