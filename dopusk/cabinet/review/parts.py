"""The centre's own words on the status page of an application it sent back."""

from typing import Any

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.parts import part
from dopusk.cabinet.review.models import Review


@part(3)
def comment(application: Application) -> tuple[str, dict[str, Any]] | None:
    """The comment to a refusal, if the registrar wrote one, for the draft that mends it too; faults stand above."""
    if application.state not in {"INTAKE_REFUSED", "DRAFT"}:
        return None
    former = application.copied_from_id if application.state == "DRAFT" else application.pk
    if former is None:
        return None
    found = Review.objects.filter(application=former, decision="refuse").first()
    return ("review/parts/comment.html", {"words": found.comment}) if found and found.comment else None
