"""The line to a provider: time-outs, the trace id, and since when it has been silent."""

from datetime import UTC, datetime
from typing import Any

import httpx

from dopusk.cabinet.signin.provider import PortalDown
from dopusk.kernel import trace

TIMEOUT = httpx.Timeout(8.0, connect=2.0)  # somebody sits before a page


class Line:
    """A keep-alive client. Nothing is asked twice by itself: a code is good for one question only."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self.client = httpx.Client(timeout=TIMEOUT, transport=transport, follow_redirects=False)
        self._down_since: datetime | None = None

    def call(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        """What came, a refusal too. Raises PortalDown for silence, 5xx and 429."""
        headers = {
            "Accept": "application/json",
            "X-Trace-Id": trace.current(),
            **arguments.pop("headers", {}),
        }
        try:
            response = self.client.request(method, url, headers=headers, **arguments)
        except httpx.TransportError as error:
            raise self.down() from error
        if response.status_code >= 500 or response.status_code == 429:
            raise self.down()
        return response

    def body(self, response: httpx.Response) -> dict[str, Any]:
        """The JSON object of an answer, a refusal's too. Raises PortalDown: anything else is no answer."""
        try:
            found = response.json()
        except ValueError as error:
            raise self.down() from error
        if not isinstance(found, dict):
            raise self.down()
        self._down_since = None
        return found

    def down(self) -> PortalDown:
        """To be raised: no usable answer came."""
        self._down_since = self._down_since or datetime.now(UTC)
        return PortalDown(self._down_since)
