"""What is signed when an application is submitted: its content, frozen, and the words shown before signing."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.documents.models import Document
from dopusk.kernel import phone, signable, snils

SCHEMA = 1
TITLE: Final = "Заявление о периодической аккредитации специалиста"
LEVELS: Final = {"higher": "высшее", "secondary": "среднее профессиональное"}
AGREEMENTS: Final = {
    "agreed": "согласован с работодателем",
    "refused": "работодатель дал мотивированный отказ в согласовании",
    "not_working": "сейчас не работаю, согласовать некому",
}


def snapshot(application: Application, documents: Iterable[Document]) -> dict[str, Any]:
    """The data that will be judged. No moment of time in it: the same content always gives the same digest."""
    person = application.applicant
    return {
        "schema": SCHEMA,
        "application": str(application.pk),
        "kind": application.kind,
        "applicant": {
            "sub": person.pk,
            "last_name": person.last_name,
            "first_name": person.first_name,
            "patronymic": person.patronymic,
            "birth_date": person.birth_date.isoformat(),
            "snils_masked": snils.mask(person.snils),
        },
        "specialty": {
            "key": application.specialty_key,
            "name": application.specialty_name,
            "code": application.specialty_code,
            "education_level": application.education_level,
        },
        "answers": application.data,
        "documents": [
            {
                "id": str(one.pk),
                "kind": one.kind,
                "title": one.title,
                "pages": one.stored.pages,
                "sha256": one.stored.sha256,
            }
            for one in documents
        ],
        "copied_from": str(application.copied_from_id) if application.copied_from_id else None,
    }


def canonical(content: dict[str, Any]) -> bytes:
    """The snapshot as JSON that anybody writes in the same way: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: dict[str, Any]) -> str:
    """SHA-256 in hex over the canonical JSON."""
    return hashlib.sha256(canonical(content)).hexdigest()


def lines(content: dict[str, Any]) -> tuple[str, ...]:
    """The snapshot as a person reads it before she puts an electronic signature under it; always Russian.

    All she would look at stands in words; the last line binds these words to the snapshot itself, and the digest
    of each document binds them to the scans. СНИЛС stands masked as it does in the snapshot, which the centre's
    people read: the signer's certificate has it in full.
    """
    return tuple(signable.one_line(line) for line in _lines(content))


def _lines(content: dict[str, Any]) -> Iterator[str]:
    who, what, answers = content["applicant"], content["specialty"], content["answers"]
    contacts, consent = answers.get("contacts") or {}, answers.get("consent") or {}
    name = " ".join(filter(None, (who["last_name"], who["first_name"], who["patronymic"])))
    code = f" ({what['code']})" if what["code"] else ""
    yield f"Заявитель: {name}"
    yield f"Дата рождения: {_day(who['birth_date'])}"
    yield f"СНИЛС: {who['snils_masked']}"
    yield f"Прошу провести периодическую аккредитацию по специальности: {what['name']}{code}"
    if level := LEVELS.get(what["education_level"]):
        yield f"Образование: {level}"
    yield from _report(answers.get("report") or {})
    yield f"Почта: {contacts.get('email', '')}"
    yield f"Телефон: {phone.show(contacts['phone']) if contacts.get('phone') else ''}"
    yield f"Согласие на обработку персональных данных дано отдельно: редакция от {_day(consent['version'])}"
    yield f"SHA-256 текста согласия: {consent['sha256']}"
    yield f"Приложено документов: {len(content['documents'])}"
    for at, one in enumerate(content["documents"], 1):
        yield f"{at}. {one['title']}"
        yield f"SHA-256: {one['sha256']}"
    if content["copied_from"]:
        yield f"Взамен возвращённого заявления: {content['copied_from']}"
    yield f"Заявление: {content['application']}"
    yield f"SHA-256 данных заявления (snapshot.json): {digest(content)}"


def _report(report: dict[str, Any]) -> Iterator[str]:
    agreement = str(report.get("agreement", ""))
    if report.get("organisation"):
        yield f"Место работы: {report['organisation']}"
    if report.get("position"):
        yield f"Должность: {report['position']}"
    yield f"Отчёт о деятельности: {AGREEMENTS.get(agreement, '')}"
    if agreement == "refused":
        written = str(report.get("refusal_reason", "")).splitlines() or [""]
        yield f"Работодатель указал в отказе: {written[0]}"
        yield from written[1:]


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}"
