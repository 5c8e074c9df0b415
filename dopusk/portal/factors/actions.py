"""Second factors: what a person has, enrolling, checking, taking away. Passkeys are in `passkeys.py`.

Whoever checks a code counts the failures and makes strangers wait: that is sign-in's (slice signin).
"""

import base64
import time
import uuid
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal import statement
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.actions import OnlyInSandbox, known_identity
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import make_link
from dopusk.portal.factors import rules, sql
from dopusk.portal.factors.models import Ceremony, Dismissal, Passkey, Policy, RecoveryCode, Totp
from dopusk.portal.factors.rules import Ask, Kind, Methods
from dopusk.portal.notices.actions import tell
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import Role
from dopusk.web.journal.actions import record

METHODS: Final = {Kind.TOTP: "приложение с кодами", Kind.PASSKEY: "ключ доступа", Kind.SMS: "код по СМС"}
NOT_ME_LASTS: Final = timedelta(days=10)


def is_operator(sub: uuid.UUID) -> bool:
    """Whether she holds a post: then two factors always, and SMS does not count (NIST SP 800-63B-4 §3.1.3.3)."""
    return Appointment.objects.filter(account_id=sub, ended_at=None).exists()


def required(account: Account) -> bool:
    """Whether a password alone does not let this person in: her choice, or her post."""
    return account.second_factor or is_operator(account.pk)


def policy(sub: uuid.UUID) -> Policy:
    """Her choices, or what holds until she makes any (not saved)."""
    return Policy.objects.filter(pk=sub).first() or Policy(account_id=sub)


def methods(sub: uuid.UUID) -> Methods:
    """What she can show as a second factor today. sms: her telephone is confirmed, she allows it, no operator."""
    return statement.one(sql.METHODS, {"sub": sub}, Methods) or Methods()


def asked(account: Account, *, known_device: bool) -> Methods | None:
    """The methods to choose from when this sign-in by password needs a second step; None when it does not.

    Also None for an operator who has enrolled nothing yet: she gets in, her rights sleep until she does.
    At a step-up (`/signin/again/`) pass known_device=False: there the second step is always asked.
    """
    have = methods(account.pk)
    operator = is_operator(account.pk)
    due = rules.asked(
        have,
        required=account.second_factor or operator,
        operator=operator,
        ask=Ask(policy(account.pk).ask),
        known_device=known_device,
    )
    return have if due else None


def protected(account: Account) -> bool:
    """Whether a password alone, on a device nobody knows, does not let in: what pages say of her second step.

    False for an operator who has enrolled nothing yet, though one is demanded of her.
    """
    return required(account) and methods(account.pk).any


def check_totp(sub: uuid.UUID, text: str) -> bool:
    """Whether this is the code her app shows now (±30 s). A code passes once: of two at the same time one does."""
    app = Totp.objects.filter(account_id=sub, confirmed_at__isnull=False).first()
    return app is not None and _accept(app, text)


def _accept(app: Totp, text: str) -> bool:
    step = rules.step_of(app.secret(), text, moment=time.time(), last_step=app.last_step)
    if step is None:
        return False
    later = Totp.objects.filter(pk=app.pk, last_step__lt=step)
    return later.update(last_step=step, used_at=timezone.now()) == 1


def use_recovery_code(sub: uuid.UUID, text: str) -> bool:
    """Whether this is one of her unused recovery codes; it is used up by this. One hash whatever the outcome.

    Raises passwords.Busy, as a password does.
    """
    code = rules.recovery_code(text)
    found = RecoveryCode.objects.filter(account_id=sub, head=code[: rules.HEAD], used_at=None).first()
    if not passwords.fits(code[rules.HEAD :], found.proof if found and code else None) or found is None:
        return False
    with transaction.atomic():
        if not RecoveryCode.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now()):
            return False
        left = RecoveryCode.objects.filter(account_id=sub, used_at=None).count()
        record(
            actor=str(sub),
            act="factor.recovery_code_used",
            subject=str(sub),
            words=f"Использован код восстановления; осталось: {left}",
            detail={"left": left},
        )
    return True


