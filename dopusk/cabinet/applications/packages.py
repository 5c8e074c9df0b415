"""Signatures handed out: an archive that anybody can check without us."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from dopusk.cabinet.applications import statement
from dopusk.cabinet.applications.models import Signed
from dopusk.web.signing import package
from dopusk.web.signing.models import Signature

GIVEN = "sandbox; default-src 'none'; frame-ancestors 'none'"


def application(signed: Signed) -> HttpResponse:
    """The signature under an application, with the data that the last line of the signed text speaks of."""
    named = signed.application
    snapshot = statement.canonical(named.snapshot or {})
    name = f"Подпись под заявлением {named.number or str(named.pk)[:8]}"
    return give(signed.signature, name, {"snapshot.json": snapshot})


def give(signature: Signature, name: str, more: dict[str, bytes] | None = None) -> HttpResponse:
    """The archive of a signature. name: without ending. more: further files in it."""
    content = package.package(signature, more or {})
    response = HttpResponse(content, content_type="application/zip")
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.zip")
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Content-Security-Policy"] = GIVEN
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
