"""Medical organisations."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Ways of finding an organisation."""

    def search(self, query: str, region: str) -> "OrganisationQuerySet":
        """By a part of the name, by ИНН or ОГРН, within a region; empty values do not narrow."""
        found = self.filter(region_code=region) if region else self
        if not query:
            return found
        exact = models.Q(inn=query) | models.Q(ogrn=query) | models.Q(oid=query)
        return found.filter(models.Q(name__icontains=query) | models.Q(short_name__icontains=query) | exact)


class Organisation(models.Model):
    """An organisation as ФРМО holds it. Organisations are licensed, never accredited."""

    oid = models.CharField(max_length=60, primary_key=True, db_collation="C")
    name = models.CharField(max_length=300)
    short_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    inn = models.CharField(max_length=10, db_collation="C")
    kpp = models.CharField(max_length=9)
    ogrn = models.CharField(max_length=13, db_collation="C")
    region_code = models.CharField(max_length=2, db_collation="C")
    address = models.CharField(max_length=300)
    licence_number = models.CharField(max_length=40, blank=True)
    licence_date = models.DateField(null=True)

    objects: ClassVar[OrganisationQuerySet] = OrganisationQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [
            models.Index(fields=["region_code", "oid"], name="organisation_by_region"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="organisation_by_name_part"),
        ]

    def __str__(self) -> str:
        return self.short_name
