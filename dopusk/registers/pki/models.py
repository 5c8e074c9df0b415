"""Certificates the authorities gave out; private keys are not here, see office.py and authorities.py."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

SEAL, PERSON = "seal", "person"
LAST = "\U0010ffff"  # sorts after any letter under the C collation


class IssuedQuerySet(models.QuerySet["Issued"]):
    """Ways of reading what was issued, each served by one index however many there are."""

    def by(self, authority: str) -> "IssuedQuerySet":
        """What this authority issued."""
        return self.filter(authority=authority)

    def to_people(self) -> "IssuedQuerySet":
        """Personal certificates."""
        return self.filter(profile=PERSON)

    def revoked(self) -> "IssuedQuerySet":
        """What stands on the revocation list, oldest first."""
        return self.filter(revoked_at__isnull=False).order_by("revoked_at", "id")

    def named(self, prefix: str) -> "IssuedQuerySet":
        """Whose owner's folded name begins so."""
        return self.filter(name_key__gte=prefix, name_key__lt=prefix + LAST) if prefix else self

    def by_snils(self, snils: str) -> "IssuedQuerySet":
        """Those of this person."""
        return self.filter(snils=snils)


class Issued(models.Model):
    """One certificate. serial_number: 40 hexadecimal digits. asked_by: the client's name.

    authority: "seal", or the branch that issued it to a person ("ec", "rsa", "gost"). Of a person: owner (the whole
    name), name_key (kernel.names.sort_key of it), snils. reason: of the revocation, RFC 5280's word;
    "certificateHold" is a suspension, which may end.
    """

    serial_number = models.CharField(max_length=40, unique=True, db_collation="C")
    profile = models.CharField(max_length=10, choices=[(SEAL, SEAL), (PERSON, PERSON)])
    authority = models.CharField(max_length=10, default=SEAL, db_collation="C")
    subject = models.TextField()
    owner = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=200, blank=True, db_collation="C")
    snils = models.CharField(max_length=11, blank=True, db_collation="C")
    pem = models.TextField()
    asked_by = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)

    objects: ClassVar[IssuedQuerySet] = IssuedQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(serial_number__regex=r"^[0-9a-f]{40}$"), name="issued_serial_form"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=models.F("issued_at")),
                name="issued_before_revoked",
            ),
            models.CheckConstraint(
                condition=Q(profile=SEAL, authority=SEAL, snils="")
                | Q(profile=PERSON, authority__in=["ec", "rsa", "gost"], snils__regex=r"^[0-9]{11}$"),
                name="issued_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, reason="")
                | (Q(revoked_at__isnull=False) & ~Q(reason="")),
                name="issued_revoked_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "revoked_at", "id"],
                name="issued_revoked",
                condition=Q(revoked_at__isnull=False),
            ),
            models.Index(fields=["-issued_at", "-id"], name="issued_to_people", condition=Q(profile=PERSON)),
            models.Index(fields=["name_key", "id"], name="issued_by_name"),
            models.Index(fields=["snils"], name="issued_by_snils"),
        ]

    def __str__(self) -> str:
        return self.serial_number

    @property
    def standing(self) -> str | None:
        """The reason it stands on the list with, None when it is not there."""
        return self.reason or None


class Changes(models.Model):
    """How often an authority's list changed: whoever changes it counts on in the same transaction."""

    authority = models.CharField(max_length=10, primary_key=True, db_collation="C")
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.authority}: {self.number}"