def begin_totp(sub: uuid.UUID) -> bytes:
    """The secret of the app being enrolled, the same until she shows a code of it or begins after an hour."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=sub)
        Totp.objects.filter(
            account_id=sub, confirmed_at=None, created_at__lt=timezone.now() - timedelta(hours=1)
        ).delete()
        app = Totp.objects.filter(account_id=sub, confirmed_at=None).first()
        if app is None:
            app = Totp(account_id=sub)
            app.seal(rules.new_secret())
            app.save(force_insert=True)
    return app.secret()


@transaction.atomic
def finish_totp(sub: uuid.UUID, text: str, *, session: str = "") -> bool:
    """Take the app into use if the code is its own, in place of the one before. From then on two steps are asked."""
    account = Account.objects.select_for_update().get(pk=sub)
    app = Totp.objects.filter(account_id=sub, confirmed_at=None).first()
    if app is None or not _accept(app, text):
        return False
    Totp.objects.filter(account_id=sub, confirmed_at__isnull=False).delete()
    Totp.objects.filter(pk=app.pk).update(confirmed_at=timezone.now())
    added(
        account,
        Kind.TOTP,
        "Добавлено приложение с кодами для входа",
        method=METHODS[Kind.TOTP],
        session=session,
    )
    return True


def _tell(sub: uuid.UUID, kind: str, method: str = "", *, urgent: bool = False) -> None:
    """A notice to her confirmed contacts, with a way to say «это не я»."""
    token = make_link("not_me", "", sub=sub, good_for=NOT_ME_LASTS, detail={"kind": kind})
    detail = {"method": method} if method else {}
    tell(sub, kind, detail=detail, urgent=urgent, not_me_token=token, link="/security/factors/")


def added(account: Account, kind: Kind, words: str, *, method: str, session: str = "") -> None:
    """Ask for two steps from now on, journal and tell. The caller holds the account's row."""
    _tell(account.pk, "factor_added", method, urgent=True)
    if not account.second_factor:
        account.second_factor = True
        account.save(update_fields=["second_factor"])
    record(
        actor=str(account.pk),
        act="factor.added",
        subject=str(account.pk),
        object_=f"factor:{kind}",
        words=words,
        session=session,
        detail={"kind": kind},
    )


@transaction.atomic
def remove(sub: uuid.UUID, kind: Kind, passkey: uuid.UUID | None = None, *, session: str = "") -> str | None:
    """Take one way away; the last one ends the second step. Code of the refusal: `operator_last_factor`, `no_factor`.

    With the last app or passkey go the recovery codes: they stand in for it and for nothing else.
    """
    account = Account.objects.select_for_update().get(pk=sub)
    have = methods(sub)
    code = rules.fault_of_removal(have, kind, operator=is_operator(sub))
    if code:
        return code
    key: Passkey | None = None
    if kind is Kind.SMS:
        if not policy(sub).sms:
            return "no_factor"
        Policy.objects.update_or_create(account=account, defaults={"sms": False})
        words = "Код по СМС больше не принимается как второй шаг входа"
    elif kind is Kind.TOTP:
        if not Totp.objects.filter(account=account, confirmed_at__isnull=False).delete()[0]:
            return "no_factor"
        words = "Убрано приложение с кодами для входа"
    else:
        key = Passkey.objects.filter(account=account, pk=passkey).first() if passkey else None
        if key is None:
            return "no_factor"
        key.delete()
        words = f"Убран ключ доступа «{key.name}»"
    method = f"{METHODS[kind]} «{key.name}»" if key else METHODS[kind]
    _tell(sub, "factor_removed", method, urgent=True)
    _removed(account, kind, words, session)
    return None


@transaction.atomic
def take_all_off(
    sub: uuid.UUID, *, by: str = "system", words: str = "При восстановлении доступа второй шаг входа снят"
) -> None:
    """End every way of the second step at once, for one who has lost them: after recovery, or by another operator.

    by: the operator's `sub`; words: what the journal says.
    """
    account = Account.objects.select_for_update().get(pk=sub)
    for rows in (Totp, Passkey, RecoveryCode, Policy):
        rows.objects.filter(account=account).delete()
    account.second_factor = is_operator(sub)
    account.save(update_fields=["second_factor"])
    _tell(sub, "factor_removed", urgent=True)
    record(
        actor=by,
        act="factor.all_removed",
        subject=str(sub),
        words=words,
    )


def _removed(account: Account, kind: Kind, words: str, session: str) -> None:
    if not methods(account.pk).strong:
        RecoveryCode.objects.filter(account=account).delete()
        account.second_factor = is_operator(account.pk)
        account.save(update_fields=["second_factor"])
    record(
        actor=str(account.pk),
        act="factor.removed",
        subject=str(account.pk),
        object_=f"factor:{kind}",
        words=words,
        session=session,
        detail={"kind": kind, "second_factor": account.second_factor},
    )


@transaction.atomic
def turn_on_sms(sub: uuid.UUID, *, session: str = "") -> str | None:
    """Let a code by SMS be a second step. Codes: `operator_no_sms`, `no_phone`, `factor_exists`."""
    account = Account.objects.select_for_update().get(pk=sub)
    if is_operator(sub):
        return "operator_no_sms"
    Policy.objects.update_or_create(account=account, defaults={"sms": True})
    have = methods(sub)
    if not have.sms:
        transaction.set_rollback(True)
        return "no_phone"
    added(
        account,
        Kind.SMS,
        "Код по СМС принимается как второй шаг входа",
        method=METHODS[Kind.SMS],
        session=session,
    )
    return None


