"""What stands before Django's handler: the protocol's endpoints and the straight way through sign-in.

A plain WSGI request in, a plain answer out; trace id and headers of safety are given here as the middleware gives
them to pages. An endpoint that has a page to show, or meets anything out of the ordinary, leaves the request to
Django and may tell the view what it already knows.
"""

import io
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import psycopg
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.encoding import iri_to_uri

from dopusk.kernel import trace

log = logging.getLogger(__name__)

LONGEST_BODY: Final = 16 * 1024
SAFETY: Final = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
]
NO_PAGE: Final = [
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("Referrer-Policy", "no-referrer"),
]

Parameters = tuple[dict[str, str], frozenset[str]]


@dataclass(frozen=True)
class Request:
    """What an endpoint reads of a WSGI request."""

    environ: WSGIEnvironment

    @property
    def method(self) -> str:
        """GET, POST…"""
        return str(self.environ["REQUEST_METHOD"])

    def header(self, name: str) -> str:
        """A header by its CGI name without HTTP_, as `USER_AGENT`; an empty text when it is not there."""
        return str(self.environ.get(f"HTTP_{name}", ""))

    @property
    def is_form(self) -> bool:
        """Whether the body says it is a form."""
        kind = str(self.environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
        return kind == "application/x-www-form-urlencoded"

    @cached_property
    def cookies(self) -> dict[str, str]:
        """Cookies by name; of two with one name the first, as browsers send the more particular one first."""
        found: dict[str, str] = {}
        for part in self.header("COOKIE").split(";"):
            name, _, value = part.strip().partition("=")
            found.setdefault(name, value)
        return found

    @cached_property
    def query(self) -> Parameters:
        """Parameters of the address, and the names of those given more than once."""
        return _parameters(str(self.environ.get("QUERY_STRING", "")))

    @cached_property
    def form(self) -> Parameters:
        """Parameters of the body, likewise; nothing of a body too long to be one of ours. Django can read it again."""
        try:
            length = int(self.environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if not self.is_form or not 0 < length <= LONGEST_BODY:
            return {}, frozenset()
        body: bytes = self.environ["wsgi.input"].read(length)
        self.environ["wsgi.input"] = io.BytesIO(body)
        return _parameters(body.decode("ascii", "replace"))


def _parameters(text: str) -> Parameters:
    values: dict[str, str] = {}
    repeated: set[str] = set()
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=50)
    except ValueError:
        return {}, frozenset()
    for name, value in pairs:
        if name in values:
            repeated.add(name)
        values[name] = value
    return values, frozenset(repeated)


@dataclass(frozen=True)
class Answer:
    """status, headers of its own, body. Without a policy of its own it is no page and may load nothing."""

    status: HTTPStatus
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    policy: list[tuple[str, str]] = field(default_factory=lambda: NO_PAGE)


@dataclass(frozen=True)
class Page:
    """Django answers this request; told: what it finds in `request.META`."""

    told: dict[str, Any] = field(default_factory=dict)


Endpoint = Callable[[Request], Answer | Page]


@dataclass(frozen=True)
class Route:
    """An endpoint and its methods. pages: the address is a page, so other methods and failures are Django's too."""

    endpoint: Endpoint
    methods: frozenset[str]
    pages: bool = False


def redirect(location: str, *headers: tuple[str, str]) -> Answer:
    """RFC 9700 §4.12: 303, so that a form is never sent on. location: letters of any script, as in Django's own."""
    return Answer(
        HTTPStatus.SEE_OTHER, [("Location", iri_to_uri(location)), ("Cache-Control", "no-store"), *headers]
    )


def as_json(
    status: HTTPStatus, content: Mapping[str, Any] | bytes, *headers: tuple[str, str], cache: str = "no-store"
) -> Answer:
    """A JSON answer. cache: Cache-Control (RFC 6749 §5.1 asks for no-store)."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, [("Content-Type", "application/json"), ("Cache-Control", cache), *headers], body)


@dataclass(frozen=True)
class Front:
    """The WSGI application: `routes` by path, and Django for all else."""

    routes: Mapping[str, Route]
    django: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        route = self.routes.get(environ.get("PATH_INFO", ""))
        if route is None:
            return self.django(environ, start_response)
        with trace.use(str(environ.get("HTTP_X_TRACE_ID", ""))) as identifier:
            answer = _answer(route, Request(environ))
            if isinstance(answer, Page):
                told = {**environ, **answer.told, "HTTP_X_TRACE_ID": identifier}
                return self.django(told, start_response)
        start_response(
            f"{answer.status.value} {answer.status.phrase}",
            [
                *answer.headers,
                ("Content-Length", str(len(answer.body))),
                ("X-Trace-Id", identifier),
                *answer.policy,
                *_safety(),
            ],
        )
        return [answer.body]


@cache
def _safety() -> list[tuple[str, str]]:
    https = [("Strict-Transport-Security", "max-age=31536000")] if settings.SESSION_COOKIE_SECURE else []
    return [*SAFETY, *https]


def _answer(route: Route, request: Request) -> Answer | Page:
    """Our own failure is told in the protocol's form, or on Django's page, and never shows its inside."""
    if request.method not in route.methods:
        if route.pages:
            return Page()
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", ", ".join(sorted(route.methods)))])
    try:
        return route.endpoint(request)
    except (DatabaseError, psycopg.Error):  # of the ORM, and of statements sent straight to libpq
        log.exception("the database failed a request")
        close_old_connections()  # nothing else does it here: the next request finds a new line
        return Page() if route.pages else _failure(HTTPStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable")
    except Exception:
        log.exception("a request failed")
        return Page() if route.pages else _failure(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error")


def _failure(status: HTTPStatus, error: str) -> Answer:
    return as_json(status, {"error": error, "error_description": f"trace id {trace.current()}"})
