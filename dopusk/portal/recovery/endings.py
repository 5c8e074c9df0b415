"""How a recovery ends: the new password is hers, or somebody says «это не я» of what was done in her name."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.actions import set_password
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes import actions as codes
from dopusk.portal.codes.rules import Link
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.factors import actions as factors
from dopusk.portal.notices.actions import tell
from dopusk.portal.recovery import rules
from dopusk.portal.recovery.actions import Over, of_owner, standing
from dopusk.portal.recovery.models import Recovery
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.sessions.actions import Place
from dopusk.portal.sessions.models import Device
from dopusk.portal.signin import actions as signin
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry

# What higher slices end of whatever «это не я» was said of, by the kind of its object ("certificate:<uuid>"): they are
# given whose it is, the object's key, and the act the letter or the line of the journal told of.
ENDED: Final[dict[str, Callable[[uuid.UUID, str, str], None]]] = {}


def end_object(sub: uuid.UUID, object_: str, act: str) -> None:
    """End it, if anybody knows how; the caller holds the account's row."""
    kind, _, key = object_.partition(":")
    if kind in ENDED:
        ENDED[kind](sub, key, act)


def _end_what_opened(sub: uuid.UUID, told: Mapping[str, Any]) -> None:
    """A letter of a new device names no object: what sign-ins on such a device were made with is ended."""
    since = timezone.now() - rules.NOT_ME_FOR
    lines = Entry.objects.filter(subject=str(sub), act="signin.done", at__gt=since).exclude(object="")
    seen = [(one.object, one.act) for one in lines if _same_place(json.loads(one.detail), told)]
    for object_, act in dict.fromkeys(seen):
        end_object(sub, object_, act)


def _same_place(line: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return all(line.get(name) == told.get(name) for name in ("device", "network"))


@dataclass(frozen=True)
class Done:
    """The new password is hers. cooling_until: services that demand a confirmed account are closed until then;
    locked: an operator's lock stays."""

    cooling_until: datetime | None
    locked: bool


@transaction.atomic
def finish(recovery_id: uuid.UUID, password: str, place: Place) -> Done | str:
    """Set the new password and end whatever was gained by the old one; or the code `password_same`.

    The caller has judged the password (`passwords.fault`). Raises Over, passwords.Busy.
    """
    recovery, account = of_owner(recovery_id)
    where = standing(recovery)
    if where.stage != "password":
        raise Over
    if passwords.fits(password, account.password):
        return "password_same"
    now = timezone.now()
    new_phone = recovery.kept()["phone"] if recovery.phone_proved else ""
    if recovery.lost_factor:
        factors.take_all_off(account.pk)
        account.refresh_from_db()
    if new_phone:
        contacts.replace_phone(account.pk, new_phone, by="recovery")
        account.refresh_from_db()
    set_password(account, password)
    locked = account.lock_reason == "operator"
    until = rules.cooling(
        account.level, factor_stays=where.spares, hours=settings.RECOVERY_COOLING_HOURS, now=now
    )
    account.cooling_until = max(filter(None, [until, account.cooling_until]), default=None)
    account.save(update_fields=["cooling_until"])
    if not locked:
        signin.unlock(account.pk, by="recovery", why="восстановление доступа")
    end_everything(account, "Доступ восстановлен, все прежние входы завершены")
    recovery.done_at = now
    recovery.save(update_fields=["done_at"])
    token = codes.make_link(
        "not_me", "", sub=account.pk, good_for=rules.NOT_ME_FOR, detail={"act": "recovered"}
    )
    detail = {"until": until} if until else {}
    tell(account.pk, "recovered", detail=detail, urgent=True, not_me_token=token, link="/security/")
    record(
        actor=str(account.pk),
        act="recovery.done",
        subject=str(account.pk),
        object_=f"recovery:{recovery.pk}",
        words=f"Доступ восстановлен, пароль изменён. Устройство: {place.device}; сеть {place.network}",
        detail={"shown": recovery.shown, "cooling_until": until, "lost_factor": recovery.lost_factor},
    )
    return Done(until, locked)


def end_everything(account: Account, words: str) -> None:
    """Sessions, tokens with them, even those that outlive sessions, known devices, recoveries under way. The caller
    holds the account's row."""
    sessions.end_all(account.pk, lasting=True, actor="system", words=words)
    Device.objects.filter(account=account).delete()
    Recovery.objects.filter(account=account, done_at=None).update(ends_at=timezone.now())


def disavowed(token: str) -> Link | None:
    """What «это не я» of a letter would undo; changes nothing."""
    return codes.peek(token, "not_me")


def consequences(link: Link | None) -> dict[str, Any]:
    """What pressing «это не я» brings with it. contact: the former one comes back; certificate: it is blocked; hours:
    how long services that demand a confirmed account stay closed once she has recovered, when nothing spares the wait;
    0: they do not."""
    account = Account.objects.filter(pk=link.sub).first() if link and link.sub else None
    hours = settings.RECOVERY_COOLING_HOURS if account and account.level == "confirmed" else 0
    told = link.detail if link else {}
    certificate = str(told.get("object", "")).startswith("certificate:")
    return {
        "link": link,
        "contact": bool(told.get("change")),
        "certificate": certificate,
        "hours": max(hours, 0),
    }


@transaction.atomic
def disavow(token: str) -> bool:
    """«Это не я»: close sign-in, end all sessions, undo the change of contact the letter told of. False when the link
    is over. The owner gets in again by recovery."""
    link = codes.use(token, "not_me")
    if link is None or link.sub is None:
        return False
    account = Account.objects.select_for_update().get(pk=link.sub)
    if account.closed_at:
        return False
    change = link.detail.get("change")
    reverted = bool(change) and contacts.revert(uuid.UUID(change))
    if account.lock_reason != "operator":
        signin.lock(account.pk, "owner")
    end_everything(account, "Все входы завершены по сообщению «это не я»")
    end_object(account.pk, link.detail.get("object", ""), link.detail.get("act", ""))
    if link.detail.get("act") == "new_device":
        _end_what_opened(account.pk, link.detail)
    if reverted:
        tell(account.pk, "contact_reverted")
    if account.lock_reason == "operator":  # no recovery opens that
        tell(account.pk, "locked_by_operator", urgent=True)
    else:
        tell(account.pk, "locked", urgent=True, link="/recovery/")
    record(
        actor="system",
        act="recovery.disavowed",
        subject=str(account.pk),
        words="По ссылке из письма сообщено «это не я»; вход закрыт",
        detail={key: link.detail[key] for key in ("act", "kind", "change", "object") if key in link.detail},
    )
    return True
