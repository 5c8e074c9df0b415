"""Who listens to what, and what was told lately. One event loop, no locks."""

import asyncio
import json
import time
from collections import deque

from dopusk.live.tickets import Ticket

REMEMBER_SECONDS = 90  # more than a ticket lives: what was told between the page and its stream is not lost
MOST_WAITING = 200  # messages; a listener that does not read so many is let go and comes again by itself


class Listener:
    """One open stream. `take` waits for what there is to send; None means: end the stream."""

    __slots__ = ("_ended", "_waiting", "_wake", "topics")

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._waiting: list[bytes] = []
        self._wake: asyncio.Future[None] | None = None
        self._ended = False

    def put(self, message: bytes) -> None:
        """Queue a message; too many of them end the stream."""
        if len(self._waiting) >= MOST_WAITING:
            self.end()
            return
        self._waiting.append(message)
        self._rouse()

    def end(self) -> None:
        """Let `take` say that the stream is over."""
        self._ended = True
        self._rouse()

    async def take(self) -> bytes | None:
        """All that waits, joined; waits for it if need be."""
        while not self._waiting and not self._ended:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        if self._ended:
            return None
        message, self._waiting = b"".join(self._waiting), []
        return message

    def _rouse(self) -> None:
        if self._wake and not self._wake.done():
            self._wake.set_result(None)


class Hub:
    """All listeners by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Listener]] = {}
        self._all: set[Listener] = set()
        self._lately: deque[tuple[float, str, bytes]] = deque()
        self._missed_until = 0.0
        self._closed = False

    def __len__(self) -> int:
        return len(self._all)

    def join(self, ticket: Ticket) -> Listener:
        """A new listener, with what was told of its topics since its ticket was made."""
        listener = Listener(ticket.topics)
        self._all.add(listener)
        for topic in ticket.topics:
            self._by_topic.setdefault(topic, set()).add(listener)
            if ticket.issued_at <= self._missed_until:
                listener.put(caught_up(topic))
        for at, topic, message in self._lately:
            if at >= ticket.issued_at and topic in ticket.topics:
                listener.put(message)
        if self._closed:
            listener.end()
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener; harmless if it is forgotten already."""
        self._all.discard(listener)
        for topic in listener.topics:
            others = self._by_topic.get(topic)
            if others:
                others.discard(listener)
                if not others:
                    del self._by_topic[topic]

    def tell(self, topic: str, message: bytes) -> None:
        """Pass a message on to those who may hear the topic, and to nobody else."""
        now = time.time()
        while self._lately and self._lately[0][0] < now - REMEMBER_SECONDS:
            self._lately.popleft()
        self._lately.append((now, topic, message))
        for listener in self._by_topic.get(topic, ()):
            listener.put(message)

    def catch_up(self) -> None:
        """After a time of deafness: every page looks for itself, and so does one that joins with an older ticket."""
        self._missed_until = time.time()
        for topic, listeners in self._by_topic.items():
            for listener in listeners:
                listener.put(caught_up(topic))

    def beat(self) -> None:
        """A comment on every stream, so that nobody in between takes it for dead."""
        for listener in self._all:
            listener.put(b":\n\n")

    def close(self) -> None:
        """End every stream, and any that comes later at once."""
        self._closed = True
        for listener in self._all:
            listener.end()


def caught_up(topic: str) -> bytes:
    """An event that says only: look again, something may have been missed."""
    return event("changed", {"topic": topic, "missed": True})


def event(name: str, data: dict[str, object]) -> bytes:
    """One server-sent event, its data as one line of JSON."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
