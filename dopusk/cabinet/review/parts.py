"""The centre's own words on the status page of an application it sent back."""

from typing import Any

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.parts import part
from dopusk.cabinet.review.models import Review


@part(3)
def comment(application: Application) -> tuple[str, dict[str, Any]] | None:
    """The comment to a refusal, if the registrar wrote one; the coded faults stand above it."""
    if application.state != "INTAKE_REFUSED":
        return None
    found = Review.objects.filter(application=application, decision="refuse").first()
    return ("review/parts/comment.html", {"words": found.comment}) if found and found.comment else None
