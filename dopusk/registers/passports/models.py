"""Passports given out."""

from django.db import models


class Passport(models.Model):
    """One passport and whose it is."""

    series = models.CharField(max_length=4, db_collation="C")
    number = models.CharField(max_length=6, db_collation="C")
    issued = models.DateField()
    issuer = models.CharField(max_length=200)
    issuer_code = models.CharField(max_length=7)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField()
    birth_place = models.CharField(max_length=200)
    valid = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"], name="passport_series_and_number_are_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.number}"
