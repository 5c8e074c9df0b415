"""Certificates for programs; timestamps, the root and the revocation list for anybody."""

from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dopusk.registers.clients.models import Client
from dopusk.registers.pki import actions
from dopusk.registers.pki.forms import Request
from dopusk.registers.pki.office import office
from dopusk.registers.problems import Problem
from dopusk.trust.authority import RequestRefused

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_REFUSALS = {
    "csr_unreadable": "Запрос на сертификат не читается",
    "csr_signature": "Запрос не подписан своим ключом",
    "csr_key": "Такой ключ не годится: нужен P-256 или RSA от 2048 до 4096 бит",
    "csr_subject": "В запросе нет имени и организации или есть лишнее",
}


def certificate(request: HttpRequest, body: Request) -> dict[str, object]:
    """A certificate for the client's own key."""
    client: Client = request.auth  # type: ignore[attr-defined]  # django-ninja puts it there
    try:
        issued = actions.issue(body.csr, body.profile, client.name)
    except RequestRefused as refused:
        raise Problem(422, refused.code, _REFUSALS[refused.code]) from None
    root = office().authority.certificate
    return {
        "certificate": issued.public_bytes(Encoding.PEM).decode(),
        "chain": [root.public_bytes(Encoding.PEM).decode()],
    }


@csrf_exempt
@require_POST
def timestamp(request: HttpRequest) -> HttpResponse:
    """RFC 3161 over HTTP (§3.4); a refusal is an answer too, and comes with 200."""
    if request.content_type != _QUERY:
        return HttpResponse(status=415)
    return HttpResponse(office().responder.answer(request.body, timezone.now()), content_type=_REPLY)


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The root certificate in PEM, for people."""
    return _root(Encoding.PEM, "application/x-pem-file")


@require_safe
def root_der(request: HttpRequest) -> HttpResponse:
    """The same in DER, where the pointers inside certificates lead (RFC 5280 §4.2.2.1)."""
    return _root(Encoding.DER, "application/pkix-cert")


def _root(encoding: Encoding, kind: str) -> HttpResponse:
    response = HttpResponse(office().authority.certificate.public_bytes(encoding), content_type=kind)
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def revoked(request: HttpRequest) -> HttpResponse:
    """The revocation list in DER (RFC 5280 §4.2.1.13)."""
    content = actions.revocation_list().public_bytes(Encoding.DER)
    response = HttpResponse(content, content_type="application/pkix-crl")
    response["Cache-Control"] = "public, max-age=60"
    return response
