"""The certificate as its holder sees it."""

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dopusk.cabinet.certificates import actions, numbers, papers
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.signin.access import current, person_required
from dopusk.web.files import answers


@require_safe
@person_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """What it says, the file, the QR, the public page, and whether ЕГИСЗ has it."""
    certificate = _own(request, number)
    url = papers.verify_url(certificate)
    context = {
        "certificate": certificate,
        "number": numbers.show_number(certificate.number),
        "code": numbers.show_code(certificate.code),
        "recording": actions.recording(certificate),
        "verify_url": url,
        "qr": segno.make(url, error="m", micro=False).svg_data_uri(border=2, scale=4),
        "today": timezone.localdate(),
        "live_url": f"{settings.LIVE_URL}/events",
        "following": certificate.recorded_at is None,
    }
    return render(request, "certificates/show.html", context)


@require_safe
@person_required
def file(request: HttpRequest, number: str) -> HttpResponse:
    """The sealed PDF."""
    certificate = _own(request, number)
    if certificate.pdf is None:
        raise Http404
    return answers.give(certificate.pdf, f"Выписка {certificate.number}")


def _own(request: HttpRequest, number: str) -> Certificate:
    """The person's own certificate; to others it does not exist."""
    rows = Certificate.objects.of(current(request)).select_related("pdf", "application")
    return get_object_or_404(rows, number=numbers.parse_number(number) or "")
