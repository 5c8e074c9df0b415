"""One outside register as this process sees it."""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import stamina

from dopusk.kernel import trace

CONNECT_SECONDS, READ_SECONDS = 2.0, 5.0
ATTEMPTS, WAIT_INITIAL, WAIT_MAX = 3, 0.1, 1.0  # inside one call; longer waits belong to the queue
BREAK_AFTER = 5  # failed calls in a row, after which the register is left alone
REST_SECONDS = 10.0  # for so long; then one call tries again


class RegisterDown(Exception):
    """The register gave no usable answer. name: which one; since: first failure of this run of failures."""

    def __init__(self, name: str, since: datetime, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.since, self.reason = name, since, reason


class RegisterRefused(Exception):
    """The register understood and said no. status: HTTP status; code: the problem's stable code."""

    def __init__(self, name: str, status: int, code: str) -> None:
        super().__init__(f"{name}: {status} {code}")
        self.name, self.status, self.code = name, status, code


class _Unanswered(Exception):
    pass


@dataclass
class Breaker:
    """Counts failures in a row; open means «do not ask now»."""

    failures: int = 0
    since: datetime | None = None
    rest_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def failed(self) -> datetime:
        """Count one failure; returns when the trouble began."""
        with self.lock:
            self.failures += 1
            self.since = self.since or datetime.now(UTC)
            if self.failures >= BREAK_AFTER:
                self.rest_until = time.monotonic() + REST_SECONDS
            return self.since

    def answered(self) -> None:
        """Forget the trouble."""
        with self.lock:
            self.failures, self.since, self.rest_until = 0, None, 0.0

    def resting(self) -> datetime | None:
        """When the trouble began, while the register is left alone; None to whom may ask.

        When the rest is over one caller may: the others rest on until it is known what came of it.
        """
        with self.lock:
            now = time.monotonic()
            if now < self.rest_until:
                return self.since
            if self.failures >= BREAK_AFTER:
                self.rest_until = now + REST_SECONDS
            return None


class Register:
    """A keep-alive client of one register. Safe for threads; make one per process and keep it.

    name: the register's stable key ("frmr", "dictionaries"); told to people through templates.
    All calls are idempotent by the registers' contract, so each may be retried.
    """

    def __init__(
        self, base_url: str, token: str, name: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.name = name
        self.breaker = Breaker()
        self.client = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
        )

    def get(self, path: str, **params: str | int) -> Any:
        """The parsed JSON of a GET. Raises RegisterDown or RegisterRefused."""
        return self.call("GET", path, params=params).json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The parsed JSON of a question asked by POST. Raises RegisterDown or RegisterRefused."""
        return self.call("POST", path, json=body).json()

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """The parsed JSON of an idempotent PUT. Raises RegisterDown or RegisterRefused."""
        return self.call("PUT", path, json=body).json()

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One call with its retries; the answer is a 2xx or 304 with a well-formed JSON body."""
        if since := self.breaker.resting():
            raise RegisterDown(self.name, since, "resting after repeated failures")
        try:
            for attempt in stamina.retry_context(
                on=_Unanswered,
                attempts=ATTEMPTS,
                timeout=None,
                wait_initial=WAIT_INITIAL,
                wait_max=WAIT_MAX,
                wait_jitter=WAIT_INITIAL,
            ):
                with attempt:
                    response = self._once(method, path, arguments)
        except _Unanswered as error:
            raise RegisterDown(self.name, self.breaker.failed(), str(error)) from error
        self.breaker.answered()
        if response.is_error:
            raise RegisterRefused(self.name, response.status_code, _problem_code(response))
        return response

    def _once(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response:
        headers = {"X-Trace-Id": trace.current(), **arguments.get("headers", {})}
        arguments = {name: value for name, value in arguments.items() if name != "headers"}
        try:
            response = self.client.request(method, path, headers=headers, **arguments)
        except httpx.RequestError as error:
            raise _Unanswered(type(error).__name__) from error
        status = response.status_code
        if status == 429 or status >= 500 or (response.is_redirect and status != httpx.codes.NOT_MODIFIED):
            raise _Unanswered(f"HTTP {status}")
        if response.is_success:  # whatever it calls itself: a page put in between by a proxy is no answer
            try:
                response.json()
            except ValueError as error:
                raise _Unanswered("the answer is not JSON") from error
        return response


def _problem_code(response: httpx.Response) -> str:
    try:
        return str(response.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""
