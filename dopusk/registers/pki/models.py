"""Certificates the authority gave out; private keys are not here, see office.py."""

from typing import ClassVar

from django.db import models


class IssuedQuerySet(models.QuerySet["Issued"]):
    """Ways of reading what was issued."""

    def revoked(self) -> "IssuedQuerySet":
        """What stands on the revocation list, oldest first."""
        return self.filter(revoked_at__isnull=False).order_by("revoked_at", "id")


class Issued(models.Model):
    """One certificate. serial_number: 40 hexadecimal digits. asked_by: the client's name."""

    serial_number = models.CharField(max_length=40, unique=True, db_collation="C")
    profile = models.CharField(max_length=10, choices=[("seal", "seal")])
    subject = models.TextField()
    pem = models.TextField()
    asked_by = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[IssuedQuerySet] = IssuedQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(serial_number__regex=r"^[0-9a-f]{40}$"), name="issued_serial_form"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gte=models.F("issued_at")),
                name="issued_before_revoked",
            ),
        ]

    def __str__(self) -> str:
        return self.serial_number
