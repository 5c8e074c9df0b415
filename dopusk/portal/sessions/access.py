"""Who is signed in: for views of any slice, and for the protocol endpoints."""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, Final, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from dopusk.kernel import names
from dopusk.portal import statement
from dopusk.portal.sessions import rules, sql
from dopusk.portal.sessions.actions import Opened, Place
from dopusk.portal.sessions.rules import cookie_hash

COOKIE: Final = "portal_session"
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Person:
    """The person behind a session. signed_in_at is the `auth_time` of the protocol, proved_at the last
    proof of identity, amr how it was proved (RFC 8176)."""

    sid: uuid.UUID
    sub: uuid.UUID
    last_name: str
    first_name: str
    patronymic: str
    level: str
    signed_in_at: datetime
    proved_at: datetime
    amr: list[str]

    @property
    def short_name(self) -> str:
        """`Орлова А. С.`."""
        return names.short(self.last_name, self.first_name, self.patronymic)


def by_cookie(cookie: str) -> Person | None:
    """The person of a session cookie; None when the session is over or never was."""
    if not cookie:
        return None
    return statement.one(sql.CURRENT, {"token": cookie_hash(cookie), "idle": rules.SESSION_IDLE}, Person)


def current(request: HttpRequest) -> Person | None:
    """The person signed in, asked once a request."""
    if not hasattr(request, "portal_person"):
        request.portal_person = by_cookie(request.COOKIES.get(COOKIE, ""))  # type: ignore[attr-defined]  # our own memory on the request
    person: Person | None = request.portal_person  # type: ignore[attr-defined]  # set just above
    return person


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

    A form sent too late is not lost: the page to prove identity leads back to the form.
    """

    @functools.wraps(view)
    def guarded(
        request: HttpRequest, person: Person, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if timezone.now() - person.proved_at > rules.PROOF_LASTS:
            return HttpResponseRedirect(f"/signin/again/?next={quote(request.get_full_path(), safe='/')}")
        return view(request, person, *args, **kwargs)

    return person_required(guarded)


def place_of(request: HttpRequest) -> Place:
    """Where a request comes from."""
    return Place(
        network=rules.network(request.META.get("REMOTE_ADDR", "")),
        device=rules.device(request.headers.get("User-Agent", "")),
        old_cookie=request.COOKIES.get(COOKIE, ""),
    )


def carry(response: HttpResponse, opened: Opened) -> None:
    """Give the browser the cookie of its new session."""
    response.set_cookie(
        COOKIE, opened.cookie, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
