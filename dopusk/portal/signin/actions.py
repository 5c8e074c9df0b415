"""Signing in: the password, what a sign-in lacks after it, the end of it."""

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.actions import set_password
from dopusk.portal.accounts.models import Account, index_of
from dopusk.portal.accounts.rules import meanings
from dopusk.portal.factors import actions as factors
from dopusk.portal.sessions.actions import Opened, Place, Shut, end_all, start
from dopusk.portal.sessions.rules import BY_PASSWORD, cookie_hash, together
from dopusk.portal.signin import rules, sql
from dopusk.portal.signin.models import Pending
from dopusk.portal.signin.rules import Held, Step
from dopusk.portal.signin.ways import WAYS
from dopusk.trust.sealing import blind_index
from dopusk.web.journal.actions import record

REFUSED: Final = "Неудачная попытка входа: пароль не подошёл. Устройство: {device}; сеть {network}"
UNHEARD: Final = (
    "Попытка входа отклонена без проверки пароля: неудачных попыток слишком много. "
    "Устройство: {device}; сеть {network}"
)
BY_ONE_STEP: Final = "Вы вошли на портал по паролю. Устройство: {device}; сеть {network}"
BY_TWO_STEPS: Final = "Вы вошли на портал по паролю и второму шагу. Устройство: {device}; сеть {network}"


@dataclass(frozen=True)
class Mismatch:
    """Identifier and password do not fit together, whether or not such an account exists."""

    held_until: datetime | None
    closed: bool = False


@dataclass(frozen=True)
class Locked:
    """The password is right, and the account is locked: since when and by whose wish (`Account.lock_reason`)."""

    since: datetime
    reason: str


@dataclass(frozen=True)
class Awaiting:
    """The password is right, and a step is lacking; cookie: of the pending sign-in."""

    cookie: str
    step: Step


@dataclass(frozen=True)
class SignedIn:
    """A whole sign-in. known: in a browser that was hers before."""

    opened: Opened
    known: bool


Outcome = SignedIn | Awaiting | Locked | Mismatch | Held


@dataclass(frozen=True)
class _Found:
    sub: uuid.UUID | None
    password: str | None
    demo: bool | None
    is_locked: bool
    must_change: str
    second_factor: bool
    password_set_at: datetime | None
    device_known: bool
    counted: bool
    allowed: bool
    held_until: datetime | None
    now: datetime
    keys: list[bytes]
    network_key: bytes
    durability: str = field(repr=False)

    @property
    def until(self) -> datetime | None:
        """Until when the next attempt waits, if it does."""
        return self.held_until if self.held_until and self.held_until > self.now else None

    def closed(self) -> bool:
        """Whether that is for good, until somebody unlocks."""
        return self.until is not None and self.until - self.now > rules.CLOSED_FROM


def _key(purpose: str, text: str) -> bytes:
    return blind_index(settings.SEALING_KEY, f"signin {purpose}", text)


@cache
def salt(sealing_key: bytes) -> bytes:
    """What keys of counts are hashed with."""
    return blind_index(sealing_key, "signin throttle", "salt")


def sign_in(identifier: str, password: str, place: Place, *, next_path: str = "/") -> Outcome:
    """Open a session, or say what is lacking, or that it did not fit, or until when this browser waits.

    The same work is done whether or not the account exists. Raises passwords.Busy.
    """
    known = meanings(identifier)
    indexes = [index_of(one) for one in known]
    found = statement.one(
        sql.RESERVE,
        {
            "salt": salt(settings.SEALING_KEY),
            "indexes": indexes,
            "typed": indexes[0] if indexes else _key("typed", identifier.strip().casefold()),
            "network": place.network.encode(),
            "device_token": cookie_hash(place.device_cookie),
        },
        _Found,
    )
    assert found is not None
    if not found.counted:
        return Held(found.until or found.now + timedelta(seconds=1), found.closed())
    exists = found.sub is not None and found.allowed and (settings.SANDBOX or not found.demo)
    if passwords.fits(password, found.password if exists else None) and found.sub:
        return _right(found, password, place, next_path)
    _fail(found, place)
    return Mismatch(found.until, found.closed())


def _fail(found: _Found, place: Place) -> None:
    words = REFUSED if found.allowed else UNHEARD
    statement.one(
        sql.FAIL,
        {
            "network_key": found.network_key,
            "network_forgiven": rules.NETWORK_FORGIVEN_A_MINUTE,
            "network_tries": rules.NETWORK_TRIES,
            "network_wait": rules.NETWORK_WAIT,
            "subject": str(found.sub or ""),
            "words": words.format(device=place.device, network=place.network),
            "trace": trace.current(),
            "detail": json.dumps({"device": place.device, "network": place.network}, ensure_ascii=False),
        },
        tuple,
    )


