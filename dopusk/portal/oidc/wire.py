"""Protocol endpoints stand before Django's handler: a plain WSGI request in, a plain answer out.

Trace id and headers of safety are given here as the middleware gives them to pages.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.db import DatabaseError

from dopusk.kernel import trace
from dopusk.portal.oidc.rules import Fault

log = logging.getLogger(__name__)

LONGEST_BODY: Final = 16 * 1024
FAULT: Final = "dopusk.oidc.fault"  # where a page of Django's finds what to explain
SAFETY: Final = [
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
]


@dataclass(frozen=True)
class Request:
    """What an endpoint reads of a WSGI request."""

    environ: WSGIEnvironment

    @property
    def method(self) -> str:
        """GET, POST…"""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def authorization(self) -> str:
        """The header Authorization."""
        return str(self.environ.get("HTTP_AUTHORIZATION", ""))

    @property
    def is_form(self) -> bool:
        """Whether the body says it is a form."""
        kind = str(self.environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
        return kind == "application/x-www-form-urlencoded"

    def cookie(self, name: str) -> str:
        """The value of a cookie, or an empty text."""
        for part in str(self.environ.get("HTTP_COOKIE", "")).split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""

    def query(self) -> tuple[dict[str, str], frozenset[str]]:
        """Parameters of the address, and the names of those given more than once."""
        return _parameters(str(self.environ.get("QUERY_STRING", "")))

    def form(self) -> tuple[dict[str, str], frozenset[str]]:
        """Parameters of the body, likewise; nothing of a body too long to be one of ours."""
        try:
            length = int(self.environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if not self.is_form or not 0 < length <= LONGEST_BODY:
            return {}, frozenset()
        body: bytes = self.environ["wsgi.input"].read(length)
        return _parameters(body.decode("ascii", "replace"))


def _parameters(text: str) -> tuple[dict[str, str], frozenset[str]]:
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
    """status, headers of its own, body."""

    status: HTTPStatus
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def redirect(location: str) -> Answer:
    """RFC 9700 §4.12: 303, so that a form is never sent on."""
    return Answer(HTTPStatus.SEE_OTHER, [("Location", location), ("Cache-Control", "no-store")])


def as_json(
    status: HTTPStatus, content: Mapping[str, Any] | bytes, *headers: tuple[str, str], cache: str = "no-store"
) -> Answer:
    """A JSON answer. cache: Cache-Control (RFC 6749 §5.1 asks for no-store)."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, [("Content-Type", "application/json"), ("Cache-Control", cache), *headers], body)


Endpoint = Callable[[Request], Answer | Fault]


@dataclass(frozen=True)
class Protocol:
    """The WSGI application: the endpoints of `routes` ((methods, function) by path), and Django for all else.

    An endpoint that answers with a Fault leaves the person on our own page, which Django renders.
    """

    routes: Mapping[str, tuple[frozenset[str], Endpoint]]
    django: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        found = self.routes.get(environ.get("PATH_INFO", ""))
        if found is None:
            return self.django(environ, start_response)
        methods, endpoint = found
        with trace.use(str(environ.get("HTTP_X_TRACE_ID", ""))) as identifier:
            if environ["REQUEST_METHOD"] not in methods:
                answer: Answer | Fault = Answer(
                    HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", ", ".join(sorted(methods)))]
                )
            else:
                answer = _safely(endpoint, Request(environ))
            if isinstance(answer, Fault):
                return self.django({**environ, FAULT: answer, "HTTP_X_TRACE_ID": identifier}, start_response)
        start_response(
            f"{answer.status.value} {answer.status.phrase}",
            [
                *answer.headers,
                ("Content-Length", str(len(answer.body))),
                ("X-Trace-Id", identifier),
                *SAFETY,
            ],
        )
        return [answer.body]


def _safely(endpoint: Endpoint, request: Request) -> Answer | Fault:
    """Our own failure is told in the protocol's form and never shows its inside."""
    try:
        return endpoint(request)
    except DatabaseError:
        log.exception("the database failed an OIDC request")
        return _failure(HTTPStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable")
    except Exception:
        log.exception("an OIDC request failed")
        return _failure(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error")


def _failure(status: HTTPStatus, error: str) -> Answer:
    return as_json(status, {"error": error, "error_description": f"trace id {trace.current()}"})
