"""Who asks, and what she may see; the only way from a request to a person."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.utils import timezone

from dopusk.cabinet.signin import entrance, presence
from dopusk.cabinet.signin.models import Member, Person

View = Callable[..., HttpResponseBase]

KEY, SEEN, BEGAN = "person", "seen", "began"
IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)  # from sign-in to the end of the session, whatever is done in it
TOUCH = timedelta(minutes=5)  # how often the session's time of last use is written


def person_of(request: HttpRequest) -> Person | None:
    """The signed-in person, or None; read once a request."""
    if not hasattr(request, "_cabinet_person"):
        request._cabinet_person = _read(request)  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark on the request
    found: Person | None = request._cabinet_person  # type: ignore[attr-defined]  # noqa: SLF001
    return found


def current(request: HttpRequest) -> Person:
    """The signed-in person. Raises PermissionDenied; a view behind a decorator of this module always has one."""
    found = person_of(request)
    if found is None:
        raise PermissionDenied
    return found


def roles(person: Person) -> frozenset[str]:
    """Codes of the roles she holds now; read once for each person object."""
    if not hasattr(person, "_roles"):
        rows = Member.objects.filter(snils_index=bytes(person.snils_index), active=True)
        person._roles = frozenset(rows.values_list("role", flat=True))  # type: ignore[attr-defined]  # noqa: SLF001
    found: frozenset[str] = person._roles  # type: ignore[attr-defined]  # noqa: SLF001
    return found


def session_mark(request: HttpRequest) -> str:
    """By which the journal names a session without giving it away."""
    return mark_of(request.session.session_key or "")


def mark_of(key: str) -> str:
    """The mark of a session of this key."""
    return hashlib.sha256(f"session {key}".encode()).hexdigest()[:16] if key else ""


def person_required(view: View) -> View:
    """Let only signed-in people in; a form sent without a session is kept and comes back after sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if person_of(request) is None:
            return entrance.ask_to_sign_in(request)
        response = view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(response, HttpResponse):
            entrance.forget(request, response)
        return response

    return guarded


def confirmed_required(view: View) -> View:
    """Let only people in whose identity the portal proved at their last sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not current(request).confirmed:
            return entrance.ask_to_confirm(request)
        return view(request, *args, **kwargs)

    return person_required(guarded)


def role_required(*wanted: str) -> Callable[[View], View]:
    """Let in holders of any of the roles; others are told that the page is not theirs (403)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not roles(current(request)) & set(wanted):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return confirmed_required(guarded)

    return decorate


def enter(request: HttpRequest, person: Person, *, sid: str, sub: str) -> bool:
    """Begin her session under a fresh key and a fresh CSRF token. sid, sub: the provider's session behind it.

    False: the provider has ended that session meanwhile, so none begins here.
    """
    request.session.flush()
    with transaction.atomic():
        request.session[KEY] = person.pk
        request.session[SEEN] = request.session[BEGAN] = int(timezone.now().timestamp())
        request.session.create()
        open_still = presence.began(request.session.session_key or "", sid[:255], sub)
    if not open_still:
        request.session.flush()
        return False
    rotate_token(request)
    request._cabinet_person = person  # type: ignore[attr-defined]  # noqa: SLF001
    return True


def leave(request: HttpRequest) -> None:
    """End the session on this site."""
    presence.left(request.session.session_key or "")
    request.session.flush()
    request._cabinet_person = None  # type: ignore[attr-defined]  # noqa: SLF001


def run_out(session: Mapping[str, Any], now: float) -> bool:
    """Whether a session was unused for too long, or has lasted too long. now: seconds since 1970."""
    idle = now - float(session.get(SEEN, 0)) > IDLE.total_seconds()
    return idle or now - float(session.get(BEGAN, now)) > LONGEST.total_seconds()


def _read(request: HttpRequest) -> Person | None:
    session = getattr(request, "session", None)  # an error page may come before the session does
    key = session.get(KEY) if session else None
    if key is None:
        return None
    now = timezone.now().timestamp()
    if run_out(request.session, now):
        return None
    if BEGAN not in request.session:  # signed in before its beginning was written: it counts from now
        request.session[BEGAN] = int(now)
    if now - float(request.session.get(SEEN, 0)) > TOUCH.total_seconds():
        request.session[SEEN] = int(now)
    return Person.objects.filter(pk=key).first()