def _right(found: _Found, password: str, place: Place, next_path: str) -> Outcome:
    """The password fits: a session, or what is lacking. The owner has proved herself, so she is told all."""
    assert found.sub is not None
    assert found.password is not None
    if found.is_locked:
        statement.one(sql.FORGIVE, {"keys": found.keys}, tuple)
        account = Account.objects.get(pk=found.sub)
        return Locked(account.locked_at or found.now, account.lock_reason)
    must_change = found.must_change or _why_change(found, password)
    second_due = found.second_factor and _second_is_due(found)
    step = rules.next_step(second_due=second_due, amr=[BY_PASSWORD], must_change=must_change)
    if step is not Step.DONE:
        return Awaiting(_await(found, place, second_due, must_change, next_path), step)
    words = BY_ONE_STEP.format(device=place.device, network=place.network)
    try:
        opened = start(
            found.sub, place, amr=[BY_PASSWORD], words=words,
            opening=sql.OPEN, keys={"keys": found.keys}, kept=found.password,
        )  # fmt: skip
    except Shut:  # locked, or given a new password, at this very moment: as if it had come a moment later
        return Mismatch(None)
    if passwords.outdated(found.password):
        fresh = passwords.make(password)
        Account.objects.filter(pk=found.sub, password=found.password).update(password=fresh)
    return SignedIn(opened, found.device_known)


def _why_change(found: _Found, password: str) -> str:
    if passwords.listed(password):
        return "listed"
    since = found.password_set_at
    return "aged" if since is not None and passwords.aged(since, found.now) else ""


def _second_is_due(found: _Found) -> bool:
    assert found.sub is not None
    account = Account.objects.get(pk=found.sub)
    return factors.asked(account, known_device=found.device_known) is not None


def _await(found: _Found, place: Place, second_due: bool, must_change: str, next_path: str) -> str:
    cookie = secrets.token_urlsafe(32)
    statement.one(
        sql.AWAIT,
        {
            "keys": found.keys,
            "id": uuid.uuid4(),
            "token": cookie_hash(cookie),
            "sub": found.sub,
            "password": found.password,
            "amr": [BY_PASSWORD],
            "second_due": second_due,
            "must_change": must_change,
            "device_known": found.device_known,
            "next_path": next_path,
            "lasts": rules.PENDING_LASTS,
        },
        tuple,
    )
    return cookie


# the steps after the password


def pending(cookie: str) -> Pending | None:
    """The sign-in this browser has begun, if it is still good."""
    if not cookie:
        return None
    return (
        Pending.objects.select_related("account")
        .filter(token_hash=cookie_hash(cookie), used_at=None, good_until__gt=timezone.now())
        .first()
    )


def step_of(begun: Pending) -> Step:
    """What it lacks now."""
    return rules.next_step(second_due=begun.second_due, amr=begun.amr, must_change=begun.must_change)


@dataclass(frozen=True)
class Try:
    """Leave to try a second step once. keys: to be forgiven when it is right."""

    keys: list[bytes]
    held_until: datetime | None


@dataclass(frozen=True)
class _Second:
    counted: bool
    held_until: datetime | None
    now: datetime
    key: bytes


def reserve_second(sub: uuid.UUID, device_cookie: str) -> Try | Held:
    """Count a try of a second step before it is looked at, over all sessions of the person; `forgive` when right."""
    found = statement.one(
        sql.RESERVE_SECOND,
        {"salt": salt(settings.SEALING_KEY), "sub": sub, "device_token": cookie_hash(device_cookie)},
        _Second,
    )
    assert found is not None
    if not found.counted:
        until = found.held_until or found.now + timedelta(seconds=1)
        return Held(until, until - found.now > rules.CLOSED_FROM)
    later = found.held_until if found.held_until and found.held_until > found.now else None
    return Try([found.key], later)


def forgive(keys: list[bytes]) -> None:
    """The attempt was right: its counts begin anew."""
    statement.one(sql.FORGIVE, {"keys": keys}, tuple)


@transaction.atomic
def second_failed(sub: uuid.UUID, place: Place, *, signed_in: bool = False) -> None:
    """Note in her journal a second step, or a proof in the middle of a session, that did not succeed."""
    if signed_in:
        actor, act = str(sub), "signin.again_failed"
        words = f"Личность не подтверждена ещё раз. Устройство: {place.device}; сеть {place.network}"
    else:
        actor, act = "stranger", "signin.second_failed"
        words = f"Первый шаг входа пройден, второй нет. Устройство: {place.device}; сеть {place.network}"
    detail: dict[str, object] = {"device": place.device, "network": place.network}
    record(actor=actor, act=act, subject=str(sub), words=words, detail=detail)


