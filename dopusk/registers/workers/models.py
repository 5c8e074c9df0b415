"""ФРМР: health workers and the groups of their records (wire names of its public clients; own keys of dictionaries).

Dictionary keys stand as text, not as foreign keys: the dictionaries are another register with versions of its own.
"""

from typing import ClassVar

from django.db import models

LAST = "\U0010ffff"  # sorts after any letter under the C collation


class PersonQuerySet(models.QuerySet["Person"]):
    """Ways of finding a worker, each served by one index however many there are."""

    def by_snils(self, snils: str) -> "PersonQuerySet":
        """The one with this number."""
        return self.filter(snils=snils)

    def named(self, prefix: str) -> "PersonQuerySet":
        """Whose folded name begins so."""
        return self.filter(name_key__gte=prefix, name_key__lt=prefix + LAST) if prefix else self

    def after(self, name_key: str, pk: int) -> "PersonQuerySet":
        """Those who follow this one in the list; the first condition is what the index runs on."""
        return self.filter(models.Q(name_key__gt=name_key) | models.Q(pk__gt=pk), name_key__gte=name_key)


class Person(models.Model):
    """A health worker."""

    snils = models.CharField(max_length=11, unique=True, db_collation="C")
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    name_key = models.CharField(max_length=300, db_collation="C")  # kernel.names.sort_key of the whole name
    gender = models.CharField(max_length=6)
    birth_date = models.DateField()
    birth_place = models.CharField(max_length=200)
    inn = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=12, blank=True)
    email = models.CharField(max_length=254, blank=True)
    region_code = models.CharField(max_length=2)
    is_medical_worker = models.BooleanField()
    is_pharm_worker = models.BooleanField()
    passport_series = models.CharField(max_length=4)
    passport_number = models.CharField(max_length=6)
    passport_issued = models.DateField()
    passport_issuer = models.CharField(max_length=200)
    passport_issuer_code = models.CharField(max_length=7)

    objects: ClassVar[PersonQuerySet] = PersonQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [models.Index(fields=["name_key", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name_key


class Education(models.Model):
    """What both kinds of diploma have."""

    doc_serial = models.CharField(max_length=20)
    doc_number = models.CharField(max_length=30)
    doc_date = models.DateField()
    institution = models.CharField(max_length=300)
    level_key = models.CharField(max_length=30)
    specialty_key = models.CharField(max_length=60)
    begin_year = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.specialty_key} {self.doc_date}"


class EducationProf(Education):
    """A diploma of a college or university."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="prof")


class EducationPostgraduate(Education):
    """A diploma of residency or internship."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="postgraduate")


class EducationExt(models.Model):
    """A further training. kind: `dpp` a programme of professional education, `cme` a НМО activity."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="ext")
    kind = models.CharField(max_length=10)
    institution = models.CharField(max_length=300)
    hours = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=300)
    doc_serial = models.CharField(max_length=20)
    doc_number = models.CharField(max_length=30)
    doc_date = models.DateField()
    specialty_key = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["dpp", "cme"]), name="training_kind_is_known"
            ),
            models.CheckConstraint(condition=models.Q(hours__gt=0), name="training_has_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.theme}, {self.hours}"


class EducationCert(models.Model):
    """A specialist's certificate of the time before accreditation."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="cert")
    cert_serial = models.CharField(max_length=20)
    cert_number = models.CharField(max_length=30)
    pass_date = models.DateField()
    end_date = models.DateField()
    specialty_key = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.specialty_key} {self.end_date}"


class Card(models.Model):
    """An employment record. position_type: 1 main, 2 internal, 3 combined, 4 external."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="card")
    organization_oid = models.CharField(max_length=60)
    organization_name = models.CharField(max_length=300)
    department = models.CharField(max_length=200)
    position_key = models.CharField(max_length=60)
    post_name = models.CharField(max_length=200)
    position_type = models.PositiveSmallIntegerField(default=1)
    rate = models.DecimalField(max_digits=3, decimal_places=2)
    contract_number = models.CharField(max_length=30)
    contract_date = models.DateField()
    begin_date = models.DateField()
    end_date = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.post_name}, {self.organization_name}"


class Accreditation(models.Model):
    """A passed accreditation. Written by the cabinet under its own register number, once."""

    registry_number = models.CharField(max_length=64, unique=True, db_collation="C")
    person = models.ForeignKey(Person, models.CASCADE, related_name="accreditations")
    kind = models.CharField(max_length=30)
    specialty_key = models.CharField(max_length=60)
    pass_date = models.DateField()
    end_date = models.DateField()
    end_date_extension = models.DateField(null=True)
    protocol_date = models.DateField()
    protocol_number = models.CharField(max_length=60)
    organization_oid = models.CharField(max_length=60, blank=True)
    excluded = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["primary", "primary_specialized", "periodic"]),
                name="accreditation_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(end_date__gt=models.F("pass_date")),
                name="accreditation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.registry_number
