"""Who is signed in: for views of any slice, and for the protocol endpoints."""

import functools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from dopusk.kernel import names
from dopusk.portal import statement
from dopusk.portal.sessions import actions, rules, sql
from dopusk.portal.sessions.actions import Opened, Place, idle_end
from dopusk.portal.sessions.rules import cookie_hash

COOKIE: Final = "portal_session"
DEVICE_COOKIE: Final = "portal_device"
LATE: Final = "late"  # in the address of the step-up page: a form came after its time
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Person:
    """The person behind a session. signed_in_at is the `auth_time` of the protocol, proved_at the last
    proof of identity, amr how it was proved (RFC 8176), expires_at the end of the session however much it is used."""

    sid: uuid.UUID
    sub: uuid.UUID
    last_name: str
    first_name: str
    patronymic: str
    level: str
    signed_in_at: datetime
    proved_at: datetime
    amr: list[str]
    expires_at: datetime

    @property
    def short_name(self) -> str:
        """`Орлова А. С.`."""
        return names.short(self.last_name, self.first_name, self.patronymic)


def by_cookie(cookie: str) -> Person | None:
    """The person of a session cookie; None when the session is over or never was."""
    if not cookie:
        return None
    return statement.one(sql.CURRENT, {"token": cookie_hash(cookie), "idle": idle_end()}, Person)


def current(request: HttpRequest) -> Person | None:
    """The person signed in, asked once a request."""
    if not hasattr(request, "portal_person"):
        request.portal_person = by_cookie(request.COOKIES.get(COOKIE, ""))  # type: ignore[attr-defined]  # our own memory on the request
    person: Person | None = request.portal_person  # type: ignore[attr-defined]  # set just above
    return person


def time_left(person: Person) -> dict[str, int]:
    """Seconds from this request on: when to warn an idle person, and when her session ends."""
    whole = int((person.expires_at - timezone.now()).total_seconds())
    end = min(whole, int(settings.SESSION_IDLE_END.total_seconds()))
    spare = int((settings.SESSION_IDLE_END - settings.SESSION_IDLE_WARNING).total_seconds())
    return {"warning_in": max(0, end - spare), "end_in": max(0, end)}


def person_required(
    view: Callable[Concatenate[HttpRequest, Person, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """The view gets the person as its second argument; a stranger is sent to sign in and back."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        person = current(request)
        if person is None:
            here = request.get_full_path() if request.method == "GET" else "/"
            return HttpResponseRedirect(f"/signin/?next={quote(here, safe='/')}")
        return view(request, person, *args, **kwargs)

    return guarded


def proof_required(
    view: Callable[Concatenate[HttpRequest, Person, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """As person_required, for sensitive acts: identity proved within the last 30 minutes, else proved again.

    A form is shown only with ten minutes left to fill it in. One that is sent too late all the same is not acted on:
    the page to prove identity says so and leads back to the page the form stood on.
    """

    @functools.wraps(view)
    def guarded(
        request: HttpRequest, person: Person, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        shown = request.method in {"GET", "HEAD"}
        lasts = rules.PROOF_LASTS - rules.PROOF_MARGIN if shown else rules.PROOF_LASTS
        if timezone.now() - person.proved_at > lasts:
            asked = {"next": request.get_full_path() if shown else page_of_form(request)}
            return HttpResponseRedirect(f"/signin/again/?{urlencode(asked if shown else asked | {LATE: 1})}")
        return view(request, person, *args, **kwargs)

    return person_required(guarded)


def page_of_form(request: HttpRequest) -> str:
    """The page of this site a form was sent from, by Referer; else the address it was sent to."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return request.get_full_path()
    if came_from.netloc != request.get_host() or not came_from.path:
        return request.get_full_path()
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def address_of(environ: Mapping[str, Any]) -> str:
    """The address of the client, of a WSGI environment or `request.META`; DOPUSK_TRUSTED_PROXIES may speak for it."""
    return rules.client_address(
        str(environ.get("REMOTE_ADDR", "")),
        str(environ.get("HTTP_X_FORWARDED_FOR", "")),
        settings.TRUSTED_PROXIES,
    )


def place_of(request: HttpRequest) -> Place:
    """Where a request comes from."""
    return Place(
        network=rules.network(address_of(request.META)),
        device=rules.device(request.headers.get("User-Agent", "")),
        old_cookie=request.COOKIES.get(COOKIE, ""),
        device_cookie=request.COOKIES.get(DEVICE_COOKIE, ""),
    )


def renew(response: HttpResponse, sid: uuid.UUID) -> None:
    """Give a session another cookie, after identity was proved once more."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, actions.renew(sid), httponly=True, samesite="Lax", secure=secure)


def carry(response: HttpResponse, opened: Opened) -> None:
    """Give the browser the cookies of its new session and of the device it now is."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, opened.cookie, httponly=True, samesite="Lax", secure=secure)
    lasts = rules.DEVICE_COOKIE_LASTS
    response.set_cookie(
        DEVICE_COOKIE, opened.device_cookie, max_age=lasts, httponly=True, samesite="Lax", secure=secure
    )
