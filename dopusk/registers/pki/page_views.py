"""The authority's pages: what it issued, a new certificate, what becomes of one. Sandbox only."""

import base64
import io
import json
import re
import secrets
import zipfile
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.kernel import snils
from dopusk.kernel.invalid import Invalid
from dopusk.registers.pki import actions
from dopusk.registers.pki.authorities import NAMES, ROOT, ROOT_OF, authority, branches, pointers
from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.page_forms import REASONS, NewForm, PersonForm, SearchForm, StandingForm
from dopusk.registers.pki.rules import Branch, Reason
from dopusk.trust import gost
from dopusk.trust.authority import RequestRefused
from dopusk.trust.certificates import Certificate, pem
from dopusk.trust.certificates import read as certificate_of
from dopusk.trust.issuers import HOLD
from dopusk.trust.key_files import MadeKey
from dopusk.trust.owners import owner
from dopusk.web.design.templatetags.design import moment

PAGE: Final = 25
OPERATOR: Final = "operator"
SERIAL: Final = re.compile(r"[0-9a-fA-F]{1,40}")  # an address may hold anything, and the database no NUL
GOOD, EXPIRED, REVOKED, SUSPENDED = "good", "expired", "revoked", "suspended"
BRANCHES: Final[dict[str, Any]] = {Branch.EC: "EC", Branch.RSA: "RSA", Branch.GOST: gettext_lazy("ГОСТ")}
KEYS: Final[dict[str, Any]] = {
    "ec": "ECDSA, P-256",
    "rsa": "RSA",
    "gost2012_256": gettext_lazy("ГОСТ Р 34.10-2012, 256 бит"),
    "gost2012_512": gettext_lazy("ГОСТ Р 34.10-2012, 512 бит"),
}
QUIET: Final = {"", HOLD, Reason.UNSPECIFIED.value}  # reasons that the state itself tells, or nobody
STANDINGS: Final = {
    GOOD: (gettext_lazy("Действует"), "green"),
    EXPIRED: (gettext_lazy("Срок истёк"), "grey"),
    REVOKED: (gettext_lazy("Отозван"), "red"),
    SUSPENDED: (gettext_lazy("Приостановлен"), "yellow"),
}


def _sandbox_only() -> None:
    if not settings.SANDBOX:
        raise Http404


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was issued to people, the newest first; found by name, СНИЛС or serial number."""
    _sandbox_only()
    form = SearchForm(request.GET)
    found = form.narrow(Issued.objects.to_people()).order_by("-issued_at", "-id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(issued) for issued in page],
        "gost": gost.available(),
        "lists": [
            pointers(name).revoked for name in (*dict.fromkeys(ROOT_OF[b] for b in branches()), *branches())
        ],
        "roots": f"{settings.REGISTERS_URL}/pki/{ROOT}s.pem",
    }
    return render(request, "pki/index.html", context, status=422 if form.errors else 200)


def _row(issued: Issued) -> dict[str, Any]:
    """A certificate with its standing in words."""
    code = _standing(issued)
    text, colour = STANDINGS[code]
    return {
        "issued": issued,
        "code": code,
        "state": text,
        "colour": colour,
        "branch": BRANCHES[issued.authority],
    }


def _standing(issued: Issued) -> str:
    if issued.revoked_at:
        return SUSPENDED if issued.reason == HOLD else REVOKED
    return EXPIRED if issued.valid_until < timezone.now() else GOOD


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new certificate. With a key made here the files are in the answer, and nowhere else."""
    _sandbox_only()
    chosen = PersonForm(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        started = {"authority": Branch.EC.value, "key": "here", "days": 365, **chosen.facts()}
        return _ask(request, NewForm(initial=started), chosen)
    form = NewForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form, chosen)
    given = form.cleaned_data
    branch, subject = Branch(given["authority"]), form.subject
    assert subject is not None
    try:
        made = MadeKey.new(branch) if given["key"] == "here" else None
        asked = made.request(subject.common_name) if made else given["request"]
        issued = actions.issue_to_person(asked, branch, subject, OPERATOR, days=given["days"])
    except RequestRefused as refused:
        form.refuse("csr", refused.code)
        return _ask(request, form, chosen)
    except gost.EngineMissing:
        form.refuse("authority", "gost_missing")
        return _ask(request, form, chosen)
    if made is None:
        messages.success(request, _("Сертификат выпущен. Скачайте его и положите рядом с ключом."))
        return redirect("pki:show", issued.serial_number)
    return _hand_over(request, issued, made, given["pin"])


def _ask(request: HttpRequest, form: NewForm, chosen: PersonForm) -> HttpResponse:
    form.again()
    context = {"form": form, "chosen": chosen, "gost": Branch.GOST in branches()}
    return render(request, "pki/new.html", context, status=422 if form.is_bound else 200)


