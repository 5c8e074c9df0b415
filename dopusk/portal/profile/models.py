"""Rows of a profile. Whatever is personal in them rests sealed, each row under its own id."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.profile import rules
from dopusk.web.files.models import StoredFile


def seal(item: str, content: dict[str, Any]) -> bytes:
    """A row's content as it is kept; item names the row, "fact <id>"."""
    return sealer().seal(item, json.dumps(content, ensure_ascii=False).encode())


def unseal(item: str, sealed: bytes) -> dict[str, Any]:
    """The content of a row."""
    opened: dict[str, Any] = json.loads(sealer().open(item, sealed))
    return opened


class FactQuerySet(models.QuerySet["Fact"]):
    """Ways of reading facts."""

    def of(self, sub: uuid.UUID) -> "FactQuerySet":
        """A person's facts as she wrote them down, the latest last."""
        return self.filter(account_id=sub).order_by("created_at", "id")


class Fact(models.Model):
    """One thing a person tells about herself: an education, a certificate, a post, an address.

    sealed: JSON of the section's fields (`rules.SECTIONS`), texts, days in ISO.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="facts")
    section = models.CharField(max_length=20, choices=[(name, name) for name in rules.SECTIONS])
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[FactQuerySet] = FactQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "section"],
                condition=Q(section__in=["registration", "residence"]),
                name="profile_one_address_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.id}"

    def opened(self) -> dict[str, str]:
        """The content, readable."""
        return unseal(f"fact {self.id}", bytes(self.sealed))

    def keep(self, content: dict[str, str]) -> None:
        """Put a content into the row; the caller saves it."""
        self.sealed = seal(f"fact {self.id}", content)


class DocumentQuerySet(models.QuerySet["Document"]):
    """Ways of reading scans."""

    def of(self, sub: uuid.UUID) -> "DocumentQuerySet":
        """A person's scans, the latest first."""
        return self.filter(account_id=sub).select_related("stored").order_by("-created_at", "id")


class Document(models.Model):
    """A scan a person has uploaded, perhaps to one of her facts. sealed: JSON {"title"}, in her own words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="profile_documents")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in rules.KINDS])
    sealed = models.BinaryField()
    fact = models.ForeignKey(Fact, on_delete=models.SET_NULL, null=True, related_name="documents")
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def title(self) -> str:
        """What she called it, or an empty text."""
        return str(unseal(f"profile document {self.id}", bytes(self.sealed))["title"])

    def keep(self, title: str) -> None:
        """Put a title into the row; the caller saves it."""
        self.sealed = seal(f"profile document {self.id}", {"title": title})


class NameChange(models.Model):
    """A confirmed person asks for another name; an operator looks at the document. sealed: JSON of the new name.

    reason: code of a refusal (`rules.REFUSALS`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="name_changes")
    sealed = models.BinaryField()
    document = models.ForeignKey(Document, on_delete=models.SET_NULL, null=True)
    state = models.CharField(
        max_length=9,
        default="waiting",
        choices=[
            ("waiting", "waiting"),
            ("approved", "approved"),
            ("refused", "refused"),
            ("withdrawn", "withdrawn"),
        ],
    )
    reason = models.CharField(max_length=20, blank=True)
    filed_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="waiting"), name="profile_one_name_change_waits"
            )
        ]
        indexes = [
            models.Index(fields=["filed_at"], condition=Q(state="waiting"), name="profile_names_queue")
        ]

    def __str__(self) -> str:
        return f"name change {self.id}"

    def opened(self) -> dict[str, str]:
        """The new name: last_name, first_name, patronymic."""
        return unseal(f"name change {self.id}", bytes(self.sealed))

    def keep(self, content: dict[str, str]) -> None:
        """Put a new name into the row; the caller saves it."""
        self.sealed = seal(f"name change {self.id}", content)


class Look(models.Model):
    """When a person is next asked to look through her profile, and when she last found it right."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    ask_on = models.DateField()
    found_right_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"look of {self.account_id} on {self.ask_on}"
