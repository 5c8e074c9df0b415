"""Support at work: every look and every act stands in the person's own journal, and she is told of acts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from dopusk.portal.accounts.actions import open_account, set_password
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.passwords import make
from dopusk.portal.accounts.rules import Identity, Level
from dopusk.portal.codes.actions import make_link
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.factors import actions as factors
from dopusk.portal.notices.actions import tell
from dopusk.portal.operators.models import Appointment
from dopusk.portal.registration.actions import consent_text
from dopusk.portal.registration.models import Agreement
from dopusk.portal.registration.rules import CONSENT, fingerprint
from dopusk.portal.sessions.actions import end_all
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.signin.standing import counted
from dopusk.portal.support import rules, words
from dopusk.portal.support.models import Look, Temporary
from dopusk.portal.support.rules import Act, Reason, Stands, Why
from dopusk.web.delivery.actions import send
from dopusk.web.delivery.models import Letter
from dopusk.web.design.templatetags.design import moment
from dopusk.web.journal.actions import record


class NotDone(Exception):
    """Nothing was changed. code: of `rules.fault`; or `too_many_looks`, `phone_taken`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Operator:
    """Who acts: her key, her session, whether she also appoints operators."""

    sub: uuid.UUID
    session: str
    administrator: bool = False


def look_up(text: str, operator: Operator, *, reason: Reason, ticket: str) -> Look:
    """Find one account by an identifier in any usual spelling; `account` of the answer is empty when there is none.

    Both stand in the journal: hers, or the site's own. Raises NotDone (`too_many_looks`).
    """
    now = timezone.now()
    with transaction.atomic():
        _may_look(operator, now)
        found = Account.objects.by_text(text)
        look = Look.objects.create(
            operator_id=operator.sub, account=found, reason=reason, ticket=ticket, at=now
        )
        if found:
            said = (
                f"Поддержка открыла Вашу учётную запись. Причина: {words.REASONS[reason]}; обращение {ticket}"
            )
        else:
            said = f"Поддержка искала учётную запись и не нашла. Причина: {words.REASONS[reason]}; обращение {ticket}"
        record(
            actor=str(operator.sub),
            act="support.looked_up" if found else "support.found_nobody",
            subject=str(found.pk) if found else "system",
            session=operator.session,
            words=said,
            detail={"reason": reason, "ticket": ticket},
        )
    return look


def _may_look(operator: Operator, now: datetime) -> None:
    """Her look-ups are counted one after another; she holds her row until the transaction ends. Raises NotDone."""
    Account.objects.select_for_update().get(pk=operator.sub)
    lately = Look.objects.filter(operator_id=operator.sub, at__gt=now - rules.LOOK_LASTS)
    if lately.count() >= rules.LOOKS_AN_HOUR:
        raise NotDone("too_many_looks")


def look_of(operator: uuid.UUID, sub: uuid.UUID) -> Look | None:
    """The look-up by which this operator may see this account now."""
    rows = Look.objects.living(operator, sub, timezone.now())
    return rows.select_related("account").first()


def note_journal(look: Look, operator: Operator) -> None:
    """Write down, once a look-up, that the operator reads the person's journal."""
    with transaction.atomic():
        if Look.objects.filter(pk=look.pk, journal_at=None).update(journal_at=timezone.now()):
            record(
                actor=str(operator.sub),
                act="support.journal_read",
                subject=str(look.account_id),
                session=operator.session,
                words=f"Поддержка прочла Ваш журнал активности; обращение {look.ticket}",
                detail={"ticket": look.ticket},
            )


def stands(account: Account, operator: uuid.UUID) -> Stands:
    """The account as the rules of support see it now."""
    living = Session.objects.filter(account=account, ended_at=None, expires_at__gt=timezone.now())
    return Stands(
        own=account.pk == operator,
        operators=Appointment.objects.filter(account=account, ended_at=None).exists(),
        closed=account.closed_at is not None,
        locked_by=account.lock_reason if account.locked_at else "",
        counted=counted(account.pk).failures > 0,
        must_change=account.must_change,
        sessions=living.count(),
        second=factors.methods(account.pk).strong,
    )


