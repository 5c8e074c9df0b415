"""Which session asks, and from which address of this site: what a challenge is bound to besides its act."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

COOKIES: Final = ("portal_session", "portal_signing")


def of(request: HttpRequest) -> str:
    """What names the session of this request, by the site's SIGNING_SESSION; empty when there is none."""
    named: Callable[[HttpRequest], str] = import_string(settings.SIGNING_SESSION)
    return named(request)


def origin(request: HttpRequest) -> str:
    """The origin of this site's page as browsers write it; the host was checked against ALLOWED_HOSTS."""
    return f"{request.scheme}://{request.get_host()}".lower()


def by_django(request: HttpRequest) -> str:
    """For a site with Django's sessions; empty before one has begun."""
    return request.session.session_key or ""


def by_cookie(request: HttpRequest) -> str:
    """For a site with sessions of its own: the cookie of a person signed in, or that of a sign-in under way."""
    return next((f"{name}={value}" for name in COOKIES if (value := request.COOKIES.get(name))), "")
