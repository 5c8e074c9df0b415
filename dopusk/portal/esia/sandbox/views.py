"""Pages and files that only a sandbox has: the test people, the certificate and the key that markers are signed by."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.portal.clients import models as clients
from dopusk.portal.esia import signing
from dopusk.portal.esia.sandbox import choice
from dopusk.portal.esia.sandbox.people import by_snils
from dopusk.portal.esia.sandbox.seeding import account_of
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Shut, start
from dopusk.portal.sessions.rules import BY_PASSWORD
from dopusk.portal.signin import rules as signin
from dopusk.portal.signin.steps import leading_to, seen_off
from dopusk.trust import gost


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """GET offers the test people; POST signs the chosen one in, no password asked, and goes to `next`."""
    if not settings.SANDBOX:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    next_path = signin.safe_next(given.get("next", "/"))
    if request.method == "POST":
        return _entered(request, next_path)
    client = clients.find(signin.client_of(next_path))
    name = _(client.name) if client else ""
    if str(get_language()).startswith("ru"):  # it stands in such quotes itself
        name = name.translate(str.maketrans("«»", "„“"))
    shown = {"offered": choice.offered(), "next": next_path, "client": client, "name": name}
    return leading_to(client, render(request, "esia/people.html", shown))


@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate that signs markers, then those of keys that signed them lately.

    Of the algorithm of ESIA_SIGNER, or `?alg=GOST3410_2012_256`.
    """
    return _text(request, lambda alg: "".join(signing.published(alg)))


@require_safe
def public_key(request: HttpRequest) -> HttpResponse:
    """The public key that markers are signed by now, in PEM."""
    return _text(request, lambda alg: signing.public(alg)[1])


def _entered(request: HttpRequest, next_path: str) -> HttpResponse:
    """The chosen one is signed in; a blocked one learns what the portal tells her."""
    seat = by_snils(request.POST.get("person", ""))
    account = account_of(seat) if seat else None
    if account is None:
        raise Http404
    try:
        opened = start(
            account.sub,
            access.place_of(request),
            amr=[BY_PASSWORD],
            words="Вы вошли на портал: выбор тестового человека в песочнице",
        )
    except Shut:
        return seen_off(f"/signin/locked/?why={account.lock_reason}", next_path)
    response = seen_off(next_path, next_path)
    access.carry(response, opened)
    return response


def _text(request: HttpRequest, told: Callable[[str], str]) -> HttpResponse:
    if not settings.SANDBOX:
        raise Http404
    alg = request.GET.get("alg", settings.ESIA_SIGNER)
    if alg not in signing.ALGS:
        raise Http404
    try:
        text = told(alg)
    except gost.EngineMissing:
        return HttpResponse(
            _("Здесь нет движка ГОСТ для OpenSSL."), status=503, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(text, content_type="application/x-pem-file", headers={"Cache-Control": "no-store"})