@transaction.atomic
def do(act: Act, sub: uuid.UUID, operator: Operator, *, why: Why, explained: str) -> None:
    """Do it, note it in her journal and tell her why. Raises NotDone with a code of `rules.fault`."""
    account = Account.objects.select_for_update().get(pk=sub)
    code = rules.fault(act, stands(account, operator.sub), administrator=operator.administrator)
    if code:
        raise NotDone(code)
    reason = f"{words.TOLD[why]}. {explained}".rstrip(".")
    match act:
        case Act.UNLOCK:
            said = f"Поддержка сняла ограничения входа. Причина: {words.TOLD[why]}; пояснение: {explained}"
            signin.unlock(sub, by=str(operator.sub), why=reason, words=said)
            token = make_link(
                "not_me", "", sub=sub, good_for=factors.NOT_ME_LASTS, detail={"kind": "unlocked"}
            )
            tell(sub, "unlocked", detail={"reason": reason}, not_me_token=token)
        case Act.LOCK:
            signin.lock(sub, "operator")
            tell(sub, "locked_by_operator", detail={"reason": reason}, urgent=True)
            _note(
                operator, sub, "support.locked",
                f"Поддержка закрыла вход. Причина: {words.TOLD[why]}; пояснение: {explained}",
            )  # fmt: skip
        case Act.ORDER_PASSWORD:
            _order_password(account, operator, why, explained, reason)
        case Act.END_SESSIONS:
            _end_sessions(sub, operator, why, explained)
            tell(sub, "sessions_ended", detail={"reason": reason})
        case Act.TAKE_FACTORS:
            said = (
                f"Второй шаг входа снят другим оператором. Причина: {words.TOLD[why]}; пояснение: {explained}"
            )
            factors.take_all_off(sub, by=str(operator.sub), words=said)
            _end_sessions(sub, operator, why, explained)
        case Act.SEND_PASSWORD:
            _send_password(account, operator)
            _note(
                operator, sub, "support.password_sent",
                f"Поддержка отправила временный пароль в СМС. Причина: {words.TOLD[why]}; пояснение: {explained}",
            )  # fmt: skip


def _end_sessions(
    sub: uuid.UUID, operator: Operator, why: Why, explained: str, *, lasting: bool = False
) -> None:
    said = f"Поддержка завершила все Ваши сеансы. Причина: {words.TOLD[why]}; пояснение: {explained}"
    end_all(sub, lasting=lasting, actor=str(operator.sub), words=said)


def _order_password(account: Account, operator: Operator, why: Why, explained: str, reason: str) -> None:
    account.must_change = "ordered"
    account.save(update_fields=["must_change"])
    _end_sessions(account.pk, operator, why, explained, lasting=True)
    tell(account.pk, "password_ordered", detail={"reason": reason}, urgent=True)
    said = (
        "Поддержка потребовала новый пароль при следующем входе. "
        f"Причина: {words.TOLD[why]}; пояснение: {explained}"
    )
    _note(operator, account.pk, "support.password_ordered", said)


def _note(operator: Operator, sub: uuid.UUID, act: str, said: str) -> None:
    record(actor=str(operator.sub), act=act, subject=str(sub), session=operator.session, words=said)


@dataclass(frozen=True)
class Newcomer:
    """Whom an operator opens an account for; phone and e-mail in normal spelling, e-mail may be empty."""

    last_name: str
    first_name: str
    patronymic: str
    phone: str
    email: str


def open_for(who: Newcomer, operator: Operator, *, ticket: str, network: str) -> Account:
    """Open an account for somebody who is at the desk and has signed the consent on paper.

    A temporary password goes to her telephone; nobody else sees it, and she changes it at her first sign-in. The
    e-mail becomes hers when she opens the link sent there. It tells whether a telephone is taken, so it counts as a
    look-up. Raises NotDone (`phone_taken`, `too_many_looks`), passwords.Busy.
    """
    with transaction.atomic():
        now = timezone.now()
        _may_look(operator, now)
        try:
            return _open_for(who, operator, ticket=ticket, network=network)
        except IntegrityError:
            Look.objects.create(operator_id=operator.sub, reason=Reason.REQUEST, ticket=ticket, at=now)
    raise NotDone("phone_taken")