def second_passed(begun: Pending, amr: list[str], keys: list[bytes]) -> None:
    """Note the second step on the pending sign-in."""
    forgive(keys)
    begun.amr = together(begun.amr, amr)
    begun.save(update_fields=["amr"])


@transaction.atomic
def finish(begun: Pending, place: Place, *, new_password: str = "") -> Opened:
    """The last step is done: keep the new password, if one was due, and open the session. Single use; raises Shut."""
    account = Account.objects.select_for_update().get(pk=begun.account_id)  # first, as `lock` does
    used = Pending.objects.filter(pk=begun.pk, used_at=None, good_until__gt=timezone.now())
    if not used.update(used_at=timezone.now()):
        raise Shut
    if account.password != begun.password:
        raise Shut
    if new_password:
        set_password(account, new_password)
        words = "Пароль сменён при входе: прежние сеансы завершены"
        end_all(account.pk, lasting=True, actor=str(account.pk), words=words)
        unlock_counts(account.pk)
        record(
            actor=str(account.pk),
            act="password.changed",
            subject=str(account.pk),
            words="Пароль сменён при входе",
            detail={"why": begun.must_change},
        )
    if begun.way:
        return enter_by(begun.way, begun.way_key, account.pk, place, begun.amr)
    how = BY_TWO_STEPS if "mfa" in begun.amr else BY_ONE_STEP
    words = how.format(device=place.device, network=place.network)
    return start(account.pk, place, amr=begun.amr, words=words)


@transaction.atomic
def enter_by(way: str, key: str, sub: uuid.UUID, place: Place, amr: list[str]) -> Opened:
    """Open a session another way (`ways.WAYS`), and let its slice note what it has to. Raises Shut."""
    by = WAYS[way]
    how = by.words_two_steps if "mfa" in amr else by.words
    words = how.format(by=by.named(key), device=place.device, network=place.network)
    opened = start(sub, place, amr=amr, words=words, object_=by.object_key(key))
    by.opened(opened, key)
    return opened


def enter_by_passkey(sub: uuid.UUID, amr: list[str], place: Place) -> Opened | Locked:
    """A passkey is no guess: no count stops it. Raises Shut for an account that is over."""
    account = Account.objects.get(pk=sub)
    if account.locked_at:
        return Locked(account.locked_at, account.lock_reason)
    words = f"Вы вошли на портал по ключу доступа. Устройство: {place.device}; сеть {place.network}"
    return start(sub, place, amr=amr, words=words)


# locks


@transaction.atomic
def lock(sub: uuid.UUID, reason: str) -> None:
    """Nobody signs in until `unlock`; sessions and tokens end. reason: `Account.lock_reason`."""
    account = Account.objects.select_for_update().get(pk=sub)
    if account.locked_at is None:
        account.locked_at = timezone.now()
    account.lock_reason = reason
    account.save(update_fields=["locked_at", "lock_reason"])
    Pending.objects.filter(account=account, used_at=None).update(used_at=timezone.now())
    # before the journal: who is entering a service this moment holds her session, and wants the journal next
    ending = "Все сеансы завершены: вход в учётную запись закрыт"
    end_all(sub, lasting=True, actor="system", words=ending)
    words = "Вход в учётную запись закрыт"
    record(actor="system", act="signin.locked", subject=str(sub), words=words, detail={"reason": reason})


@transaction.atomic
def unlock(sub: uuid.UUID, *, by: str, why: str, words: str = "Вход в учётную запись снова открыт") -> None:
    """Take the lock off and forget all failures counted against her.

    by: an operator's `sub`, or "system"; words: what she reads of it in her journal.
    """
    account = Account.objects.select_for_update().get(pk=sub)
    account.locked_at, account.lock_reason = None, ""
    account.save(update_fields=["locked_at", "lock_reason"])
    unlock_counts(sub)
    record(
        actor=by,
        act="signin.unlocked",
        subject=str(sub),
        words=words,
        detail={"why": why},
    )


def unlock_counts(sub: uuid.UUID) -> None:
    """Forget all failures counted against her: the password they were guesses of is no more, or she has asked."""
    keys: Mapping[str, Any] = {"salt": salt(settings.SEALING_KEY), "sub": sub}
    statement.one(sql.UNLOCK, keys, tuple)


def purge(batch: int = 1000) -> int:
    """Delete what ended long ago, a batch a transaction; returns how many rows went."""
    return statement.in_batches(sql.PURGE_THROTTLES, batch) + statement.in_batches(sql.PURGE_PENDING, batch)
