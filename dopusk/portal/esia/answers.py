"""How the dialect answers (reference §4): redirects, JSON of errors, a page where nothing may be redirected."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.encoding import iri_to_uri

from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.rules.received import Received
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.wire import Answer, Page, Request, as_json
from dopusk.trust import gost

log = logging.getLogger(__name__)

FAULT: Final = "dopusk.esia.fault"  # where the view finds what to explain
DIAGNOSIS: Final = "dopusk.esia.diagnosis"  # and the address of the diagnosis
STATUS: Final = {"007007": HTTPStatus.INTERNAL_SERVER_ERROR, "007008": HTTPStatus.SERVICE_UNAVAILABLE}


def found(location: str, *headers: tuple[str, str]) -> Answer:
    """302, as the real system answers."""
    return Answer(
        HTTPStatus.FOUND, [("Location", iri_to_uri(location)), ("Cache-Control", "no-store"), *headers]
    )


def session_cookie(value: str) -> tuple[str, str]:
    """The header that gives a browser its session, or with an empty value takes it away."""
    tail = f"; HttpOnly; Path=/; SameSite=Lax{'; Secure' if settings.SESSION_COOKIE_SECURE else ''}"
    return "Set-Cookie", f"{COOKIE}={value}{tail}{'' if value else '; Max-Age=0'}"


def with_values(address: str, values: Mapping[str, str]) -> str:
    """An address with parameters appended to the query it may have already (§4)."""
    if not values:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


def back(received: Received, values: Mapping[str, str], *headers: tuple[str, str]) -> Answer:
    """To the redirect address, with the `state` of the request."""
    told = dict(values)
    if received.get("state") and "state" not in received.repeated:
        told["state"] = received.get("state")
    return found(with_values(received.get("redirect_uri"), told), *headers)


def refused_back(received: Received, fault: EsiaFault, report: Mapping[str, Any]) -> Answer:
    """The refusal is told to the system at its redirect address."""
    values = {"error": fault.error, "error_description": fault.description}
    return back(received, values, *_noted(received, fault, report))


def refused_on_page(received: Received, fault: EsiaFault, report: Mapping[str, Any]) -> Page:
    """The refusal is told to the person: we do not know where to send her."""
    noted = _noted(received, fault, report)
    return Page({FAULT: fault, DIAGNOSIS: noted[0][1] if noted else ""})


def refused_in_json(received: Received, fault: EsiaFault, report: Mapping[str, Any]) -> Answer:
    """The refusal is the answer to te."""
    content = {"error": fault.error, "error_description": fault.description}
    if received.get("state"):
        content["state"] = received.get("state")
    status = STATUS.get(fault.esia_code, HTTPStatus.BAD_REQUEST)
    return as_json(status, content, ("Pragma", "no-cache"), *_noted(received, fault, report))


def _noted(received: Received, fault: EsiaFault, report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keep the diagnosis; in the sandbox its address goes with the answer."""
    log.info("esia %s refused: %s %s", received.endpoint, fault.esia_code, fault.code)
    if fault.esia_code == "007008":  # there is no database to keep it in
        return []
    kept = diagnosis.record(received.endpoint, received.get("client_id")[:100], fault, dict(report))
    return [("X-Diagnosis", f"{settings.PORTAL_URL}/esia/console/{kept}/")] if settings.SANDBOX else []


def failing_as_esia(
    endpoint: Callable[[Request], Answer | Page], refused: Callable[[Request, EsiaFault], Answer | Page]
) -> Callable[[Request], Answer | Page]:
    """Our own failures by their codes: 007008 for the database, 007007 for all else; never an inside."""

    @wraps(endpoint)
    def guarded(request: Request) -> Answer | Page:
        try:
            return endpoint(request)
        except (DatabaseError, psycopg.Error):
            log.exception("the database failed a request")
            close_old_connections()
            return refused(request, EsiaFault("007008", "database"))
        except gost.EngineMissing:
            log.exception("the engine of GOST is not here")
            return refused(request, EsiaFault("007007", "engine_missing"))
        except Exception:
            log.exception("a request failed")
            return refused(request, EsiaFault("007007", "unexpected"))

    return guarded
