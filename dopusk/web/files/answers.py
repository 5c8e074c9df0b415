"""A kept file as an HTTP answer; whoever may see it was decided by the caller."""

from django.http import HttpResponse

from dopusk.web.files import actions
from dopusk.web.files.models import StoredFile

# Chromium's PDF viewer does not start in a sandbox; what it shows was cleaned when it was taken in
SHOWN = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'"
)
GIVEN = "sandbox; default-src 'none'; frame-ancestors 'none'"


def give(stored: StoredFile, name: str, *, inline: bool = False) -> HttpResponse:
    """The content under a name (without ending). inline: to be looked at in our own page, not saved."""
    response = HttpResponse(actions.read(stored), content_type=stored.media_type)
    safe = "".join(" " if letter in '\\/:*?"<>|\r\n' else letter for letter in name)
    response.headers["Content-Disposition"] = _disposition(f"{safe}{stored.extension}", inline=inline)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SHOWN if inline else GIVEN
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if inline else "DENY"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _disposition(name: str, *, inline: bool) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(as_attachment=not inline, filename=name) or "attachment"
