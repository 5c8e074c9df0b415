"""Recovering access step by step, and undoing for whoever says «это не я»."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.kernel.passport import Passport
from dopusk.portal.accounts.models import Account, Identifier, index_of
from dopusk.portal.accounts.rules import Kind, meanings
from dopusk.portal.codes import actions as codes
from dopusk.portal.codes.rules import Right, Sent
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.factors import actions as factors
from dopusk.portal.notices.actions import confirmed_contacts
from dopusk.portal.recovery import rules
from dopusk.portal.recovery.models import Recovery, Try
from dopusk.portal.recovery.rules import Evidence
from dopusk.portal.sessions.actions import Place
from dopusk.portal.signin import actions as signin
from dopusk.portal.signin.rules import Held
from dopusk.trust.sealing import blind_index
from dopusk.web.journal.actions import record

PURPOSES: Final = {"sms": "recovery.phone", "mail": "recovery.email"}
EVIDENCE: Final = {"sms": Evidence.PHONE, "mail": Evidence.EMAIL}
CHANNELS: Final = {evidence: channel for channel, evidence in EVIDENCE.items()}


@dataclass(frozen=True)
class Begun:
    """A recovery has begun, whether or not anybody is known by what was typed. cookie: what binds it to the browser."""

    cookie: str


@dataclass(frozen=True)
class Wait:
    """Too many recoveries from here, for anybody."""

    until: datetime


@dataclass(frozen=True)
class Standing:
    """Where a recovery stands. stage: `code` (nothing shown yet), `choice` (from the second step: is it lost?), `more`,
    `password`, `stuck` (only support in person helps). steps: what may be shown next. factor: sign-in will ask for a
    second factor afterwards; spares: one that whoever recovers has not in hand already (`rules.factor_stays`)."""

    stage: str
    steps: tuple[Evidence, ...] = ()
    shown: frozenset[Evidence] = frozenset()
    factor: bool = False
    spares: bool = False


def begin(identifier: str, channel: str, place: Place, *, asks_factor: bool = False) -> Begun | Wait:
    """Send a code to whoever is known by this identifier, in any usual spelling. The same work is done for nobody.

    asks_factor: she comes from the second step of a sign-in (`Recovery.asks_factor`).
    """
    known = meanings(identifier)
    typed = f"{known[0].kind}:{known[0].value}" if known else f"?:{identifier.strip().casefold()}"
    index, now = blind_index(settings.SEALING_KEY, "recovery identifier", typed), timezone.now()
    recent = Recovery.objects.filter(
        started_at__gt=now - rules.WINDOW, network=place.network, identifier=index
    ).values_list("started_at", flat=True)
    until = rules.held_until(list(recent), rules.STARTS_HERE, rules.WINDOW, now)
    if until:
        return Wait(until)
    cookie = secrets.token_urlsafe(32)
    with transaction.atomic():
        recovery = Recovery(
            token_hash=_hash(cookie), account=_found(identifier), identifier=index, network=place.network,
            channel=channel, sent_at=now, started_at=now, ends_at=now + rules.LASTS,
            asks_factor=asks_factor,
        )  # fmt: skip
        recovery.keep(typed=typed, phone="")
        recovery.save(force_insert=True)
        until = _send(recovery, channel)
        if until:
            transaction.set_rollback(True)
            return Wait(until)
    return Begun(cookie)


def _found(identifier: str) -> Account | None:
    """The account of the likeliest meaning that belongs to somebody, as sign-in chooses it."""
    indexes = [index_of(one) for one in meanings(identifier)]
    accounts = {
        bytes(one.index): one.account
        for one in Identifier.objects.filter(index__in=indexes, account__closed_at=None).select_related(
            "account"
        )
    }
    found = next((accounts[index] for index in indexes if index in accounts), None)
    return found if found and (settings.SANDBOX or not found.demo) else None


def _send(recovery: Recovery, channel: str) -> datetime | None:
    """Send a code, or seem to. Until when the network waits; what holds back a number or an account is told to nobody,
    for two identifiers of one person would betray each other."""
    typed: str = recovery.kept()["typed"]
    address = _address(recovery, "phone" if channel == "sms" else "email")
    answer = codes.send_code(
        PURPOSES[channel], channel, address or _nobodys(typed, channel),
        sub=recovery.account_id or codes.nobody(typed),
        network=recovery.network, real=bool(address), browser=str(recovery.id),
    )  # fmt: skip
    if not isinstance(answer, Sent) and answer.code == "network_cap":
        return answer.until
    recovery.code = answer.id if isinstance(answer, Sent) else uuid.uuid4()
    recovery.channel, recovery.sent_at = channel, timezone.now()
    recovery.save(update_fields=["code", "channel", "sent_at"])
    return None


def _address(recovery: Recovery, kind: str) -> str:
    """The confirmed contact to write to, or ""; for nobody the same statements are sent and as much is opened."""
    confirmed = Identifier.objects.filter(
        account_id=recovery.account_id or uuid.uuid4(), kind=kind, verified_at__isnull=False
    ).exists()
    content = recovery.account.opened() if recovery.account else recovery.kept()
    return str(content.get(kind) or "") if confirmed else ""


def _nobodys(typed: str, channel: str) -> str:
    """An address for counting what is sent to nobody: what was typed, or one that cannot exist."""
    kind, _colon, value = typed.partition(":")
    if (kind, channel) in {("phone", "sms"), ("email", "mail")}:
        return value
    number = blind_index(settings.SEALING_KEY, "recovery nobody", typed).hex()
    return f"+7000{int(number[:12], 16) % 10**7:07d}" if channel == "sms" else f"{number[:16]}@nobody.invalid"


def living(cookie: str) -> Recovery | None:
    """The recovery of this browser, if it is under way."""
    if not cookie:
        return None
    return (
        Recovery.objects.select_related("account")
        .filter(token_hash=_hash(cookie), done_at=None, ends_at__gt=timezone.now())
        .first()
    )


def standing(recovery: Recovery) -> Standing:
    """Where it stands, and what may be shown next."""
    shown = frozenset(Evidence(one) for one in recovery.shown)
    if not shown or recovery.account is None:
        return Standing("code")
    factor = factors.required(recovery.account) and not recovery.lost_factor
    have = factors.methods(recovery.account.pk)
    spares = rules.factor_stays(
        asked=factor and have.any, sms=have.sms, shown=shown, phone_replaced=recovery.phone_proved
    )
    if recovery.asks_factor and factor and Evidence.FACTOR not in shown:
        return Standing("choice", (), shown, factor, spares)
    possible = rules.ways(_held(recovery.account), lost_factor=recovery.lost_factor)
    if rules.enough(possible, shown):
        return Standing("password", (), shown, factor, spares)
    steps = rules.next_steps(possible, shown)
    return Standing("more" if steps else "stuck", steps, shown, factor, spares)


def _held(account: Account) -> rules.Held:
    content, methods = account.opened(), factors.methods(account.pk)
    shown = confirmed_contacts(account.pk)
    have = {
        Evidence.PHONE: bool(shown.get("phone")),
        Evidence.EMAIL: bool(shown.get("email")),
        Evidence.SNILS: bool(content.get("snils")),
        Evidence.FACTOR: methods.totp or methods.recovery_codes_left > 0,
        Evidence.DATA: bool(content.get("snils") and content.get("identity_document") and account.birth_date),
    }
    return rules.Held(account.level, frozenset(one for one, there in have.items() if there))


class Over(Exception):
    """This recovery has ended: too much time, too many wrong codes, or it is done. Begin anew."""


def _locked(recovery_id: uuid.UUID) -> Recovery:
    found = (
        Recovery.objects.select_for_update()
        .filter(pk=recovery_id, done_at=None, ends_at__gt=timezone.now(), failures__lt=rules.CODE_TRIES)
        .first()
    )
    if found is None:
        raise Over
    return found


@transaction.atomic
def send_again(recovery_id: uuid.UUID, channel: str, place: Place) -> bool:
    """Another code, by either channel; False within a minute of the last. Raises Over."""
    recovery = _locked(recovery_id)
    if timezone.now() - recovery.sent_at < rules.AGAIN_AFTER and channel == recovery.channel:
        return False
    recovery.network = place.network
    return _send(recovery, channel) is None


@transaction.atomic
def check_code(recovery_id: uuid.UUID, text: str) -> str:
    """An empty text when the code fits, else `code_wrong` or `code_expired`: the same for nobody. Raises Over."""
    recovery = _locked(recovery_id)
    if timezone.now() > recovery.sent_at + rules.CODE_LIVES:
        return "code_expired"
    answer = codes.check_code(recovery.code, PURPOSES[recovery.channel], text)
    if not isinstance(answer, Right) or answer.sub != recovery.account_id:
        recovery.failures += 1
        recovery.save(update_fields=["failures"])
        return "code_wrong"
    _show(recovery, EVIDENCE[recovery.channel])
    return ""


def _show(recovery: Recovery, evidence: Evidence) -> None:
    first = not recovery.shown
    recovery.shown = sorted({*recovery.shown, evidence.value})
    recovery.code = uuid.uuid4()
    recovery.save(update_fields=["shown", "code"])
    if first:
        record(
            actor="system",
            act="recovery.begun",
            subject=str(recovery.account_id),
            object_=f"recovery:{recovery.pk}",
            words=f"Началось восстановление доступа, сеть {recovery.network}",
        )


@dataclass(frozen=True)
class Data:
    """What she typed, to be compared with what the portal holds. passport, birth_date: None where СНИЛС is enough."""

    snils: str
    passport: Passport | None = None
    birth_date: date | None = None


@transaction.atomic
def show_data(recovery_id: uuid.UUID, data: Data) -> str | Wait:
    """Compare with what is sealed; each try counts before it is compared. "" or `data_mismatch`, never which field.

    Raises Over.
    """
    recovery, account = of_owner(recovery_id)
    held = _count(account, "data", rules.DATA_TRIES)
    if held:
        return held
    content = account.opened()
    same = [secrets.compare_digest(str(content.get("snils") or ""), data.snils)]
    if data.passport:
        kept = content.get("identity_document") or {}
        number = f"{kept.get('series', '')}{kept.get('number', '')}"
        same.append(secrets.compare_digest(number, f"{data.passport.series}{data.passport.number}"))
        same.append(account.birth_date == data.birth_date)
    if not all(same):
        record(
            actor="system",
            act="recovery.data_refused",
            subject=str(account.pk),
            words=f"При восстановлении доступа данные не совпали, сеть {recovery.network}",
        )
        return "data_mismatch"
    if data.passport:
        _show(recovery, Evidence.SNILS)
    _show(recovery, Evidence.DATA if data.passport else Evidence.SNILS)
    return ""


@transaction.atomic
def show_factor(recovery_id: uuid.UUID, text: str) -> str | Wait:
    """A code of her app, or a recovery code. "" or `factor_wrong`. Raises Over, passwords.Busy."""
    recovery, account = of_owner(recovery_id)
    held = _count(account, "factor", rules.FACTOR_TRIES)
    if held:
        return held
    leave = signin.reserve_second(
        account.pk, ""
    )  # one count with guesses at sign-in: NIST SP 800-63B-4 §3.2.2
    if isinstance(leave, Held):
        return Wait(leave.until)
    if not (factors.check_totp(account.pk, text) or factors.use_recovery_code(account.pk, text)):
        record(
            actor="system",
            act="recovery.factor_refused",
            subject=str(account.pk),
            words=f"При восстановлении доступа код второго шага не подошёл, сеть {recovery.network}",
        )
        return "factor_wrong"
    signin.forgive(leave.keys)
    _show(recovery, Evidence.FACTOR)
    return ""


def of_owner(recovery_id: uuid.UUID) -> tuple[Recovery, Account]:
    """The recovery and its account, both locked, the account first as all who end recoveries do; only when one
    contact has been shown."""
    sub = Recovery.objects.filter(pk=recovery_id).values_list("account_id", flat=True).first()
    if sub is None:
        raise Over
    account = Account.objects.select_for_update().get(pk=sub)
    recovery = _locked(recovery_id)
    if not recovery.shown:
        raise Over
    return recovery, account


def _count(account: Account, what: str, most: int) -> Wait | None:
    now = timezone.now()
    times = list(
        Try.objects.filter(account=account, what=what, at__gt=now - rules.DATA_WINDOW).values_list(
            "at", flat=True
        )
    )
    until = rules.held_until(times, most, rules.DATA_WINDOW, now)
    if until:
        return Wait(until)
    Try.objects.create(account=account, what=what, at=now)
    return None


@transaction.atomic
def give_up_factor(recovery_id: uuid.UUID) -> bool:
    """She has lost her second factor too: more is asked for, and then it is taken off. False for operators, whose
    duty it is: an administrator helps them. Raises Over."""
    recovery, account = of_owner(recovery_id)
    if factors.is_operator(account.pk):
        return False
    recovery.lost_factor = True
    recovery.save(update_fields=["lost_factor"])
    return True


@transaction.atomic
def keep_factor(recovery_id: uuid.UUID) -> None:
    """She still has her second factor, or means to find it: only the password is renewed. Raises Over."""
    recovery, _account = of_owner(recovery_id)
    recovery.asks_factor = False
    recovery.save(update_fields=["asks_factor"])


@transaction.atomic
def ask_phone(recovery_id: uuid.UUID, new: str) -> datetime | None:
    """Send a code to the telephone that is to replace the lost one; until when to wait, or None. Raises Over."""
    recovery, account = of_owner(recovery_id)
    if standing(recovery).stage != "password" or Evidence.PHONE in standing(recovery).shown:
        raise Over
    answer = codes.send_code(
        PURPOSES["sms"], "sms", new, sub=account.pk, network=recovery.network, browser=f"new {recovery.id}"
    )
    if not isinstance(answer, Sent):
        return answer.until
    recovery.keep(**{**recovery.kept(), "phone": new})
    recovery.phone_code, recovery.phone_proved = answer.id, False
    recovery.save(update_fields=["sealed", "phone_code", "phone_proved"])
    return None


@transaction.atomic
def prove_phone(recovery_id: uuid.UUID, text: str) -> str:
    """Compare the code sent to the new telephone: "", `code_wrong`, or `phone_taken` by another. Raises Over."""
    recovery, account = of_owner(recovery_id)
    if recovery.phone_code is None:
        raise Over
    answer = codes.check_code(recovery.phone_code, PURPOSES["sms"], text)
    new: str = recovery.kept()["phone"]
    if not isinstance(answer, Right) or answer.to != new:
        return "code_wrong"
    recovery.phone_code = None
    recovery.phone_proved = not contacts.is_taken(Kind.PHONE, new, but=account.pk)
    recovery.save(update_fields=["phone_code", "phone_proved"])
    return "" if recovery.phone_proved else "phone_taken"


def purge(batch: int = 1000) -> int:
    """Delete recoveries and tries that matter to no limit any more; returns how many rows went."""
    before = timezone.now() - rules.DATA_WINDOW - rules.WINDOW
    total = 0
    for rows in (Recovery.objects.filter(started_at__lt=before), Try.objects.filter(at__lt=before)):
        gone = batch
        while gone == batch:
            gone, _kinds = rows.model.objects.filter(
                pk__in=list(rows.values_list("pk", flat=True)[:batch])
            ).delete()
            total += gone
    return total


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
