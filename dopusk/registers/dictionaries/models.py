"""Dictionaries of НСИ as loaded, with their versions."""

from datetime import date
from typing import ClassVar

from django.db import models


class Dictionary(models.Model):
    """One dictionary. The version changes with any row and is the base of the ETag."""

    name = models.CharField(max_length=30, primary_key=True, db_collation="C")
    version = models.CharField(max_length=16)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class EntryQuerySet(models.QuerySet["Entry"]):
    """Ways of reading a dictionary."""

    def holding(self, on: date) -> "EntryQuerySet":
        """Rows in force on that day."""
        open_or_later = models.Q(valid_to=None) | models.Q(valid_to__gte=on)
        return self.filter(open_or_later, valid_from__lte=on)


class Entry(models.Model):
    """One row; `item` is what is sent."""

    dictionary = models.ForeignKey(Dictionary, models.CASCADE, related_name="entries")
    key = models.CharField(max_length=60, db_collation="C")
    place = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    item = models.JSONField()

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["dictionary", "key"], name="entry_key_is_unique_in_its_dictionary"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="entry_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dictionary_id}: {self.key}"


def specialty_is_known(key: str) -> bool:
    """Does the dictionary of specialties have this key, in force or not."""
    return Entry.objects.filter(dictionary="specialties", key=key).exists()
