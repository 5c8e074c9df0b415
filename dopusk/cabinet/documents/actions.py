"""Bringing a document, taking it back, giving the set to the centre."""

from collections.abc import Collection

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from dopusk.cabinet.documents import rules
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.signin.models import Person
from dopusk.web.files import actions as files
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import record


class DocumentRefused(Exception):
    """Nothing was changed. code: `too_many_documents`, `already_submitted`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(owner: Person, upload: "File[bytes]") -> StoredFile:
    """Check, clean and keep the file; slow, so outside the transaction. Raises `web.files` FileRefused."""
    return files.take(upload, owner=owner.pk, purpose="document")


def add(owner: Person, folder: str, kind: str, stored: StoredFile, *, session: str = "") -> Document:
    """Put a kept file into an application's folder, in the caller's transaction. Raises DocumentRefused."""
    if code := rules.may_add(Document.objects.filter(folder=folder).count()):
        raise DocumentRefused(code)
    title = rules.title(owner.short_name, kind, stored.pages)
    document = Document.objects.create(owner=owner, folder=folder, kind=kind, title=title, stored=stored)
    record(
        actor=owner.pk,
        act="document.added",
        subject=owner.pk,
        object_=f"application:{folder}",
        words=f"Приложен документ: {rules.NAMES[kind]}, {stored.pages} л.",
        session=session,
        detail={"kind": kind, "sha256": stored.sha256},
    )
    return document


def remove(document: Document, *, session: str = "") -> None:
    """Take a document back, in the caller's transaction. Raises DocumentRefused."""
    if code := rules.may_change(released=document.released_at is not None):
        raise DocumentRefused(code)
    owner, folder, kind, stored = document.owner_id, document.folder, document.kind, document.stored
    document.delete()
    let_go(stored)
    record(
        actor=owner,
        act="document.removed",
        subject=owner,
        object_=f"application:{folder}",
        words=f"Убран документ: {rules.NAMES[kind]}",
        session=session,
        detail={"kind": kind},
    )


def let_go(stored: StoredFile) -> None:
    """Delete a kept file unless a document has it."""
    if not Document.objects.filter(stored=stored).exists():
        files.drop(stored)


def release(folder: str) -> list[Document]:
    """Give the set to the centre, in the caller's transaction: nothing in it changes any more."""
    Document.objects.filter(folder=folder, released_at=None).update(released_at=timezone.now())
    return list(Document.objects.in_folder(folder))


def copy(folder: str, to: str, *, without: Collection[str] = ()) -> None:
    """The same files for another application of the same person, but for these kinds; in the caller's transaction."""
    Document.objects.bulk_create(
        Document(owner_id=one.owner_id, folder=to, kind=one.kind, title=one.title, stored=one.stored)
        for one in Document.objects.in_folder(folder).exclude(kind__in=without)
    )


def note_reading(document: Document, reader: Person, *, session: str = "") -> None:
    """Write down that somebody else looked at a person's document."""
    with transaction.atomic():
        record(
            actor=reader.pk,
            act="document.read",
            subject=document.owner_id,
            object_=f"application:{document.folder}",
            words=f"Сотрудник открыл документ: {rules.NAMES[document.kind]}",
            session=session,
        )
