"""Who is signed in: for views of any slice, and for the protocol endpoints."""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, Final, ParamSpec
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dopusk.kernel import names
from dopusk.portal import statement
from dopusk.portal.signin import rules, sql
from dopusk.portal.signin.actions import cookie_hash

COOKIE: Final = "portal_session"
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Person:
    """The person behind a session. signed_in_at is the `auth_time` of the protocol."""

    sid: uuid.UUID
    sub: uuid.UUID
    last_name: str
    first_name: str
    patronymic: str
    level: str
    signed_in_at: datetime

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
