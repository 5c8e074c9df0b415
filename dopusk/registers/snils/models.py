"""Personal accounts of the pension register."""

from django.db import models


class Account(models.Model):
    """Whose a СНИЛС is."""

    snils = models.CharField(max_length=11, primary_key=True, db_collation="C")
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField()

    def __str__(self) -> str:
        return self.snils
