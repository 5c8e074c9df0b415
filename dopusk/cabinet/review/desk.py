"""What lies on the desk of those who judge: the documents and the checks of an application."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dopusk.cabinet.applications import signatures
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.checks import words
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.review.words import PLACES

ORDER = {"failed": 0, "unknown": 1, "passed": 2}


@dataclass(frozen=True)
class Sheet:
    """A document under a short name: the desk shows one person's papers, so her name need not stand on each."""

    document: Document
    name: str


def layout(application: Application, chosen: str) -> dict[str, Any]:
    """Documents with the one that is open, and the findings, what failed first. chosen: a document's id or ""."""
    signed = signatures.under(application)
    sheets = [_sheet(one) for one in Document.objects.in_folder(str(application.pk))]
    at = next((place for place, one in enumerate(sheets) if str(one.document.pk) == chosen), 0)
    findings = [words.describe(row) for row in Finding.objects.of(application)]
    return {
        "documents": sheets,
        "shown": sheets[at] if sheets else None,
        "following": sheets[at + 1] if at + 1 < len(sheets) else None,
        "findings": sorted(findings, key=lambda one: ORDER[one.outcome]),
        "failed": sum(one.outcome == "failed" for one in findings),
        "passed": sum(one.outcome == "passed" for one in findings),
        "facts": _facts(application),
        "signature": signatures.facts(signed.signature) if signed else None,
    }


def _sheet(document: Document) -> Sheet:
    name, pages = PLACES[document.kind], document.stored.pages
    return Sheet(document, _("%(name)s, %(pages)s л.") % {"name": name, "pages": pages})


def _facts(application: Application) -> list[dict[str, Any]]:
    """What she applied for, as a summary list; identity is judged by the checks, so no СНИЛС stands here."""
    report = application.data.get("report") or {}
    agreement = {
        "agreed": _("Согласован работодателем"),
        "refused": _("Работодатель отказал мотивированно"),
        "not_working": _("Сейчас не работает"),
    }.get(report.get("agreement", ""), "")
    reason = str(report.get("refusal_reason", "")) if report.get("agreement") == "refused" else ""
    level = {"higher": _("Высшее"), "secondary": _("Среднее профессиональное")}
    specialty = " ".join(filter(None, (application.specialty_name, application.specialty_code)))
    rows = [
        (_("Заявитель"), application.applicant.full_name),
        (_("Специальность"), specialty),
        (_("Образование"), level.get(application.education_level, "")),
        (_("Место работы"), str(report.get("organisation", ""))),
        (_("Должность"), str(report.get("position", ""))),
        (_("Отчёт"), agreement),
        (_("Что работодатель указал в отказе"), reason),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]
