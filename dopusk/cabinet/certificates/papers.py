"""The papers of a decided case, drawn and sealed: the extract of a certificate, the protocol of a sitting."""

from urllib.parse import urlencode

from django.conf import settings

from dopusk.cabinet.certificates import seal
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.certificates.paper import Paper
from dopusk.cabinet.commission.models import Case
from dopusk.kernel import names


def verify_url(certificate: Certificate) -> str:
    """The public page of the certificate, its code included: what the QR carries."""
    return f"{settings.CABINET_URL}/verify/{certificate.number}?{urlencode({'code': certificate.code})}"


def sealed(certificate: Certificate) -> bytes:
    """The extract with the seal. Raises RegisterDown, RegisterRefused."""
    return seal.sealed(_paper(certificate))


def _paper(certificate: Certificate) -> Paper:
    case = Case.objects.select_related("application", "sitting__commission").get(
        application=certificate.application_id, outcome="passed"
    )
    assert case.application.snapshot is not None
    judged = case.application.snapshot["applicant"]
    return Paper(
        number=certificate.number,
        code=certificate.code,
        holder=names.full(judged["last_name"], judged["first_name"], judged["patronymic"]),
        specialty=certificate.specialty_name,
        specialty_code=case.application.specialty_code,
        kind="periodic",
        protocol_number=certificate.protocol_number,
        protocol_date=certificate.protocol_on,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        commission=case.sitting.commission.name,
        organisation=settings.CENTER_NAME,
        verify_url=verify_url(certificate),
        issued_at=certificate.issued_at,
        sandbox=settings.SANDBOX,
    )


def sealed_protocol(drawn: bytes) -> bytes:
    """A drawn protocol with the same seal. Raises RegisterDown, RegisterRefused."""
    return seal.put_on(
        drawn,
        reason="Протокол заседания аккредитационной комиссии",
        field_words="Электронная подпись протокола",
    )