@transaction.atomic
def set_ask(sub: uuid.UUID, ask: Ask, *, session: str = "") -> str | None:
    """When the second step is asked. Code of the refusal: `operator_always`."""
    account = Account.objects.select_for_update().get(pk=sub)
    if is_operator(sub) and ask is not Ask.ALWAYS:
        return "operator_always"
    if policy(sub).ask == ask:
        return None
    Policy.objects.update_or_create(account=account, defaults={"ask": ask})
    words = {
        Ask.ALWAYS: "Второй шаг входа теперь спрашивается при каждом входе",
        Ask.NEW_DEVICES: "Второй шаг входа теперь спрашивается только на новых устройствах",
    }
    _tell(sub, "factor_policy")
    record(
        actor=str(sub),
        act="factor.policy_changed",
        subject=str(sub),
        words=words[ask],
        session=session,
        detail={"ask": ask},
    )
    return None


def recovery_codes_mark(sub: uuid.UUID) -> str:
    """What tells one set of recovery codes from the next; empty when there is none."""
    made_at = RecoveryCode.objects.filter(account_id=sub).values_list("made_at", flat=True).first()
    return made_at.isoformat() if made_at else ""


def make_recovery_codes(sub: uuid.UUID, *, session: str = "", replaces: str | None = None) -> list[str]:
    """Ten new codes to show once; the old ones end. Empty when there is no app or passkey they could stand in for.

    replaces: the mark of the set she saw when she asked; where another stands by now, none are made.
    """
    codes = rules.new_recovery_codes()
    now = timezone.now()
    rows = []
    for code in codes:
        normal = rules.recovery_code(code)
        proof = passwords.make(normal[rules.HEAD :])
        rows.append(RecoveryCode(account_id=sub, head=normal[: rules.HEAD], proof=proof, made_at=now))
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=sub)
        if not methods(sub).strong or (replaces is not None and replaces != recovery_codes_mark(sub)):
            return []
        RecoveryCode.objects.filter(account_id=sub).delete()
        RecoveryCode.objects.bulk_create(rows)
        _tell(sub, "recovery_codes_made")
        record(
            actor=str(sub),
            act="factor.recovery_codes_made",
            subject=str(sub),
            words="Созданы новые коды восстановления; прежние больше не действуют",
            session=session,
        )
    return codes


def offer_due(sub: uuid.UUID) -> bool:
    """Whether to offer her a passkey after a sign-in by password: she has none and has not said «не сейчас» lately."""
    if Passkey.objects.filter(account_id=sub).exists():
        return False
    return not Dismissal.objects.filter(pk=sub, until__gt=timezone.now()).exists()


def dismiss(sub: uuid.UUID) -> None:
    """Do not offer a passkey for 30 days."""
    Dismissal.objects.update_or_create(account_id=sub, defaults={"until": timezone.now() + rules.OFFER_RESTS})


@transaction.atomic
def seed_known_factors() -> int:
    """In the sandbox: known operators hold every post and the app whose secret all know. Returns how many are new."""
    if not settings.SANDBOX:
        raise OnlyInSandbox
    made = 0
    for person in sandbox.PEOPLE:
        if not person.totp_secret:
            continue
        account = Account.objects.known_as(*known_identity(person).known_by()).filter(demo=True).first()
        if account is None:
            continue
        held = set(Appointment.objects.filter(account=account).values_list("role", flat=True))
        for role in Role:
            if role not in held:  # once: a post taken away stays away
                appoint(account.pk, role, by="system", told=False)
        if not methods(account.pk).strong:
            app = Totp(account=account, confirmed_at=timezone.now())
            app.seal(base64.b32decode(person.totp_secret))
            app.save(force_insert=True)
            made += 1
    return made


def known_code(person: sandbox.Person, moment: float) -> str:
    """The code that a known person's app shows and that has not been used; empty until the next one comes."""
    app = Totp.objects.filter(
        account__in=Account.objects.known_as(*known_identity(person).known_by()).filter(demo=True),
        confirmed_at__isnull=False,
    ).first()
    secret = base64.b32decode(person.totp_secret)
    step = rules.step_at(moment)
    if app is None or app.secret() != secret or app.last_step >= step:
        return ""
    return rules.code_at(secret, step)


def purge(batch: int = 1000) -> int:
    """Delete challenges over for an hour and apps not taken into use for a day; returns how many rows went."""
    now = timezone.now()
    over: list[QuerySet[Any]] = [
        Ceremony.objects.filter(good_until__lt=now - timedelta(hours=1)),
        Totp.objects.filter(confirmed_at=None, created_at__lt=now - timedelta(days=1)),
    ]
    gone = 0
    for rows in over:
        while some := list(rows.values_list("pk", flat=True)[:batch]):
            gone += rows.model._default_manager.filter(pk__in=some).delete()[0]  # noqa: SLF001 - Django's name for it
    return gone
