"""Puts the fast app before Django's, with what both must share: the database and the headers of safety."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from dopusk.cabinet.verification.hot import App, PublicAnswers
from dopusk.cabinet.verification.lookup import Lookup
from dopusk.web.requests import SecurityHeadersMiddleware

LIBPQ_NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def database() -> dict[str, str]:
    """libpq's parameters of the site's database, as Django is told of it at this moment."""
    told = connection.settings_dict
    named = {libpq: str(told[name]) for name, libpq in LIBPQ_NAMES.items() if told.get(name)}
    options = {name: str(value) for name, value in told["OPTIONS"].items() if isinstance(value, str | int)}
    return {**options, **named}


def safety_headers() -> list[tuple[str, str]]:
    """What the middleware adds to any answer, without the two this app sets itself."""
    answer = SecurityHeadersMiddleware(lambda request: HttpResponse())(HttpRequest())
    return [item for item in answer.headers.items() if item[0] not in {"Content-Type", "Cache-Control"}]


def before(django: App) -> PublicAnswers:
    """The composed application."""
    return PublicAnswers(django, Lookup(database), safety_headers())
