"""What lies on the desk of those who judge: the documents and the checks of an application."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.checks import words
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.documents.models import Document

ORDER = {"failed": 0, "unknown": 1, "passed": 2}


def layout(application: Application, chosen: str) -> dict[str, Any]:
    """Documents with the one that is open, and the findings, what failed first. chosen: a document's id or ""."""
    documents = list(Document.objects.in_folder(str(application.pk)))
    shown = next((one for one in documents if str(one.pk) == chosen), documents[0] if documents else None)
    findings = [words.describe(row) for row in Finding.objects.of(application)]
    return {
        "documents": documents,
        "shown": shown,
        "following": _after(documents, shown.pk) if shown else None,
        "findings": sorted(findings, key=lambda one: ORDER[one.outcome]),
        "failed": sum(one.outcome == "failed" for one in findings),
        "passed": sum(one.outcome == "passed" for one in findings),
        "facts": _facts(application),
    }


def _facts(application: Application) -> list[dict[str, Any]]:
    """What she applied for, as a summary list; identity is judged by the checks, so no СНИЛС stands here."""
    report = application.data.get("report") or {}
    agreement = {
        "agreed": _("Согласован работодателем"),
        "refused": _("Работодатель отказал мотивированно"),
        "not_working": _("Сейчас не работает"),
    }.get(report.get("agreement", ""), "")
    level = {"higher": _("Высшее"), "secondary": _("Среднее профессиональное")}
    specialty = " ".join(filter(None, (application.specialty_name, application.specialty_code)))
    rows = [
        (_("Заявитель"), application.applicant.full_name),
        (_("Специальность"), specialty),
        (_("Образование"), level.get(application.education_level, "")),
        (_("Отчёт"), agreement),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _after(documents: list[Document], shown: UUID) -> Document | None:
    """The next document to look at, or None after the last one."""
    at = next(place for place, one in enumerate(documents) if one.pk == shown)
    return documents[at + 1] if at + 1 < len(documents) else None
