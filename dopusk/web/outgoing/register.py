"""One outside register as this process sees it."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import httpx
import stamina

from dopusk.kernel import trace

CONNECT_SECONDS, READ_SECONDS = 2.0, 5.0
PATIENCE = 12.0  # seconds for a whole call with its retries and waits, where nobody sits before a page
LEAST_SECONDS = 0.5  # with less of the patience left another attempt is not begun
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


Value = TypeVar("Value")
ANOTHER_SHAPE = (KeyError, IndexError, TypeError, ValueError, AttributeError)


@dataclass
class _Timely(httpx.SyncByteStream):
    """A body that must have come by the deadline (monotonic seconds): httpx itself bounds only each pause in it."""

    stream: httpx.SyncByteStream
    request: httpx.Request

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.stream:
            if time.monotonic() > self.request.extensions["deadline"]:
                raise httpx.ReadTimeout("the answer comes too slowly", request=self.request)
            yield chunk

    def close(self) -> None:
        self.stream.close()


def _bounded(response: httpx.Response) -> None:
    response.stream = _Timely(cast(httpx.SyncByteStream, response.stream), response.request)


@dataclass
class Breaker:
    """Counts failures in a row; open means «do not ask now»."""

    failures: int = 0
    since: datetime | None = None
    rest_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def failed(self, *, hanging: bool = False) -> datetime:
        """Count one failure; returns when the trouble began.

        hanging: the whole patience went by; the register is left alone at once, or each next one waits as long.
        """
        with self.lock:
            self.failures = max(self.failures + 1, BREAK_AFTER) if hanging else self.failures + 1
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
    patience: seconds for one whole call, with its retries and the waits between them.
    All calls are idempotent by the registers' contract, so each may be retried.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        name: str,
        *,
        patience: float = PATIENCE,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.name, self.patience = name, patience
        self.breaker = Breaker()
        self.client = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            event_hooks={"response": [_bounded]},
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
        response = self._answer(method, path, arguments)
        self.breaker.answered()
        if response.is_error:
            raise _refused(self.name, response)
        return response

    def ask(
        self,
        method: str,
        path: str,
        read: Callable[[httpx.Response], Value],
        *,
        refusals: Collection[str] = (),
        **arguments: Any,
    ) -> Value:
        """What `read` makes of the answer. An answer it cannot read is no answer: the register has failed.

        refusals: codes that are answers to this question and raise RegisterRefused; any other refusal (no key,
        a bad request) leaves the answer unknown, RegisterDown.
        """
        response = self._answer(method, path, arguments)
        if response.is_error:
            refused = _refused(self.name, response)
            if refused.code not in refusals:
                reason = f"{refused.status} {refused.code}"
                raise RegisterDown(self.name, self.breaker.failed(), reason) from refused
            self.breaker.answered()
            raise refused
        try:
            value = read(response)
        except ANOTHER_SHAPE as error:
            reason = f"an answer of another shape: {error!r}"
            raise RegisterDown(self.name, self.breaker.failed(), reason) from error
        self.breaker.answered()
        return value

    def _answer(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response:
        """What came within the patience, a refusal too; the breaker hears of it only when nothing did."""
        if since := self.breaker.resting():
            raise RegisterDown(self.name, since, "resting after repeated failures")
        deadline = time.monotonic() + self.patience

        def time_left(error: Exception) -> bool:
            return isinstance(error, _Unanswered) and deadline - time.monotonic() > LEAST_SECONDS

        try:
            for attempt in stamina.retry_context(
                on=time_left,
                attempts=ATTEMPTS,
                timeout=None,
                wait_initial=WAIT_INITIAL,
                wait_max=WAIT_MAX,
                wait_jitter=WAIT_INITIAL,
            ):
                with attempt:
                    response = self._once(method, path, arguments, deadline)
        except _Unanswered as error:
            since = self.breaker.failed(hanging=not time_left(error))
            raise RegisterDown(self.name, since, str(error)) from error
        return response

    def _once(self, method: str, path: str, arguments: dict[str, Any], deadline: float) -> httpx.Response:
        headers = {"X-Trace-Id": trace.current(), **arguments.get("headers", {})}
        arguments = {name: value for name, value in arguments.items() if name != "headers"}
        left = max(deadline - time.monotonic(), 0.001)
        # connecting comes on top of reading, so it gets a small part: the two together stay near the patience
        timeout = httpx.Timeout(min(READ_SECONDS, left), connect=min(CONNECT_SECONDS, left / 4))
        extensions = {"deadline": deadline}
        try:
            response = self.client.request(
                method, path, headers=headers, timeout=timeout, extensions=extensions, **arguments
            )
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


def _refused(name: str, response: httpx.Response) -> RegisterRefused:
    return RegisterRefused(name, response.status_code, _problem_code(response))


def _problem_code(response: httpx.Response) -> str:
    try:
        return str(response.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""
