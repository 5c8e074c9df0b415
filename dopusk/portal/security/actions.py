"""A password changed by wish; sessions ended; devices forgotten."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.actions import set_password
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import make_link
from dopusk.portal.notices.actions import tell
from dopusk.portal.security import rules
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.sessions.access import Person
from dopusk.portal.sessions.actions import Place
from dopusk.portal.sessions.models import Device, Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.signin.rules import Held
from dopusk.web.journal.actions import record

CHANGED: Final = "Вы сменили пароль. Устройство: %s; сеть %s"


@dataclass(frozen=True)
class Wait:
    """The password of now was guessed at too often."""

    until: datetime


def change_password(
    person: Person, current: str | None, new: str, place: Place, *, end_others: bool
) -> str | Wait:
    """ "" when done, else `password_wrong` or `password_same`. current: None after a passkey (`rules.by_passkey`).

    The caller has judged the new one (`passwords.fault`). Guesses at the current one count as failures of sign-in.
    Raises passwords.Busy.
    """
    kept = Account.objects.get(pk=person.sub).password
    if current is not None:
        leave = signin.reserve_second(person.sub, place.device_cookie)
        if isinstance(leave, Held):
            return Wait(leave.until)
        if not passwords.fits(current, kept):
            return "password_wrong"
        signin.forgive(leave.keys)
    if passwords.fits(new, kept):
        return "password_same"
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=person.sub)
        if account.password != kept:  # changed meanwhile, by another page of hers or by a recovery
            return "password_wrong"
        set_password(account, new)
        signin.unlock_counts(account.pk)
        if end_others:
            sessions.end_all(
                account.pk,
                but=person.sid,
                lasting=True,
                actor=str(account.pk),
                words="Вы завершили входы на других устройствах",
            )
        token = make_link(
            "not_me", "", sub=account.pk, good_for=rules.NOT_ME_FOR, detail={"act": "password_changed"}
        )
        detail: dict[str, object] = {"device": place.device, "network": place.network}
        tell(account.pk, "password_changed", detail=detail, not_me_token=token, link="/security/")
        record(
            actor=str(account.pk), act="password.changed", subject=str(account.pk),
            words=CHANGED % (place.device, place.network), session=str(person.sid), detail=detail,
        )  # fmt: skip
    return ""


@transaction.atomic
def end_session(person: Person, sid: uuid.UUID) -> bool:
    """End one of her sessions, tokens of services with it. False when it is over or not hers."""
    session = (
        Session.objects.select_for_update()
        .filter(pk=sid, account_id=person.sub, ended_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if session is None:
        return False
    session.ended_at = timezone.now()
    session.save(update_fields=["ended_at"])
    sessions.ended(person.sub, [sid])
    record(
        actor=str(person.sub),
        act="sessions.ended",
        subject=str(person.sub),
        words=f"Вы завершили вход на устройстве: {session.device}; сеть {session.network}",
        session=str(person.sid),
        detail={"ended": 1},
    )
    return True


def end_others(person: Person) -> int:
    """End all her sessions but this one; how many."""
    return sessions.end_all(
        person.sub, but=person.sid, actor=str(person.sub), words="Вы завершили входы на других устройствах"
    )


@transaction.atomic
def forget_devices(person: Person, device: uuid.UUID | None = None) -> int:
    """Forget one browser she is known by, or all; the next sign-in there is a sign-in from a new device. How many."""
    known = Device.objects.filter(account_id=person.sub)
    if device:
        known = known.filter(pk=device)
    gone = known.count()
    known.delete()
    if gone:
        record(
            actor=str(person.sub),
            act="devices.forgotten",
            subject=str(person.sub),
            words="Вы попросили портал забыть знакомое устройство"
            if device
            else "Вы попросили портал забыть все знакомые устройства",
            session=str(person.sid),
            detail={"forgotten": gone},
        )
    return gone
