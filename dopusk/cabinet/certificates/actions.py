"""Giving the certificate out: the row, its paper, the word to the register. Each step is done once, whoever asks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.cabinet.applications.actions import NotAllowed, locked, move, wake
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.rules import Refusal
from dopusk.cabinet.certificates import numbers, rules
from dopusk.cabinet.certificates.models import Certificate, next_serial
from dopusk.cabinet.commission.actions import norms_at
from dopusk.cabinet.commission.models import Case
from dopusk.kernel import names
from dopusk.web import live
from dopusk.web.files import actions as files
from dopusk.web.journal.actions import record
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message

FRMR = "frmr.accreditation"


def issue(application_id: UUID) -> Certificate:
    """The application's certificate: found, or made from the decided case. Raises NotAllowed `not_passed`."""
    with transaction.atomic():
        application = locked(application_id)
        found = Certificate.objects.filter(application=application).first()
        if found:
            return found
        if application.state != "PROTOCOL_PUBLISHED" or application.outcome != "passed":
            raise NotAllowed(Refusal("not_passed", {"state": application.state}))
        certificate = _make(application)
        record(
            actor="system",
            act="certificate.issued",
            subject=application.applicant_id,
            object_=f"certificate:{certificate.number}",
            words=f"Аккредитация внесена в реестр под номером {numbers.show_number(certificate.number)}",
            detail={"application": str(application.pk)},
        )
    return certificate


def _make(application: Application) -> Certificate:
    sitting = Case.objects.select_related("sitting").get(application=application, outcome="passed").sitting
    assert sitting.closed_at is not None
    protocol_on = timezone.localdate(sitting.closed_at)
    term = rules.term(protocol_on, norms_at(protocol_on))
    assert application.snapshot is not None
    judged = application.snapshot["applicant"]
    return Certificate.objects.create(
        number=numbers.compose(settings.CENTER_REGION, protocol_on.year, next_serial()),
        code=numbers.make_code(),
        application=application,
        holder=application.applicant,
        holder_mask=names.mask(judged["last_name"], judged["first_name"], judged["patronymic"]),
        specialty_key=application.specialty_key,
        specialty_name=application.specialty_name,
        kind=application.kind,
        valid_from=term.first,
        valid_until=term.last,
        protocol_number=sitting.protocol_number,
        protocol_on=protocol_on,
    )


def keep_paper(certificate_id: int, content: bytes) -> Certificate:
    """Keep the sealed paper and put the word to the register into the outbox; the first paper stays."""
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(pk=certificate_id)
        if certificate.pdf_id is None:
            certificate.pdf = files.keep(
                content, owner="system", purpose="certificate", media_type="application/pdf"
            )
            certificate.save(update_fields=["pdf"])
        outbox.put(FRMR, certificate.number, {})
        application = certificate.application
        live.tell(application.key, event="certificate", version=application.version)
    return certificate


def message(number: str) -> dict[str, object]:
    """What the register is told of a certificate; read when it is sent, so no СНИЛС waits in the outbox."""
    certificate = Certificate.objects.select_related("holder").get(number=number)
    return rules.message(
        rules.Outcome(
            snils=certificate.holder.snils,
            kind=certificate.kind,
            specialty=certificate.specialty_key,
            passed_on=certificate.valid_from,
            ends_on=certificate.valid_until,
            protocol_on=certificate.protocol_on,
            protocol_number=certificate.protocol_number,
        )
    )


def recorded(number: str) -> None:
    """The register has it: «внесено в ЕГИСЗ». Runs in the transaction that marks the message delivered."""
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(number=number)
        if certificate.recorded_at is None:
            certificate.recorded_at = timezone.now()
            certificate.save(update_fields=["recorded_at"])
        application = locked(certificate.application_id)
        if application.state == "PROTOCOL_PUBLISHED":
            move(
                application.pk,
                "RECORDED",
                actor="system",
                words="Сведения об аккредитации внесены в ЕГИСЗ",
                act="application.recorded",
                detail={"certificate": number},
                due_on=None,
            )
            wake(application.pk)


@dataclass(frozen=True)
class Recording:
    """How the word to the register fares. code: recorded, sending, down or refused."""

    code: str
    at: datetime | None = None
    since: datetime | None = None
    next_at: datetime | None = None
    reason: str = ""


def recording(certificate: Certificate) -> Recording:
    """For the certificate's page: recorded when, or since when the register does not answer."""
    if certificate.recorded_at:
        return Recording("recorded", at=certificate.recorded_at)
    message_ = Message.objects.filter(kind=FRMR, key=certificate.number).first()
    if message_ is None or message_.first_failed_at is None:
        refused = message_ is not None and message_.state == "refused"
        reason = message_.last_reason if message_ else ""
        return Recording("refused" if refused else "sending", reason=reason if refused else "")
    if message_.state == "refused":
        return Recording("refused", reason=message_.last_reason)
    return Recording("down", since=message_.first_failed_at, next_at=message_.next_at)
