"""Applications of known people at the points tests begin from."""

from django.utils import timezone

from dopusk.cabinet.applications import actions, consent, statement
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.registries.base import Specialty
from dopusk.web.files import actions as files
from dopusk.web.files.tests import papers

NURSING = Specialty(
    "34.02.01",
    "Сестринское дело",
    timezone.localdate().replace(year=2008),
    None,
    "",
    code="34.02.01",
    level="secondary",
)


def draft(person):
    """A draft for nursing with nothing but what is known from the start."""
    return actions.start(person, NURSING)


def scan(application, person, kind):
    """One page brought into the application."""
    stored = files.keep(
        papers.pdf(1), owner=person.pk, purpose="document", media_type="application/pdf", pages=1
    )
    return actions.add_document(application.pk, person, kind, stored)


def whole(person):
    """A draft that may be submitted."""
    application = draft(person)
    actions.save_step(application.pk, person, "report", {"agreement": "agreed"})
    actions.save_step(application.pk, person, "documents", {"looked_through": True})
    given = {"given": True, "version": consent.VERSION, "sha256": consent.digest_of(consent.VERSION)}
    actions.save_step(application.pk, person, "consent", {**given, "on": timezone.localdate().isoformat()})
    for kind in ("activity_report", "employer_agreement"):
        scan(application, person, kind)
    return Application.objects.get(pk=application.pk)


def digest(application):
    """What she would sign now."""
    application = Application.objects.select_related("applicant").get(pk=application.pk)
    documents = Document.objects.in_folder(str(application.pk))
    return statement.digest(statement.snapshot(application, documents))


def submitted(person):
    """An application that was sent."""
    application = whole(person)
    return actions.submit(application.pk, person, digest(application))


def refused(person):
    """An application the centre sent back because the agreement bears no signature."""
    application = submitted(person)
    mark = {
        "code": "signature_missing",
        "field": "employer_agreement",
        "words": "Нет подписи",
        "norm": "",
        "fix": "",
    }
    for state in ("REGISTERED", "CENTER_REVIEW"):
        actions.move(application.pk, state, actor="system", words="Дальше", act="application.moved")
    return actions.move(
        application.pk,
        "INTAKE_REFUSED",
        actor="registrar",
        words="Возвращено",
        act="application.intake_refused",
        marks=[mark],
    )


def decided(person, outcome):
    """An application the commission decided upon and whose protocol is published. outcome: PASSED, NOT_PASSED."""
    application = submitted(person)
    for state in ("REGISTERED", "CENTER_REVIEW", "AT_COMMISSION", outcome, "PROTOCOL_PUBLISHED"):
        application = actions.move(
            application.pk, state, actor="system", words="Дальше", act="application.moved"
        )
    return application


def not_passed(person):
    """One the commission refused."""
    return decided(person, "NOT_PASSED")


def passed(person):
    """One that passed and waits for the register."""
    return decided(person, "PASSED")
