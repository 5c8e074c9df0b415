"""A person's documents; the bytes are in web/files."""

import uuid
from typing import ClassVar

from django.db import models

from dopusk.cabinet.signin.models import Person
from dopusk.web.files.models import StoredFile


class DocumentQuerySet(models.QuerySet["Document"]):
    """Ways of reading documents."""

    def in_folder(self, folder: str) -> "DocumentQuerySet":
        """The documents of one application (its id as text), oldest first, with their files."""
        return self.filter(folder=folder).select_related("stored").order_by("created_at", "id")


class Document(models.Model):
    """One scan. folder: id of the application it was brought for, as text. title: made by us, never typed.

    released_at: when it was submitted with its application; from then on staff may read it and it never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    folder = models.CharField(max_length=36, db_index=True)
    kind = models.CharField(
        max_length=24,
        choices=[
            ("activity_report", "activity_report"),
            ("employer_agreement", "employer_agreement"),
            ("reasoned_refusal", "reasoned_refusal"),
            ("diploma", "diploma"),
            ("specialist_certificate", "specialist_certificate"),
            ("training_certificate", "training_certificate"),
            ("name_change", "name_change"),
            ("employment_record", "employment_record"),
        ],
    )
    title = models.CharField(max_length=200)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    def __str__(self) -> str:
        return self.title
