"""Changing contacts: asked for, proved, undone."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from dopusk.kernel import email, phone
from dopusk.portal.accounts.actions import change_sealed
from dopusk.portal.accounts.models import Account, Identifier, index_of
from dopusk.portal.accounts.rules import Kind, Known
from dopusk.portal.codes import actions as codes
from dopusk.portal.codes.rules import Gone, Held, Link, Right, Sent, Wrong
from dopusk.portal.contacts import rules
from dopusk.portal.contacts.models import Change
from dopusk.portal.contacts.rules import Contacts, Waiting
from dopusk.portal.notices.actions import tell
from dopusk.web.journal.actions import record

PHONE_CODE: Final = "contacts.phone"
EMAIL_LINKS: Final = {
    "owner": ("contacts.email", "/contacts/email/{token}/"),
    "registration": ("registration.email", "/registration/email/{token}/"),
}


class NotPossible(Exception):
    """Nothing was changed. code: `contact_same`, `contact_none`, `contact_last`, `nothing_waits`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Done:
    """The new contact is hers."""

    sub: uuid.UUID
    to: str


@dataclass(frozen=True)
class Taken:
    """She has shown that it is hers, and it is another account's: told to nobody before."""

    to: str


def contacts_of(sub: uuid.UUID) -> Contacts:
    """A person's contacts as they stand."""
    account = Account.objects.get(pk=sub)
    content = account.opened()
    shown = set(account.identifiers.exclude(verified_at=None).values_list("kind", flat=True))
    fresh = Change.objects.waiting().filter(account_id=sub)
    return Contacts(
        **{kind: content.get(kind, "") for kind in rules.KINDS if kind in shown},
        waiting=tuple(
            Waiting(one.id, one.kind, one.old_and_new()[1], one.by, one.made_at + rules.WAITS_FOR)
            for one in fresh
        ),
    )


def is_taken(kind: str, value: str, *, but: uuid.UUID | None = None) -> bool:
    """Whether a contact is another account's. For letters to its owner, never for a page before it is proved."""
    found = Identifier.objects.filter(index=index_of(Known(Kind(kind), rules.key(kind, value))))
    return (found.exclude(account_id=but) if but else found).exists()


def ask_phone(sub: uuid.UUID, new: str, *, network: str) -> Sent | Held:
    """Send a code to a new telephone; it waits, and the old one works meanwhile. Raises NotPossible (contact_same).

    The same is done and answered whether or not the number is another account's.
    """
    with transaction.atomic():
        contacts = _locked(sub)
        _check(rules.may_change(contacts, Kind.PHONE, new))
        waiting = Change.objects.waiting().filter(account_id=sub, kind=Kind.PHONE).first()
        same = waiting is not None and waiting.old_and_new()[1] == new
        variant = "taken" if is_taken(Kind.PHONE, new, but=sub) else ""
        answer = codes.send_code(PHONE_CODE, "sms", new, sub=sub, network=network, variant=variant)
        if isinstance(answer, Held):
            return answer
        change = waiting if waiting and same else _begin(sub, Kind.PHONE, contacts.phone, new, "owner")
        change.code, change.again_at, change.made_at = answer.id, answer.again_at, timezone.now()
        change.save(update_fields=["code", "again_at", "made_at"])
        if not same:
            record(
                actor=str(sub),
                act="contacts.asked",
                subject=str(sub),
                words=f"Вы запросили смену телефона на {phone.mask(new)}; прежний действует",
            )
    return answer


def code_again(sub: uuid.UUID, *, network: str) -> Sent | Held:
    """Another code to the telephone that waits. Raises NotPossible (nothing_waits)."""
    waiting = contacts_of(sub).waits(Kind.PHONE)
    if waiting is None:
        raise NotPossible("nothing_waits")
    return ask_phone(sub, waiting.to, network=network)


def again_at(sub: uuid.UUID) -> datetime | None:
    """When another code to the telephone that waits may be asked for."""
    return (
        Change.objects.filter(account_id=sub, kind=Kind.PHONE, state="waiting")
        .values_list("again_at", flat=True)
        .first()
    )


