"""Telling a person in her cabinet, and noting that she has read it."""

from typing import Any

from django.utils import timezone

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.notices.models import Notice
from dopusk.cabinet.signin.models import Person


def tell(application: Application, kind: str, **detail: Any) -> Notice:
    """Put a notice into the applicant's list; one of a kind for each application, so telling twice is harmless."""
    notice, _created = Notice.objects.get_or_create(
        application=application,
        kind=kind,
        defaults={"person_id": application.applicant_id, "detail": detail, "at": timezone.now()},
    )
    return notice


def read(notice: Notice) -> None:
    """Note when it was first opened."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def read_all(person: Person) -> int:
    """Note that she has seen them all; how many were new."""
    return Notice.objects.unread(person).update(read_at=timezone.now())