@transaction.atomic
def _open_for(who: Newcomer, operator: Operator, *, ticket: str, network: str) -> Account:
    identity = Identity(
        last_name=who.last_name, first_name=who.first_name, patronymic=who.patronymic, gender="", birth_date="",
        snils="", inn="", phone=who.phone, email="", passport={}, level=Level.SIMPLIFIED,
    )  # fmt: skip
    account = open_account(identity, rules.temporary_password())
    now, text_hash = timezone.now(), fingerprint(consent_text())
    Agreement.objects.create(
        account=account, version=CONSENT, text_hash=text_hash, at=now, network=network, device="paper"
    )
    Look.objects.create(
        operator_id=operator.sub, account=account, reason=Reason.REQUEST, ticket=ticket, at=now
    )
    _send_password(account, operator)
    tell(account.pk, "operator_made", to=[])
    if who.email:
        contacts.ask_email(account.pk, who.email, by="registration")
    _note(
        operator, account.pk, "support.consent_on_paper",
        f"Согласие на обработку персональных данных дано на бумаге, редакция {CONSENT}",
    )  # fmt: skip
    _note(
        operator, account.pk, "support.account_opened",
        f"Учётную запись открыл оператор по Вашей просьбе; обращение {ticket}",
    )  # fmt: skip
    return account


def _send_password(account: Account, operator: Operator) -> None:
    """A new temporary password by SMS; the one before fits no more."""
    now, phone = timezone.now(), account.opened()["phone"]
    until = now + rules.TEMPORARY_LASTS
    password = rules.temporary_password()
    set_password(account, password, must_change="operator_made")
    for letter in Letter.objects.filter(purpose="support.password", about=str(account.pk), state="waiting"):
        Letter.objects.filter(pk=letter.pk, state="waiting").update(good_until=now)
    with translation.override("ru"):
        text = words.temporary(settings.PORTAL_NAME, settings.PORTAL_URL, password, moment(until))
    send(
        channel="sms",
        to=phone,
        purpose="support.password",
        text=text,
        about=str(account.pk),
        good_until=until,
    )
    Temporary.objects.update_or_create(
        account=account,
        defaults={"made_by_id": operator.sub, "sent_at": now, "good_until": until, "over_at": None},
    )


def put_out(now: datetime | None = None) -> int:
    """Make temporary passwords that were not used in time fit no more; how many. Recovery or support help then."""
    now, count = now or timezone.now(), 0
    for key in list(Temporary.objects.filter(over_at=None, good_until__lte=now).values_list("pk", flat=True)):
        unknown = make(rules.temporary_password())
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=key)
            due = Temporary.objects.filter(pk=key, over_at=None, good_until__lte=now)
            if not due.update(over_at=now) or account.must_change != "operator_made":
                continue
            account.password = unknown
            account.save(update_fields=["password"])
            record(
                actor="system",
                act="support.password_over",
                subject=str(key),
                words="Временный пароль не использован за 72 часа и больше не действует",
            )
            count += 1
    return count


def note_letters(operator: Operator, letters: list[Letter]) -> None:
    """Write down for whom they went that an operator looked what was sent to their address."""
    with transaction.atomic():
        for sub in sorted({letter.about for letter in letters if letter.about}):
            record(
                actor=str(operator.sub),
                act="support.letters_seen",
                subject=sub,
                session=operator.session,
                words="Поддержка смотрела, какие сообщения Вам отправлены; их текста она не видит",
            )


def purge() -> int:
    """Delete look-ups older than 90 days; how many. What they were stays in the journal."""
    return Look.objects.filter(at__lt=timezone.now() - rules.KEPT).delete()[0]