def prove_phone(sub: uuid.UUID, text: str) -> Done | Taken | Wrong | Gone:
    """Compare the code sent to the telephone that waits; a right one makes it hers. Raises NotPossible."""
    with transaction.atomic():
        _locked(sub)
        change = Change.objects.waiting().filter(account_id=sub, kind=Kind.PHONE).first()
        if change is None or change.code is None:
            raise NotPossible("nothing_waits")
        answer = codes.check_code(change.code, PHONE_CODE, text)
        return _finish(change) if isinstance(answer, Right) else answer


def ask_email(sub: uuid.UUID, new: str, *, by: str = "owner") -> Held | None:
    """Mail a link to a new address; it waits, and the old one works meanwhile. None when it went.

    by: "owner" or "registration". Raises NotPossible (contact_same). Held leaves the address waiting, if it is the
    registration's: the link can be asked for later.
    """
    with transaction.atomic():
        contacts = _locked(sub)
        _check(rules.may_change(contacts, Kind.EMAIL, new))
        waiting = Change.objects.waiting().filter(account_id=sub, kind=Kind.EMAIL).first()
        same = waiting is not None and waiting.old_and_new()[1] == new
        change = waiting if waiting and same else Change(account_id=sub, kind=Kind.EMAIL, by=by)
        purpose, path = EMAIL_LINKS[change.by]
        held = codes.send_link(
            purpose, new, path, sub=sub, good_for=rules.WAITS_FOR, detail={"change": str(change.id)},
            variant="taken" if is_taken(Kind.EMAIL, new, but=sub) else "",
        )  # fmt: skip
        if held and by != "registration":
            return held
        if same:
            change.made_at = timezone.now()
            change.save(update_fields=["made_at"])
        else:
            _begin(sub, Kind.EMAIL, contacts.email, new, by, change)
            record(
                actor=str(sub),
                act="contacts.asked",
                subject=str(sub),
                words=f"Вы указали новую почту {email.mask(new)}; она ждёт подтверждения",
            )
    return held


def link_again(sub: uuid.UUID) -> Held | None:
    """Another link to the address that waits. Raises NotPossible (nothing_waits)."""
    waiting = contacts_of(sub).waits(Kind.EMAIL)
    if waiting is None:
        raise NotPossible("nothing_waits")
    return ask_email(sub, waiting.to, by=waiting.by)


def look_at_link(token: str, purpose: str) -> Link | None:
    """The link of a letter, if what it confirms still waits; changes nothing."""
    link = codes.peek(token, purpose)
    return link if link and _of(link).exists() else None


def confirm_email(token: str, purpose: str) -> Done | Taken | None:
    """Use the link of a letter: the address becomes hers. None when the link is over."""
    with transaction.atomic():
        link = codes.use(token, purpose)
        found = _of(link).first() if link else None
        if link is None or found is None:
            return None
        _locked(found.account_id)
        change = _of(link).first()  # a new password, a lock or her own «отменить» may have come first
        return _finish(change) if change else None


def cancel(sub: uuid.UUID, kind: str) -> None:
    """Give up a contact that waits. Raises NotPossible (nothing_waits)."""
    with transaction.atomic():
        _locked(sub)
        change = Change.objects.filter(account_id=sub, kind=kind, state="waiting").first()
        if change is None:
            raise NotPossible("nothing_waits")
        _old, new = change.old_and_new()
        change.state, change.sealed = "cancelled", b""
        change.save(update_fields=["state", "sealed"])
        record(
            actor=str(sub),
            act="contacts.cancelled",
            subject=str(sub),
            words=f"Вы отменили новый контакт: {_mask(kind, new)}",
        )


def remove(sub: uuid.UUID, kind: str) -> None:
    """Take a contact away; another confirmed one has to remain. Raises NotPossible (contact_none, contact_last)."""
    with transaction.atomic():
        contacts = _locked(sub)
        _check(rules.may_remove(contacts, kind))
        change = _begin(sub, kind, contacts.of(kind), "", "owner")
        _settle(change, contacts, contacts.of(kind), "")


def replace_phone(sub: uuid.UUID, new: str, *, by: str = "recovery") -> Done | Taken:
    """Put a telephone that was proved elsewhere (recovery) in the place of a lost one; the old contacts are told."""
    with transaction.atomic():
        contacts = _locked(sub)
        return _finish(_begin(sub, Kind.PHONE, contacts.phone, new, by))


