"""What is signed when an application is submitted: its content, frozen, and the words shown before signing."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.documents.models import Document
from dopusk.kernel import snils

SCHEMA = 1


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


def digest(content: dict[str, Any]) -> str:
    """SHA-256 in hex over the canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