def _hand_over(request: HttpRequest, issued: Issued, made: MadeKey, pin: str) -> HttpResponse:
    """The page with the key's files in it. They are made for this answer, kept nowhere, never asked for again."""
    above = authority(Branch(issued.authority)).chain
    chain = (certificate_of(issued.pem.encode()).der, *above)
    name = f"certificate-{issued.serial_number[-8:]}"
    files = [
        ("p12", f"{name}.p12", "application/x-pkcs12", made.pkcs12(chain, pin)),
        ("folder", f"{name}.zip", "application/zip", _folder(issued, made, chain[:2], pin)),
    ]
    context = {
        "row": _row(issued),
        "files": [
            {"kind": kind, "name": file, "url": f"data:{media};base64,{base64.b64encode(content).decode()}"}
            for kind, file, media, content in files
        ],
    }
    return render(request, "pki/made.html", context)


def _folder(issued: Issued, made: MadeKey, chain: tuple[bytes, ...], pin: str) -> bytes:
    """The token that is a folder, as the agent reads it: the key under the PIN, the certificate with its issuer."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as folder:
        told = {"label": issued.owner, "serial": secrets.token_hex(8)}
        folder.writestr("token.json", json.dumps(told, ensure_ascii=False))
        folder.writestr("certificate.pem", b"".join(map(pem, chain)))
        folder.writestr("key.pem", made.locked(pin))
    return kept.getvalue()


@require_safe
def show(request: HttpRequest, serial: str) -> HttpResponse:
    """One certificate: whose, until when, how it stands, what can be done."""
    _sandbox_only()
    return _show(request, _issued(serial), None)


def _show(request: HttpRequest, issued: Issued, refused: StandingForm | None) -> HttpResponse:
    place = pointers(Branch(issued.authority))
    form = refused or StandingForm(held=issued.reason == HOLD)
    read = certificate_of(issued.pem.encode())
    context = {
        **_row(issued),
        "form": form,
        "facts": _facts(issued, read),
        "places": [
            {"key": _("Список отозванных"), "value": place.revoked},
            {"key": "OCSP", "value": place.ocsp},
        ],
        "reason": "" if issued.reason in QUIET else REASONS[Reason(issued.reason)],
        "held": issued.reason == HOLD,
        "may_revoke": issued.reason in {"", HOLD},
    }
    return render(request, "pki/show.html", context, status=422 if form.errors else 200)


def _facts(issued: Issued, read: Certificate) -> list[dict[str, str]]:
    """What stands in the certificate, in words; what does not stand in it is left out."""
    whose = owner(read)
    number = " ".join(issued.serial_number[at : at + 4] for at in range(0, 40, 4))
    term = _("с %(start)s до %(end)s") % {"start": moment(read.not_before), "end": moment(read.not_after)}
    told = (
        (_("СНИЛС"), snils.show(issued.snils)),
        (_("ИНН человека"), whose.inn),
        (_("Электронная почта"), whose.email),
        (_("Организация"), whose.organisation),
        (_("Должность"), whose.title),
        (_("ИНН организации"), whose.inn_of_organisation),
        (_("ОГРН"), whose.ogrn),
        (_("Действует"), term),
        (_("Ключ"), KEYS.get(read.algorithm, read.algorithm)),
        (_("Издатель"), NAMES[issued.authority]),
        (_("Номер"), number),
    )
    return [{"key": str(key), "value": str(value)} for key, value in told if value]


@require_POST
def standing(request: HttpRequest, serial: str) -> HttpResponse:
    """Revoke or suspend for a reason; `act=restore` ends a suspension."""
    _sandbox_only()
    issued = _issued(serial)
    if request.POST.get("act") == "restore":
        try:
            actions.restore(issued.serial_number, OPERATOR)
            messages.success(request, _("Сертификат снова действует. Список отозванных уже другой."))
        except Invalid:
            messages.error(request, _("Возобновить нечего: действие сертификата не приостановлено."))
        return redirect("pki:show", issued.serial_number)
    form = StandingForm(request.POST)
    if not form.is_valid():
        return _show(request, issued, form)
    reason = Reason(form.cleaned_data["reason"])
    if not actions.revoke(issued.serial_number, OPERATOR, reason):
        messages.error(request, _("Так не получится: сертификат уже в списке отозванных."))
    elif reason is Reason.CERTIFICATE_HOLD:
        messages.success(request, _("Действие приостановлено. Это уже видно в списке и в ответах OCSP."))
    else:
        messages.success(request, _("Сертификат отозван. Это уже видно в списке и в ответах OCSP."))
    return redirect("pki:show", issued.serial_number)


@require_safe
def file(request: HttpRequest, serial: str) -> HttpResponse:
    """The certificate with its issuers, PEM, the root last."""
    _sandbox_only()
    issued = _issued(serial)
    try:
        chain: tuple[bytes, ...] = authority(Branch(issued.authority)).chain
    except gost.EngineMissing:  # it was there when this was issued
        chain = ()
    response = HttpResponse(
        b"".join((issued.pem.encode(), *map(pem, chain))), content_type="application/x-pem-file"
    )
    response["Content-Disposition"] = f'attachment; filename="certificate-{issued.serial_number[-8:]}.pem"'
    return response


def _issued(serial: str) -> Issued:
    if not SERIAL.fullmatch(serial):
        raise Http404
    return get_object_or_404(Issued.objects.to_people(), serial_number=serial.lower())
