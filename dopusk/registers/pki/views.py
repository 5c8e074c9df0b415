"""Certificates for programs; timestamps, the root and the revocation list for anybody."""

import binascii
from typing import Annotated
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from ninja import Path
from pydantic.alias_generators import to_camel

from dopusk.kernel.invalid import Invalid
from dopusk.registers.clients.models import Client
from dopusk.registers.pki import actions, lists, rules
from dopusk.registers.pki.authorities import GOST_ROOT, ROOT, authority
from dopusk.registers.pki.authorities import root as root_of
from dopusk.registers.pki.authorities import roots as all_roots
from dopusk.registers.pki.forms import Request, Revocation
from dopusk.registers.pki.models import PERSON, Issued
from dopusk.registers.pki.office import office
from dopusk.registers.pki.rules import Branch, Reason
from dopusk.registers.problems import Problem
from dopusk.trust import gost
from dopusk.trust.authority import RequestRefused
from dopusk.trust.certificates import pem
from dopusk.trust.ocsp import LARGEST, refusal

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_ASKED, _ANSWERED = "application/ocsp-request", "application/ocsp-response"
Serial = Annotated[str, Path(max_length=40, pattern=r"^[0-9a-fA-F]+$")]
REFUSALS = {
    "csr_unreadable": "Запрос на сертификат не читается",
    "csr_signature": "Запрос не подписан своим ключом",
    "csr_key": "Такой ключ не годится: нужен P-256 или RSA от 2048 до 4096 бит, а для ГОСТ ключ ГОСТ Р 34.10-2012",
    "csr_subject": "В запросе нет имени и организации или есть лишнее",
}


def certificate(request: HttpRequest, body: Request) -> dict[str, object]:
    """A certificate for the client's own key, or for that of a person of the sandbox."""
    client: Client = request.auth  # type: ignore[attr-defined]  # django-ninja puts it there
    try:
        if body.profile == PERSON:
            return _persons(body, client.name)
        issued = actions.issue(body.csr, "seal", client.name)
    except RequestRefused as refused:
        raise Problem(422, refused.code, REFUSALS[refused.code]) from None
    root = office().authority.certificate
    return {
        "certificate": issued.public_bytes(Encoding.PEM).decode(),
        "chain": [root.public_bytes(Encoding.PEM).decode()],
        "serial_number": f"{issued.serial_number:040x}",
    }


def _persons(body: Request, asked_by: str) -> dict[str, object]:
    """422 with the facts that will not do; 503 `gost_missing` where there is no engine."""
    _sandbox_only()
    assert body.owner is not None
    assert body.authority is not None
    try:
        subject = rules.subject(body.owner.model_dump())
    except rules.Unfit as unfit:
        errors = [{"field": f"owner.{to_camel(name)}", "code": code} for name, code in unfit.errors.items()]
        raise Problem(422, "invalid_request", "Запрос составлен неверно", errors=errors) from None
    try:
        issued = actions.issue_to_person(
            body.csr.encode(), body.authority, subject, asked_by, days=body.days or 365
        )
        chain = authority(body.authority).chain
    except gost.EngineMissing:
        raise Problem(
            503, "gost_missing", "Здесь нет средства ГОСТ, такие сертификаты не выпускаются"
        ) from None
    return {
        "certificate": issued.pem,
        "chain": [pem(one).decode() for one in chain],
        "serial_number": issued.serial_number,
    }


def _sandbox_only() -> None:
    if not settings.SANDBOX:
        raise Problem(404, "not_found", "Такой записи нет")


def revoke(request: HttpRequest, serial: Serial, body: Revocation) -> Issued:
    """Revoke or suspend a person's certificate. 409 `revoked_already`, `suspended_already`."""
    issued = _of_a_person(serial)
    if not actions.revoke(issued.serial_number, str(request.auth), body.reason):  # type: ignore[attr-defined]
        code = (
            "suspended_already"
            if body.reason == issued.reason == Reason.CERTIFICATE_HOLD
            else "revoked_already"
        )
        raise Problem(409, code, "Сертификат уже в списке отозванных")
    return Issued.objects.get(pk=issued.pk)


def restore(request: HttpRequest, serial: Serial) -> Issued:
    """End a suspension. 409 `not_suspended`."""
    issued = _of_a_person(serial)
    try:
        actions.restore(issued.serial_number, str(request.auth))  # type: ignore[attr-defined]
    except Invalid as refused:
        raise Problem(409, refused.code, "Действие сертификата не приостановлено") from None
    return Issued.objects.get(pk=issued.pk)


def _of_a_person(serial: str) -> Issued:
    _sandbox_only()
    issued = Issued.objects.to_people().filter(serial_number=serial.lower().zfill(40)).first()
    if issued is None:
        raise Problem(404, "not_found", "Такого сертификата здесь не выпускали")
    return issued


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


# ── the authorities that vouch for people: sandbox only ──


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """Every root that people's signatures lead to, PEM, one after another."""
    _exists()
    return HttpResponse(b"".join(map(pem, all_roots())), content_type="application/x-pem-file")


@require_safe
def issuer(request: HttpRequest, name: str) -> HttpResponse:
    """The certificate (DER) of a root or of who issues, where the pointers inside certificates lead."""
    _exists()
    try:
        found = root_of(name) if name in {ROOT, GOST_ROOT} else authority(Branch(name)).issuer
    except gost.EngineMissing:
        return _no_gost()
    return HttpResponse(found.certificate, content_type="application/pkix-cert")


@require_safe
def issuers_list(request: HttpRequest, name: str) -> HttpResponse:
    """The revocation list (DER) of a root or of who issues. Not to be kept by caches: it is cheap, and may be new."""
    _exists()
    try:
        response = HttpResponse(lists.revocation_list(name), content_type="application/pkix-crl")
    except gost.EngineMissing:
        return _no_gost()
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt
@require_POST
def ocsp(request: HttpRequest, branch: str) -> HttpResponse:
    """RFC 6960 over HTTP (appendix A.1): how a certificate stands at this moment."""
    _exists()
    if request.content_type != _ASKED:
        return HttpResponse(status=415)
    return _answer(Branch(branch), request.read(LARGEST + 1))


@require_safe
def ocsp_get(request: HttpRequest, branch: str, question: str) -> HttpResponse:
    """The same for a question in base64 in the address, as caches like it."""
    _exists()
    try:
        asked = binascii.a2b_base64(unquote(question).encode(), strict_mode=True)
    except ValueError:
        asked = b""
    return _answer(Branch(branch), asked)


def _answer(branch: Branch, asked: bytes) -> HttpResponse:
    try:
        answered = authority(branch).responder.answer(
            asked, lambda numbers: actions.standings(branch, numbers), timezone.now()
        )
    except gost.EngineMissing:
        answered = refusal()
    response = HttpResponse(answered, content_type=_ANSWERED)
    response["Cache-Control"] = "no-cache"
    return response


def _exists() -> None:
    if not settings.SANDBOX:
        raise Http404


def _no_gost() -> HttpResponse:
    return Problem(503, "gost_missing", "Здесь нет средства ГОСТ").answer()
