"""The ASGI application: `GET /events?ticket=…` → a stream of events; `GET /health/live`.

Run: `granian --interface asgi --no-ws --backpressure 20000 dopusk.live.app:application` (each open stream is
a request in progress, which granian's backpressure counts).
"""

import asyncio
import json
import logging
import re
import secrets
import signal
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from dopusk.live import tickets
from dopusk.live.ear import Ear
from dopusk.live.hub import Hub, Listener
from dopusk.live.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15
STREAM_SECONDS = 30 * 60  # then the page comes with a new ticket: the right to listen is proved again
HELLO = b"retry: 3000\n\n"
TRACE_ID = re.compile(rb"[0-9a-f]{32}")
SAFETY = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"Origin"),
]
TITLES = {
    "ticket_missing": "The address has no ticket",
    "ticket_invalid": "The ticket is not one of ours",
    "ticket_foreign": "The ticket is for another door",
    "ticket_expired": "The ticket is over; ask the page for a new one",
    "not_found": "Nothing stands at this address",
    "method_not_allowed": "Only GET is understood here",
}

log = logging.getLogger("dopusk.live")


class Live:
    """The app. Its tasks begin with the first call, under lifespan or without it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hub = Hub()
        self._ear = Ear(settings.database, self._hub)
        self._tasks: list[asyncio.Task[None]] = []
        self._origin = settings.origin.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        self._begin()
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    def _begin(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._ear.listen()), asyncio.create_task(self._beat())]
            self._end_streams_when_asked_to_stop()

    def _end_streams_when_asked_to_stop(self) -> None:
        """On SIGTERM the server waits for its requests to end before it says `lifespan.shutdown`: for ever, here.

        It hears the signal through the loop's wake-up descriptor, which stays; the Python handler is free.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(self._hub.close))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self._hub.beat()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._hub.close()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"])
        trace = given.get(b"x-trace-id", b"")
        if not TRACE_ID.fullmatch(trace):
            trace = secrets.token_hex(16).encode()
        headers = [*SAFETY, (b"x-trace-id", trace)]
        if given.get(b"origin") == self._origin:
            headers.append((b"access-control-allow-origin", self._origin))
        path = scope["path"].rstrip("/")
        if path not in {"/events", "/health/live"}:
            await _refuse(send, headers, 404, "not_found")
        elif scope["method"] != "GET":
            await _refuse(send, [*headers, (b"allow", b"GET")], 405, "method_not_allowed")
        elif path == "/health/live":
            health = {"site": "live", "live": True, "hears": self._ear.hears, "streams": len(self._hub)}
            await _send_json(send, headers, 200, b"application/json", health)
        else:
            await self._stream(scope, receive, send, headers)

    async def _stream(
        self, scope: Scope, receive: Receive, send: Send, headers: list[tuple[bytes, bytes]]
    ) -> None:
        token = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        try:
            ticket = tickets.read(token, self._settings.key, time.time())
        except tickets.TicketRefused as refused:
            await _refuse(send, headers, 401, refused.code)
            return
        headers += [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        listener = self._hub.join(ticket)
        loop = asyncio.get_running_loop()
        gone = loop.create_task(_ended_by_the_other_side(receive, listener))
        limit = loop.call_later(STREAM_SECONDS, listener.end)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": HELLO, "more_body": True})
            while (message := await listener.take()) is not None:
                await send({"type": "http.response.body", "body": message, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            limit.cancel()
            gone.cancel()
            self._hub.leave(listener)


async def _ended_by_the_other_side(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _refuse(send: Send, headers: list[tuple[bytes, bytes]], status: int, code: str) -> None:
    """Problem details, RFC 9457."""
    trace = dict(headers)[b"x-trace-id"].decode()
    problem = {
        "type": "about:blank",
        "title": TITLES[code],
        "status": status,
        "code": code,
        "trace_id": trace,
    }
    log.info("%s refused: %s", trace, code)
    await _send_json(send, headers, status, b"application/problem+json", problem)


async def _send_json(
    send: Send, headers: list[tuple[bytes, bytes]], status: int, kind: bytes, data: dict[str, object]
) -> None:
    body = json.dumps(data).encode()
    headers = [*headers, (b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def __getattr__(name: str) -> Live:
    """`application`, made when the server asks for it, so that importing this module needs no environment."""
    if name == "application":
        made = globals()["application"] = Live(Settings.read())
        return made
    raise AttributeError(name)
