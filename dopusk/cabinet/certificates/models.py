"""Certificates: one an application, never deleted; suspension and revocation are states of the same row."""

from datetime import date
from typing import ClassVar

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.signin.models import Person
from dopusk.web.files.models import StoredFile

PublicRow = tuple[date, date, str, str, str, str]


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Ways of reading certificates."""

    def of(self, holder: Person) -> "CertificateQuerySet":
        """A person's own, newest first."""
        return self.filter(holder=holder).order_by("-valid_from", "-id")

    def public_answer(self, number: str, code: str) -> PublicRow | None:
        """All that may be said to who knows number and code: first and last day, state, kind, specialty, mask."""
        rows = self.filter(number=number, code=code).values_list(
            "valid_from", "valid_until", "state", "kind", "specialty_name", "holder_mask"
        )
        return next(iter(rows), None)


class Certificate(models.Model):
    """The fact of an accreditation, in force from `valid_from` through `valid_until`.

    number and code: see numbers.py. holder_mask: the name as the public may see it (kernel.names.mask),
    frozen here so that the public answer needs this row alone. Whether it is expired follows from the
    dates on the day of asking, never from a job.
    """

    number = models.CharField(max_length=13)
    code = models.CharField(max_length=12)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="certificate")
    holder = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="certificates", db_index=False
    )  # certificate_of_holder serves it
    holder_mask = models.CharField(max_length=120)
    specialty_key = models.CharField(max_length=64)
    specialty_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[("periodic", "periodic")], default="periodic")
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[("active", "active"), ("suspended", "suspended"), ("revoked", "revoked")],
        default="active",
    )
    issued_at = models.DateTimeField(default=timezone.now)
    protocol_number = models.CharField(max_length=40)
    protocol_on = models.DateField()
    pdf = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    objects: ClassVar[CertificateQuerySet] = CertificateQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            # Uniqueness of the number, and the narrow covering index of public verification in one: it holds
            # all that a public answer needs and nothing more, so verification never reads the table itself.
            models.UniqueConstraint(
                fields=["number"],
                include=[
                    "code",
                    "valid_from",
                    "valid_until",
                    "state",
                    "kind",
                    "specialty_name",
                    "holder_mask",
                ],
                name="certificate_public_answer",
            ),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9]{13}$"), name="certificate_number_form"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{12}$"), name="certificate_code_form"
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="certificate_term"),
            models.CheckConstraint(
                condition=Q(state__in=["active", "suspended", "revoked"]), name="certificate_state"
            ),
        ]
        indexes = [models.Index(fields=["holder", "-valid_from"], name="certificate_of_holder")]

    def __str__(self) -> str:
        return self.number


def next_serial() -> int:
    """A serial for a register number: never given twice; one taken by a failed transaction stays unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('certificate_serial')")
        return int(cursor.fetchone()[0])
