"""The WSGI app before Django's handler: answers `GET /verify/<number>?code=…` in JSON, hands on all else.

A Django view costs a request about a millisecond of CPU, the question itself some twenty microseconds. So
the machine-readable answer is given here, with the same trace id and headers of safety, and the page for
people stays an ordinary view (views.py), which also answers JSON where this app does not stand before it.
"""

import random
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from dopusk.cabinet.verification import answers, questions
from dopusk.cabinet.verification.lookup import DatabaseDown, Lookup

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

PREFIX: Final = "/verify/"
_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")


class PublicAnswers:
    """WSGI. django: the app that gets everything else; headers: the ones of safety, sent with each answer."""

    def __init__(self, django: App, lookup: Lookup, headers: list[tuple[str, str]]) -> None:
        self._django = django
        self._find = lookup.find
        common = [("Cache-Control", "no-store"), ("Vary", "Accept"), *headers]
        self._headers = [("Content-Type", "application/json"), *common]
        self._refusal = [("Content-Type", "application/problem+json"), ("Retry-After", "5"), *common]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a machine's question about one certificate; let Django answer the rest."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] != "GET":
            return self._django(environ, start_response)
        query: str = environ.get("QUERY_STRING", "")
        place = path[len(PREFIX) :].removesuffix("/")
        if not place or "/" in place or not questions.wants_json(environ.get("HTTP_ACCEPT", ""), query):
            return self._django(environ, start_response)
        given = environ.get("HTTP_X_TRACE_ID")
        # a trace id names a request and guards nothing: the process's own generator will do
        trace_id = given if given and _TRACE_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"
        moment = answers.now()
        number, code = questions.read(place, query)
        try:
            answer = self._find(number, code) if number and code else None
        except DatabaseDown as down:
            print(f"{trace_id} verification: {down}", file=environ["wsgi.errors"], flush=True)
            start_response("503 Service Unavailable", [*self._refusal, ("X-Trace-Id", trace_id)])
            return [answers.unavailable(trace_id)]
        start_response("200 OK", [*self._headers, ("X-Trace-Id", trace_id)])
        return [answers.as_json(number or "", answer, moment)]
