"""The straight way through sign-in, before Django: the page as it is, and a password that fits.

Two requests of every login in the country come here, so they are answered from a rendered page and two
statements. Whatever is not straight (a form that is wrong, a password that does not fit, a wait, a second step, a
known device, which is offered a passkey, a token Django has masked, a browser that names another origin) is the
view's, which does all of it by itself too.
"""

import hmac
import re
import secrets
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Final

from django.conf import settings

from dopusk.portal.accounts.passwords import Busy
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Place
from dopusk.portal.sessions.rules import DEVICE_COOKIE_LASTS, device, network
from dopusk.portal.signin import actions, page, rules
from dopusk.portal.wire import Answer, Page, Request, redirect
from dopusk.web.requests import content_security_policy

OUTCOME: Final = "dopusk.signin.outcome"  # where the view finds that the password has been tried, and how
_SECRET = re.compile(
    r"[A-Za-z0-9]{32}"
)  # the form of Django's CSRF secret, which its own checks accept as a token


def signin(request: Request) -> Answer | Page:
    """GET: the page. POST: a session and the way on."""
    return _attempt(request) if request.method == "POST" else _show(request)


def _show(request: Request) -> Answer | Page:
    if "over" in request.query[0]:
        return Page()
    next_path = rules.safe_next(request.query[0].get("next", "/"))
    onward = rules.past_signin(next_path)
    if onward and access.by_cookie(request.cookies.get(access.COOKIE, "")):
        return redirect(onward)
    client = clients.find(rules.client_of(next_path))
    secret = request.cookies.get(settings.CSRF_COOKIE_NAME, "")
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    if not _SECRET.fullmatch(secret):
        secret = secrets.token_hex(16)
        headers.append(
            ("Set-Cookie", f"{settings.CSRF_COOKIE_NAME}={secret}; Max-Age=31449600{_cookie_tail()}")
        )
    language = _language(request)
    shown = page.stamped(
        language=language,
        client=client,
        csrf_token=secret,
        next_path=next_path,
        path=f"/signin/?{request.environ.get('QUERY_STRING', '')}",
        identifier=rules.hinted(request.query[0].get("login_hint", "")),
    )
    headers.append(("Content-Language", language))
    return Answer(HTTPStatus.OK, headers, shown.encode(), _policy(client))


def _attempt(request: Request) -> Answer | Page:
    values, repeated = request.form
    identifier, password = values.get("identifier", "").strip(), values.get("password", "")
    if (
        repeated
        or not identifier
        or not password
        or len(identifier) > rules.LONGEST_IDENTIFIER
        or len(password) > 1024
    ):
        return Page()
    if not _from_our_page(request, values.get("csrfmiddlewaretoken", "")):
        return Page()
    next_path = rules.safe_next(values.get("next", "/"))
    place = Place(
        network=network(access.address_of(request.environ)),
        device=device(request.header("USER_AGENT")),
        old_cookie=request.cookies.get(access.COOKIE, ""),
        device_cookie=request.cookies.get(access.DEVICE_COOKIE, ""),
    )
    try:
        outcome = actions.sign_in(identifier, password, place, next_path=next_path)
    except Busy as busy:
        return Page({OUTCOME: busy})
    if not isinstance(outcome, actions.SignedIn) or outcome.known:
        return Page({OUTCOME: outcome})
    opened, lasts = outcome.opened, int(DEVICE_COOKIE_LASTS.total_seconds())
    return redirect(
        next_path,
        ("Set-Cookie", f"{access.COOKIE}={opened.cookie}{_cookie_tail()}"),
        ("Set-Cookie", f"{access.DEVICE_COOKIE}={opened.device_cookie}; Max-Age={lasts}{_cookie_tail()}"),
    )


def _from_our_page(request: Request, token: str) -> bool:
    """The plain case of Django's CSRF check: the cookie's own secret comes back, and no other origin is named."""
    origin = request.header("ORIGIN")
    ours = origin == settings.PORTAL_URL or (not origin and settings.PORTAL_URL.startswith("http:"))
    secret = request.cookies.get(settings.CSRF_COOKIE_NAME, "")
    return bool(ours and _SECRET.fullmatch(secret) and hmac.compare_digest(secret.encode(), token.encode()))


def _language(request: Request) -> str:
    """As LanguageMiddleware chooses: the person's cookie, else Russian."""
    chosen = request.cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@cache
def _cookie_tail() -> str:
    return f"; HttpOnly; Path=/; SameSite=Lax{'; Secure' if settings.SESSION_COOKIE_SECURE else ''}"


@lru_cache(maxsize=64)
def _policy(client: Registration | None) -> list[tuple[str, str]]:
    """The headers SecurityHeadersMiddleware gives a page, with the way back to the service."""
    policy = content_security_policy(client.origins() if client else [])
    return [("Content-Security-Policy", policy), ("Referrer-Policy", "same-origin")]
