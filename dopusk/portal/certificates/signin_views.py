"""«Авторизация с использованием электронной подписи»."""

import secrets
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dopusk.kernel.signable import one_line
from dopusk.portal.certificates import entering, words
from dopusk.portal.certificates.entering import Refused
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Shut
from dopusk.portal.signin import otherwise, rules, steps
from dopusk.portal.signin.actions import Awaiting, Locked
from dopusk.web.signing import actions as signing
from dopusk.web.signing import pages, sessions, uploads
from dopusk.web.signing.actions import Act, Examined, Spent
from dopusk.web.signing.models import Challenge
from dopusk.web.signing.turns import Busy

COOKIE: Final = "portal_signing"  # a value only this browser holds, while it signs in; opens nothing
PATH: Final = "/signin/signature/"
# what is signed is a document: Russian on pages of any language
TITLE: Final = "Вход на портал «допуск»"
OPENS: Final = "Подписью этого текста Вы входите на портал. Больше она ни для чего не служит."
# refusals after which another signature changes nothing
ELSEWHERE: Final = frozenset(
    {"certificate_required", "certificate_blocked", "certificate_unknown_person", "certificate_not_confirmed"}
)


@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: HttpRequest) -> HttpResponse:
    """GET gives a text to this browser for ten minutes, POST takes its signature and goes to `next`."""
    values = request.POST if request.method == "POST" else request.GET
    next_path = rules.safe_next(values.get("next", "/"))
    client = clients.find(rules.client_of(next_path))
    if request.method != "POST":
        return _ask(request, client, next_path)
    place = access.place_of(request)
    if otherwise.knock(place):
        return _ask(request, client, next_path, code="signin_held", status=HTTPStatus.TOO_MANY_REQUESTS)
    examined = uploads.examined(request, entering.PURPOSE, _object_key(client))
    if examined.code == Busy.code:
        return _ask(request, client, next_path, examined, Busy.code, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if examined.good:
        otherwise.welcome(place)
    return _entered(request, client, next_path, examined)


def _entered(
    request: HttpRequest, client: Registration | None, next_path: str, examined: Examined
) -> HttpResponse:
    place = access.place_of(request)
    try:
        outcome = entering.enter(examined, place, next_path)
    except Spent as spent:
        return _ask(request, client, next_path, examined, spent.code)
    except Shut:
        return _ask(request, client, next_path, examined, "signin_shut")
    if isinstance(outcome, Refused):
        return _ask(request, client, next_path, examined, outcome.code)
    if isinstance(outcome, Locked):
        response = steps.seen_off(f"/signin/locked/?why={outcome.reason}", next_path)
    elif isinstance(outcome, Awaiting):
        response = steps.seen_off(f"/signin/{outcome.step}/", next_path)
        steps.begin(response, outcome.cookie)
    else:
        response = steps.enter(outcome.opened, next_path, offer=False)
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def _ask(
    request: HttpRequest,
    client: Registration | None,
    next_path: str,
    examined: Examined | None = None,
    code: str = "",
    *,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    """The text to be signed; after a refusal the same one as long as it is good, with what happened above it."""
    browser = _browser(request)
    add = f"/certificates/add/?{urlencode({'next': next_path})}"
    context = {
        "signing": None if code in ELSEWHERE else _page(request, client, examined, code),
        "client": client,
        "next": next_path,
        "code": code,
        "refusal": words.SENTENCES.get(code),
        "elsewhere": code in ELSEWHERE,
        "help_url": pages.help_url(),
        "other_ways": f"/signin/?{urlencode({'next': next_path})}",
        "again_url": f"{PATH}?{urlencode({'next': next_path})}",
        "add_url": f"/signin/?{urlencode({'next': add})}",
    }
    response = render(
        request, "certificates/signature.html", context, status=status if code else HTTPStatus.OK
    )
    response.set_cookie(
        COOKIE, browser, max_age=signing.MINUTES_10, path=PATH,
        httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return steps.leading_to(client, response)


def _page(
    request: HttpRequest, client: Registration | None, examined: Examined | None, code: str
) -> pages.SigningPage:
    own = code in words.SENTENCES
    same = not (own or code in pages.OVER)  # the text may still be signed
    again = pages.again(examined) if examined and same else None
    why = examined.why if examined else ""
    return pages.page(again or _challenge(request, client), code="" if own else code, why=why)


def _browser(request: HttpRequest) -> str:
    """The value that binds the text to this browser; a new one where there is none."""
    value = request.COOKIES.get(COOKIE, "")
    if len(value) != 43:
        value = secrets.token_urlsafe(32)
        request.COOKIES[COOKIE] = value
    return value


def _challenge(request: HttpRequest, client: Registration | None) -> Challenge:
    lines = [OPENS]
    if client:
        lines.append(one_line(f"После входа: сервис «{client.name}»"))
    act = Act(entering.PURPOSE, _object_key(client), TITLE, tuple(lines))
    return signing.ask(act, session=sessions.of(request), owner="", origin=sessions.origin(request))


def _object_key(client: Registration | None) -> str:
    """On the way to which service: a text for one leads to no other."""
    return f"client:{client.client_id}" if client else ""
