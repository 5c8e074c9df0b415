"""The certificate on the status page of an application."""

from typing import Any

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.parts import part
from dopusk.cabinet.certificates import actions, numbers
from dopusk.cabinet.certificates.models import Certificate


@part(5)
def certificate(application: Application) -> tuple[str, dict[str, Any]] | None:
    """Its number, the way to it, and whether ЕГИСЗ has it."""
    found = Certificate.objects.filter(application=application).first()
    if found is None:
        return None
    return "certificates/parts/certificate.html", {
        "certificate": found,
        "number": numbers.show_number(found.number),
        "recording": actions.recording(found),
    }
