"""Faults on demand, in a sandbox that was started with some: what `dopusk.kernel.faults` describes, done.

They stand around the whole WSGI application, so that an endpoint knows nothing of them; only the clock of `ac` and
`te` is asked for here (`now`).
"""

import json
import logging
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from dopusk.kernel.faults import Fault
from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.wire import Request

log = logging.getLogger(__name__)

ENDPOINTS: Final = {
    "/aas/oauth2/ac": "v1/ac",
    "/aas/oauth2/v2/ac": "v2/ac",
    "/aas/oauth2/te": "v1/te",
    "/aas/oauth2/v3/te": "v3/te",
}
PATHS: Final = {path: name.partition("/")[2] for path, name in ENDPOINTS.items()} | {
    "/idp/ext/Logout": "logout"
}
ROOTS: Final = {"/rs/prns": "prns", "/rs/orgs": "orgs"}
_HTML: Final = b"<html><head><title>Error</title></head><body><h1>Error</h1></body></html>"


def endpoint_of(path: str) -> str:
    """`ac te prns orgs logout`, or an empty text for any other address."""
    return PATHS.get(path) or next((name for root, name in ROOTS.items() if path.startswith(f"{root}/")), "")


def clock(endpoint: str) -> tuple[datetime, dict[str, Any]]:
    """The endpoint's clock: the true one unless a fault makes it fast or slow; and that fault, for the report."""
    chosen = _drawn(endpoint, "skew") if settings.ESIA_FAULTS else None
    if chosen is None:
        return timezone.now(), {}
    order = {"order": ordered(chosen), "order_seconds": int(chosen.number)}
    return timezone.now() + timedelta(seconds=chosen.number), order


def now(endpoint: str) -> datetime:
    """That clock alone."""
    return clock(endpoint)[0]


def ordered(fault: Fault) -> str:
    """The fault as the command line had it."""
    share = f"@{fault.probability:g}" if fault.probability < 1 else ""
    return f"--fault {fault.endpoint}:{fault.kind}={fault.value}{share}"


def over(application: WSGIApplication) -> WSGIApplication:
    """The application with the faults around it; itself when there are none."""
    return Troubled(application) if settings.ESIA_FAULTS else application


@dataclass(frozen=True)
class Troubled:
    """A WSGI application whose endpoints of the dialect fail as they are told to."""

    application: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        endpoint = endpoint_of(str(environ.get("PATH_INFO", "")))
        if not endpoint:
            return self.application(environ, start_response)
        if delay := _drawn(endpoint, "delay"):
            start_response = _noting(start_response, _kept(delay, environ))
            time.sleep(delay.number)
        if status := _drawn(endpoint, "status"):
            noting = _noting(start_response, _kept(status, environ))
            return _failed(HTTPStatus(int(status.value)), noting)
        spoilt = _drawn(endpoint, "garbage") or _drawn(endpoint, "drop")
        if spoilt is None:
            return self.application(environ, start_response)
        true = _Kept()
        body = true.body(self.application, environ)
        return _spoilt(spoilt, body, true, _noting(start_response, _kept(spoilt, environ)))


def _kept(fault: Fault, environ: WSGIEnvironment) -> str:
    """The address of the diagnosis that names the order: whose request it was, and that nothing is wrong with it."""
    path, request = str(environ.get("PATH_INFO", "")), Request(environ)
    sent = {**request.query[0], **request.form[0]}
    code, esia_code = "fault_on_demand", ""
    if fault.kind == "status":
        esia_code = _code_of(HTTPStatus(int(fault.value)))[0]
    told = EsiaFault(esia_code, code, ordered(fault))
    endpoint = ENDPOINTS.get(path) or ("logout" if fault.endpoint == "logout" else "rs")
    report = {"parameters": sorted(sent)[:50], "path": path[:200]}
    try:
        kept = diagnosis.record(endpoint, sent.get("client_id", "")[:100], told, report)
    except DatabaseError:
        log.exception("a fault on demand could not be noted")
        return ""
    return f"{settings.PORTAL_URL}/esia/console/{kept}/"


def _noting(start_response: StartResponse, address: str) -> StartResponse:
    """The answer begins with the address of the diagnosis, unless it has one of its own."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        named = not address or any(name.lower() == "x-diagnosis" for name, _ in headers)
        return start_response(status, headers if named else [*headers, ("X-Diagnosis", address)], exc_info)

    return start


@dataclass
class _Kept:
    """What the application answered, not sent yet."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        """As `start_response`."""
        self.status, self.headers = status, headers
        return lambda _: None

    def body(self, application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """The answer whole; what the application keeps open for it is closed."""
        answer = application(environ, self.start)
        try:
            return b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()


def _drawn(endpoint: str, kind: str) -> Fault | None:
    """The first fault of this kind that happens this time."""
    found: Iterator[Fault] = (
        fault
        for fault in settings.ESIA_FAULTS
        if fault.endpoint == endpoint and fault.kind == kind and random.random() < fault.probability  # noqa: S311 - a fault, no secret
    )
    return next(found, None)


def _code_of(status: HTTPStatus) -> tuple[str, str]:
    return ("007008", "temporarily_unavailable") if status == 503 else ("007007", "server_error")


def _failed(status: HTTPStatus, start_response: StartResponse) -> list[bytes]:
    """As the real system says of itself: overloaded, or something unexpected."""
    code, error = _code_of(status)
    body = json.dumps({"error": error, "error_description": f"ESIA-{code}: fault on demand"}).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ],
    )
    return [body]


def _spoilt(fault: Fault, body: bytes, true: _Kept, start_response: StartResponse) -> Iterable[bytes]:
    ours = {"content-length", "x-diagnosis"}  # of the true answer nobody sees the whole
    other = [(name, value) for name, value in true.headers if name.lower() not in ours]
    if fault.kind == "drop":  # as many bytes were promised as there are, and fewer come
        start_response(true.status, [*other, ("Content-Length", str(len(body) + 1))])
        return iter([body[: int(fault.value)]])
    useless = {"html": _HTML, "empty": b"", "truncated": body[: len(body) // 2]}[fault.value]
    kind = "text/html" if fault.value == "html" else "application/json"
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(useless)))])
    return [useless]
