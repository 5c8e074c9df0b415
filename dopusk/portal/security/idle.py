"""What the end of every page of a signed-in person needs, to ask her whether she is still here."""

from typing import Any, Final

from django.conf import settings

from dopusk.portal.sessions.access import Person, time_left
from dopusk.trust.sealing import blind_index

TEMPLATE: Final = "security/parts/idle.html"


def foot(person: Person) -> dict[str, Any]:
    """For the context of a page: `foot` (the template) and `idle`. owner tells whose typed text a tab keeps."""
    owner = blind_index(settings.SEALING_KEY, "idle owner", str(person.sub)).hex()[:16]
    return {"foot": TEMPLATE, "idle": {**time_left(person), "owner": owner}}
