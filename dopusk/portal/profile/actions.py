"""Writing a profile down: facts, what she says of herself, scans, the monthly look, a new name."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from dopusk.kernel import names
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.notices.actions import tell
from dopusk.portal.oidc.backchannel import level_fell
from dopusk.portal.profile import rules
from dopusk.portal.profile.models import Document, Fact, Look, NameChange
from dopusk.portal.proofing.models import Suspension
from dopusk.web.files import actions as files
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry

SECTION_WORDS = {
    "education": "образование",
    "qualification": "квалификация",
    "employment": "профессиональная деятельность",
    "registration": "адрес регистрации",
    "residence": "адрес проживания",
}
FIELD_WORDS = {
    "last_name": "фамилия",
    "first_name": "имя",
    "patronymic": "отчество",
    "birth_date": "дата рождения",
    "gender": "пол",
}
DOCUMENT_WORDS = {
    "diploma": "диплом",
    "certificate": "сертификат",
    "licence": "лицензия",
    "name_change": "документ о смене имени",
    "other": "другой документ",
}

READ = "profile.document_read"
# of closing.py; here, where the sentences of the journal stand together
CLOSED = "Вы закрыли учётную запись; Ваши данные стёрты, журнал остаётся"
SESSIONS_CLOSED = "Все сеансы завершены: учётная запись закрыта"
EXPORTED = "Вы скачали всё, что портал хранит о Вас"


class NotDone(Exception):
    """Nothing was changed. code: `changed_meanwhile`, `too_many`, `too_many_documents`, `gone`, `waits_already`,
    `same_name`, `in_review`, `decided_already`, `own_request`, `reason_unknown`, `holds_post`,
    `suspended`, `document_unseen`, or one of `rules.immutable`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Faulty(Exception):
    """What was typed cannot stay; nothing was changed. faults: field by field."""

    def __init__(self, faults: list[rules.Fault]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


def _lock(sub: uuid.UUID) -> Account:
    """The person's own row: her changes wait for each other. Raises NotDone: it was closed meanwhile."""
    account = Account.objects.select_for_update().filter(pk=sub, closed_at=None).first()
    if account is None:
        raise NotDone("gone")
    return account


def _judge(section: str, content: Mapping[str, str], account: Account) -> None:
    found = rules.faults(section, content, timezone.localdate(), account.birth_date)
    if found:
        raise Faulty(found)


def _note(account: Account, act: str, words: str, session: str, detail: dict[str, Any]) -> None:
    sub = str(account.pk)
    record(actor=sub, act=act, subject=sub, words=words, session=session, detail=detail)


@transaction.atomic
def add_fact(sub: uuid.UUID, section: str, content: Mapping[str, str], *, session: str) -> Fact:
    """Write down one more fact. An address there is already is changed by `change_fact`. Raises Faulty, NotDone."""
    account = _lock(sub)
    _judge(section, content, account)
    have = Fact.objects.filter(account=account, section=section).count()
    if have >= (1 if section in rules.SINGLE else rules.MOST):
        raise NotDone("changed_meanwhile" if section in rules.SINGLE else "too_many")
    fact = Fact(account=account, section=section)
    fact.keep({name: value for name, value in content.items() if value})
    fact.save(force_insert=True)
    words = f"Вы добавили в профиль: {SECTION_WORDS[section]}"
    _note(account, "profile.fact_added", words, session, {"section": section})
    return fact


@transaction.atomic
def change_fact(
    sub: uuid.UUID, fact_id: uuid.UUID, changes: Mapping[str, str], *, seen: str, session: str
) -> Fact:
    """Change fields of a fact. seen: `rules.stamp` of those fields as the form showed them. Raises Faulty, NotDone."""
    account = _lock(sub)
    fact = Fact.objects.filter(account=account, pk=fact_id).first()
    if fact is None:
        raise NotDone("gone")
    before = fact.opened()
    fields = sorted(changes)
    if seen != rules.stamp(*[before.get(name, "") for name in fields]):
        raise NotDone("changed_meanwhile")
    after = {name: value for name, value in {**before, **changes}.items() if value}
    _judge(fact.section, after, account)
    if after == before:
        return fact
    fact.keep(after)
    fact.save(update_fields=["sealed", "changed_at"])
    words = f"Вы изменили в профиле: {SECTION_WORDS[fact.section]}"
    _note(account, "profile.fact_changed", words, session, {"section": fact.section, "fields": fields})
    return fact


@transaction.atomic
def remove_fact(sub: uuid.UUID, fact_id: uuid.UUID, *, session: str) -> None:
    """Take a fact out of the profile for good; its scans stay among the documents. Raises NotDone."""
    account = _lock(sub)
    fact = Fact.objects.filter(account=account, pk=fact_id).first()
    if fact is None:
        raise NotDone("gone")
    section = fact.section
    fact.delete()
    words = f"Вы убрали из профиля: {SECTION_WORDS[section]}"
    _note(account, "profile.fact_removed", words, session, {"section": section})


@transaction.atomic
def change_identity(sub: uuid.UUID, field: str, value: str, *, seen: str, session: str) -> None:
    """Change a name, the birth date or the gender of someone known by her own word only. Raises Faulty, NotDone."""
    account = _lock(sub)
    code = rules.immutable(field, account.level, has_snils=bool(account.opened()["snils"]))
    if code:
        raise NotDone(code)
    before = getattr(account, field)
    if seen != rules.stamp(before or ""):
        raise NotDone("changed_meanwhile")
    fault = rules.identity_fault(field, value, timezone.localdate())
    if fault:
        raise Faulty([rules.Fault(field, fault)])
    after: str | date = value
    if field in rules.NAMES and value:
        after = names.proper(value)
    elif field == "birth_date":
        after = date.fromisoformat(value)
    if after == before:
        return
    setattr(account, field, after)
    account.save(update_fields=[field])
    words = f"Вы изменили в профиле: {FIELD_WORDS[field]}"
    _note(account, "profile.identity_changed", words, session, {"field": field})


def take_scan(sub: uuid.UUID, upload: "File[bytes]") -> StoredFile:
    """Check, clean and keep a file; slow, so outside the transaction. Raises `web.files` FileRefused."""
    return files.take(upload, owner=str(sub), purpose="profile")


@transaction.atomic
def add_document(
    sub: uuid.UUID, kind: str, stored: StoredFile, *, title: str, fact: uuid.UUID | None, session: str
) -> Document:
    """Put a kept scan into the profile, to one of her facts if named. Raises NotDone."""
    account = _lock(sub)
    if Document.objects.filter(account=account).count() >= rules.MOST_DOCUMENTS:
        raise NotDone("too_many_documents")
    belongs = Fact.objects.filter(account=account, pk=fact).first() if fact else None
    if fact and belongs is None:
        raise NotDone("gone")
    document = Document(account=account, kind=kind, fact=belongs, stored=stored)
    document.keep(title)
    document.save(force_insert=True)
    words = f"Вы загрузили документ в профиль: {DOCUMENT_WORDS[kind]}"
    _note(account, "profile.document_added", words, session, {"kind": kind, "sha256": stored.sha256})
    return document


@transaction.atomic
def remove_document(sub: uuid.UUID, document_id: uuid.UUID, *, session: str) -> None:
    """Delete a scan and its bytes. Raises NotDone; `in_review` while an operator has to look at it."""
    account = _lock(sub)
    document = Document.objects.select_related("stored").filter(account=account, pk=document_id).first()
    if document is None:
        raise NotDone("gone")
    if NameChange.objects.filter(document=document, state="waiting").exists():
        raise NotDone("in_review")
    kind, stored = document.kind, document.stored
    document.delete()
    files.drop(stored)
    words = f"Вы удалили документ из профиля: {DOCUMENT_WORDS[kind]}"
    _note(account, "profile.document_removed", words, session, {"kind": kind})


@transaction.atomic
def found_right(sub: uuid.UUID, *, session: str) -> None:
    """«Всё верно»: she has looked through her profile; asked again in a month."""
    account = _lock(sub)
    now = timezone.now()
    ask_on = rules.next_look(timezone.localdate())
    Look.objects.update_or_create(account=account, defaults={"ask_on": ask_on, "found_right_at": now})
    _note(account, "profile.found_right", "Вы проверили профиль: всё верно", session, {})


@transaction.atomic
def look_later(sub: uuid.UUID) -> None:
    """«Напомнить позже»: in a week."""
    ask_on = timezone.localdate() + rules.LATER
    Look.objects.update_or_create(account=_lock(sub), defaults={"ask_on": ask_on})


@transaction.atomic
def file_name_change(
    sub: uuid.UUID, new: tuple[str, str, str], stored: StoredFile, *, session: str
) -> NameChange:
    """Ask for another name, with the document that proves it. new: last, first, patronymic. Raises NotDone."""
    account = _lock(sub)
    cleaned = tuple(names.proper(part) if part else "" for part in new)
    old = (account.last_name, account.first_name, account.patronymic)
    # one kept without its capitals, as names once were, may be put right
    proper = all(not part or names.proper(part) == part for part in old)
    if rules.same_name(new, old) and (proper or cleaned == old):
        raise NotDone("same_name")
    if NameChange.objects.filter(account=account, state="waiting").exists():
        raise NotDone("waits_already")
    document = add_document(sub, "name_change", stored, title="", fact=None, session=session)
    change = NameChange(account=account, document=document)
    change.keep(dict(zip(rules.NAMES, cleaned, strict=True)))
    change.save(force_insert=True)
    words = "Вы попросили изменить имя в учётной записи; документ ждёт проверки"
    _note(account, "profile.name_change_filed", words, session, {"request": str(change.pk)})
    return change


@transaction.atomic
def withdraw_name_change(sub: uuid.UUID, *, session: str) -> None:
    """Take the request back. Raises NotDone."""
    account = _lock(sub)
    ended = NameChange.objects.filter(account=account, state="waiting").update(
        state="withdrawn", decided_at=timezone.now(), decided_by=str(sub)
    )
    if not ended:
        raise NotDone("gone")
    words = "Вы отозвали просьбу изменить имя"
    _note(account, "profile.name_change_withdrawn", words, session, {})


def _waiting(change_id: uuid.UUID, by: uuid.UUID) -> tuple[NameChange, Account]:
    """The request and its person, locked in the order in which everybody locks them. Raises NotDone."""
    owner = NameChange.objects.filter(pk=change_id).values_list("account_id", flat=True).first()
    if owner is None:
        raise NotDone("gone")
    if owner == by:
        raise NotDone("own_request")
    account = _lock(owner)
    change = NameChange.objects.select_for_update().get(pk=change_id)
    if change.state != "waiting":
        raise NotDone("decided_already")
    return change, account


def suspended(sub: uuid.UUID) -> bool:
    """Whether an operator has suspended her confirmation and not decided yet."""
    return Suspension.objects.filter(account_id=sub, kind="suspended", ended_at=None).exists()


def _seen(change: NameChange, by: uuid.UUID) -> bool:
    """Whether this operator has opened the document she decides by."""
    looks = Entry.objects.filter(object=f"document:{change.document_id}", act=READ)
    return change.document_id is not None and looks.filter(actor=str(by)).exists()


def _decide(change: NameChange, state: str, by: uuid.UUID, reason: str = "") -> None:
    change.state, change.reason = state, reason
    change.decided_at, change.decided_by = timezone.now(), str(by)
    change.save(update_fields=["state", "reason", "decided_at", "decided_by"])


@transaction.atomic
def approve_name_change(change_id: uuid.UUID, *, by: uuid.UUID, session: str) -> None:
    """The document bears the new name: it becomes hers. A confirmation falls back to standard with it, for the
    registers confirmed the old name; they are asked again when she confirms anew. Raises NotDone."""
    change, account = _waiting(change_id, by)
    if suspended(account.pk):  # restored, the confirmation would be of a name that no register has seen
        raise NotDone("suspended")
    if not _seen(change, by):
        raise NotDone("document_unseen")
    new = change.opened()
    for name in rules.NAMES:
        setattr(account, name, new.get(name, ""))
    if account.level == Level.CONFIRMED:
        account.level = Level.STANDARD
    account.save(update_fields=[*rules.NAMES, "level"])
    level_fell(account.pk, account.level)
    _decide(change, "approved", by)
    tell(account.pk, "name_changed", link="/proofing/")
    record(
        actor=str(by),
        act="profile.name_changed",
        subject=str(account.pk),
        object_=f"name_change:{change.pk}",
        words="Имя в учётной записи изменено по документу; подтвердите его заново по паспорту",
        session=session,
    )


@transaction.atomic
def refuse_name_change(change_id: uuid.UUID, reason: str, *, by: uuid.UUID, session: str) -> None:
    """The document does not show it; the name stays. reason: one of `rules.REFUSALS`. Raises NotDone."""
    if code := rules.refuse_fault(reason):
        raise NotDone(code)
    change, account = _waiting(change_id, by)
    _decide(change, "refused", by, reason)
    tell(account.pk, "name_refused", detail={"reason": reason}, link="/profile/name/")
    record(
        actor=str(by),
        act="profile.name_change_refused",
        subject=str(account.pk),
        object_=f"name_change:{change.pk}",
        words="В смене имени отказано; причина названа на странице профиля",
        session=session,
        detail={"reason": reason},
    )


def note_reading(document: Document, by: uuid.UUID, *, session: str) -> None:
    """Write down that an operator opened a person's scan."""
    with transaction.atomic():
        record(
            actor=str(by),
            act=READ,
            subject=str(document.account_id),
            object_=f"document:{document.pk}",
            words=f"Оператор портала открыл Ваш документ: {DOCUMENT_WORDS[document.kind]}",
            session=session,
        )