def revert(change_id: uuid.UUID) -> bool:
    """Undo a change for whoever holds the old contact and says «это не я»; False when there is nothing to undo.

    The old contact comes back whatever has been put in its place since; those later changes, and all that wait, are
    void, so that a thief's own links undo nothing. Where the old one is another account's by now, the new one goes
    and nothing comes.
    """
    with transaction.atomic():
        change = Change.objects.filter(pk=change_id).first()
        if change is None:
            return False
        sub = change.account_id
        _locked(sub)
        change.refresh_from_db()
        if not rules.may_revert(change.state, change.done_at, timezone.now()):
            return False
        old, new = change.old_and_new()
        try:
            change_sealed(sub, **{change.kind: old})
        except IntegrityError:
            change_sealed(sub, **{change.kind: ""})
        later = Change.objects.filter(
            account_id=sub, kind=change.kind, state="done", done_at__gte=change.done_at
        )
        later.update(state="reverted", sealed=b"")
        Change.objects.filter(account_id=sub, state="waiting").update(state="cancelled", sealed=b"")
        record(
            actor="system",
            act="contacts.reverted",
            subject=str(sub),
            object_=f"change:{change.id}",
            words=f"Отменён по сообщению «это не я» контакт {_mask(change.kind, new)}"
            if new
            else f"Возвращён по сообщению «это не я» контакт {_mask(change.kind, old)}",
        )
    return True


def purge() -> int:
    """End what was not proved in time and delete what can no longer be undone; returns how many rows went."""
    now = timezone.now()
    Change.objects.filter(state="waiting", made_at__lt=now - rules.WAITS_FOR).update(
        state="cancelled", sealed=b""
    )
    gone, _kinds = Change.objects.filter(made_at__lt=now - rules.KEPT).exclude(state="waiting").delete()
    return gone


def _locked(sub: uuid.UUID) -> Contacts:
    """The contacts, her account's row locked until the transaction ends."""
    Account.objects.select_for_update().get(pk=sub)
    return contacts_of(sub)


def _check(code: str) -> None:
    if code:
        raise NotPossible(code)


def _of(link: Link) -> QuerySet[Change]:
    return Change.objects.waiting().filter(pk=str(link.detail["change"]))


def _begin(sub: uuid.UUID, kind: str, old: str, new: str, by: str, change: Change | None = None) -> Change:
    """A change that waits, in the place of any that waited."""
    Change.objects.filter(account_id=sub, kind=kind, state="waiting").update(state="cancelled", sealed=b"")
    change = change or Change(account_id=sub, kind=kind, by=by)
    change.made_at = timezone.now()
    change.keep(old, new)
    change.save(force_insert=True)
    return change


def _finish(change: Change) -> Done | Taken:
    """The new contact is proved: it becomes hers, unless it is another's."""
    contacts = contacts_of(change.account_id)
    _old, new = change.old_and_new()
    try:
        _settle(change, contacts, contacts.of(change.kind), new)
    except IntegrityError:
        Change.objects.filter(pk=change.pk).update(state="taken", sealed=b"")
        return Taken(new)
    return Done(change.account_id, new)


@transaction.atomic
def _settle(change: Change, contacts: Contacts, old: str, new: str) -> None:
    """Write the new contact, tell the old ones, journal. Raises IntegrityError when it is another account's."""
    sub, kind = change.account_id, change.kind
    change_sealed(sub, **{kind: new})
    change.keep(old, new)
    change.state, change.done_at = "done", timezone.now()
    change.save(update_fields=["sealed", "state", "done_at"])
    told = [(rules.CHANNELS[each], contacts.of(each)) for each in rules.KINDS if contacts.of(each)]
    if told and change.by != "registration":
        token = codes.make_link(
            "not_me",
            old or told[0][1],
            sub=sub,
            good_for=rules.NOT_ME_FOR,
            detail={"change": str(change.id), "kind": kind},
        )
        detail = {"old": _mask(kind, old), "new": _mask(kind, new)} if old and new else {}
        tell(sub, f"{kind}_changed", detail=detail, to=told, not_me_token=token)
    record(
        actor="system" if change.by == "recovery" else str(sub),
        act=f"contacts.{kind}_changed",
        subject=str(sub),
        object_=f"change:{change.id}",
        words=f"Контакт подтверждён: {_mask(kind, new)}" if new else f"Контакт убран: {_mask(kind, old)}",
    )


def _mask(kind: str, value: str) -> str:
    return (phone.mask if kind == Kind.PHONE else email.mask)(value) if value else ""
