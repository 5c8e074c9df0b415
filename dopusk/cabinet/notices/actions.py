"""Telling a person in her cabinet, and noting that she has read it."""

from datetime import date
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


def tell_sitting(application: Application, on: date, postponement: int | None, reason: str) -> Notice | None:
    """Tell that the case was postponed or its sitting moved, unless the last notice says so already.

    postponement: key of the last postponed case; reason: what the commission chose to tell of it.
    """
    told = list(
        Notice.objects.filter(
            application=application, kind__in=["at_commission", "postponed", "sitting_moved"]
        ).order_by("-id")
    )
    known = {one.detail.get("case") for one in told}
    detail: dict[str, Any] = {"sitting_on": on.isoformat()}
    if postponement is not None and postponement not in known:
        kind, detail = "postponed", {**detail, "case": postponement, "reason": reason}
    elif told and told[0].detail.get("sitting_on") != on.isoformat():
        kind = "sitting_moved"
    else:
        return None
    return Notice.objects.create(
        application=application,
        kind=kind,
        person_id=application.applicant_id,
        detail=detail,
        at=timezone.now(),
    )


def read(notice: Notice) -> None:
    """Note when it was first opened."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def read_all(person: Person) -> int:
    """Note that she has seen them all; how many were new."""
    return Notice.objects.unread(person).update(read_at=timezone.now())
