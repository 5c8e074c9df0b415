"""The live app really served, a real PostgreSQL, streams read as a browser reads them."""

import base64
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

KEY = b"k" * 32
CABINET = "http://localhost:8001"
DATABASE = f"live_{os.getpid()}"
Link = psycopg.Connection[tuple[Any, ...]]


@dataclass
class Stream:
    """An open stream; its events as (name, data)."""

    response: httpx.Response
    events: "queue.Queue[tuple[str, dict[str, Any]] | None]" = field(default_factory=queue.Queue)
    lines: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Until it ends; the end is put as None."""
        name = ""
        try:
            for line in self.response.iter_lines():
                self.lines.append(line)
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self.events.put((name, json.loads(line.removeprefix("data: "))))
        except (httpx.HTTPError, httpx.StreamError):
            pass
        self.events.put(None)

    def next(self, seconds: float = 10) -> tuple[str, dict[str, Any]] | None:
        """The next event, or None at the end. Fails if nothing comes."""
        return self.events.get(timeout=seconds)

    def is_silent(self) -> bool:
        """Nothing came in a while in which it would have come."""
        time.sleep(0.3)
        return self.events.empty()


@dataclass
class App:
    """The running app and its database."""

    url: str
    address: str
    process: subprocess.Popen[bytes]
    link: Link

    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        return httpx.get(f"{self.url}/health/live").json()

    def wait(self, **expected: Any) -> None:
        """Until its health says so."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                health = self.health()
            except httpx.HTTPError:
                health = {}
            if expected.items() <= health.items():
                return
            time.sleep(0.05)
        raise AssertionError(f"{health} never became {expected}")

    def tell(self, topic: str, **data: object) -> None:
        """As `dopusk.web.live.tell` does."""
        self.link.execute("SELECT pg_notify('dopusk_live', %s)", [json.dumps({"topic": topic, **data})])

    @contextmanager
    def stream(self, *topics: str, **claims: Any) -> Iterator[Stream]:
        """An open stream of these topics."""
        address = f"{self.url}/events"
        with httpx.stream(
            "GET", address, params={"ticket": ticket(*topics, **claims)}, timeout=30
        ) as response:
            assert response.status_code == 200
            stream = Stream(response)
            threading.Thread(target=stream.read, daemon=True).start()
            while not stream.lines:
                time.sleep(0.01)
            try:
                yield stream
            finally:  # as a browser that leaves; closing alone would wait for the reading thread
                with suppress(OSError):
                    response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def new_topic() -> str:
    """Of an application nobody else in these tests has."""
    return f"application:{uuid.uuid4()}"


def ticket(*topics: str, key: bytes = KEY, **claims: Any) -> str:
    now = int(time.time())
    whole = {"sub": "anna", "topics": topics, "iat": now, "exp": now + 60, "aud": "dopusk-live"} | claims
    return jwt.encode({"alg": "HS256"}, whole, OctKey.import_key(key))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    server = os.environ["DOPUSK_DATABASE_URL"]
    address = server.replace("@/?", f"@/{DATABASE}?")
    with psycopg.connect(server.replace("@/?", "@/postgres?"), autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {DATABASE}")
        with psycopg.connect(address, autocommit=True) as link, serving(address, link) as running:
            yield running
        maintenance.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def serving(address: str, link: Link) -> Iterator[App]:
    port = free_port()
    told = os.environ | {
        "DOPUSK_LIVE_KEY": base64.b64encode(KEY).decode(),
        "DOPUSK_CABINET_URL": CABINET,
        "DOPUSK_CABINET_DATABASE_URL": address,
    }
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--no-ws", "--log-level", "warning", "--backpressure", "20000", "--workers-kill-timeout", "5",
        "dopusk.live.app:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=told)
    running = App(f"http://127.0.0.1:{port}", address, process, link)
    try:
        running.wait(live=True, hears=True)
        yield running
    finally:
        process.terminate()
        process.wait(15)


def test_a_notification_reaches_the_open_page_of_its_topic(app: App) -> None:
    topic = new_topic()
    with app.stream(topic) as anna:
        app.tell(topic, event="changed", version=7)
        assert anna.next() == ("changed", {"topic": topic, "version": 7})


def test_it_comes_with_the_commit_and_not_before(app: App) -> None:
    topic = new_topic()
    with app.stream(topic) as anna:
        with app.link.transaction():
            app.tell(topic, version=8)
            assert anna.is_silent()
        assert anna.next() == ("changed", {"topic": topic, "version": 8})


def test_nobody_hears_the_topic_of_another(app: App) -> None:
    first, second, third = new_topic(), new_topic(), new_topic()
    with app.stream(first) as anna, app.stream(second, third) as maria:
        app.tell(first, version=1)
        app.tell(third, version=3)
        assert anna.next() == ("changed", {"topic": first, "version": 1})
        assert maria.next() == ("changed", {"topic": third, "version": 3})
        assert anna.is_silent()
        assert maria.is_silent()


def test_what_was_told_between_the_page_and_its_stream_is_not_lost(app: App) -> None:
    first, second = new_topic(), new_topic()
    made = int(time.time())
    app.tell(first, version=1)
    with app.stream(second) as other:
        app.tell(second, version=2)
        assert other.next() is not None  # so the one before was heard too
    with app.stream(first, iat=made) as anna:
        assert anna.next() == ("changed", {"topic": first, "version": 1})


@pytest.mark.parametrize(
    "payload", ["nonsense", "[]", "{}", '{"topic": 1}', '{"topic": "t", "event": "a\\nb"}']
)
def test_a_strange_notification_breaks_nothing(app: App, payload: str) -> None:
    topic = new_topic()
    with app.stream(topic, "t") as anna:
        app.link.execute("SELECT pg_notify('dopusk_live', %s)", [payload])
        app.tell(topic, words="строка\nи ещё\n\nevent: forged")
        assert anna.next() == (
            "changed",
            {"topic": topic, "words": "строка\nи ещё\n\nevent: forged"},
        )
        assert anna.is_silent()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "ticket_missing"),
        ({"ticket": "nonsense"}, "ticket_invalid"),
        ({"ticket": ticket("application:1", key=b"o" * 32)}, "ticket_invalid"),
        ({"ticket": ticket("application:1", aud="dopusk-cabinet")}, "ticket_foreign"),
        ({"ticket": ticket("application:1", exp=int(time.time()) - 1)}, "ticket_expired"),
    ],
)
def test_without_a_good_ticket_there_is_no_stream(app: App, query: dict[str, str], code: str) -> None:
    answer = httpx.get(f"{app.url}/events", params=query, headers={"X-Trace-Id": "a" * 32})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["trace_id"] == answer.headers["X-Trace-Id"] == "a" * 32


def test_only_pages_of_the_cabinet_may_read_it(app: App) -> None:
    ours = httpx.get(f"{app.url}/health/live", headers={"Origin": CABINET})
    foreign = httpx.get(f"{app.url}/health/live", headers={"Origin": "http://evil.example"})
    assert ours.headers["Access-Control-Allow-Origin"] == CABINET
    assert "Access-Control-Allow-Origin" not in foreign.headers
    assert ours.headers["Vary"] == foreign.headers["Vary"] == "Origin"


def test_other_addresses_and_methods_are_refused(app: App) -> None:
    assert httpx.get(f"{app.url}/").status_code == 404
    assert httpx.post(f"{app.url}/events").status_code == 405


def test_a_closed_page_is_forgotten(app: App) -> None:
    topic = new_topic()
    with app.stream(topic):
        app.wait(streams=1)
    app.wait(streams=0)


def test_when_the_database_comes_back_every_open_page_is_told_to_look(app: App) -> None:
    topic = new_topic()
    with app.stream(topic) as anna:
        app.link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'dopusk-live' AND datname = current_database()"
        )
        assert anna.next() == ("changed", {"topic": topic, "missed": True})
        app.tell(topic, version=9)
        assert anna.next() == ("changed", {"topic": topic, "version": 9})


def test_shutting_down_ends_the_streams(app: App) -> None:
    topic = new_topic()
    with serving(app.address, app.link) as second, second.stream(topic) as anna:
        began = time.monotonic()
        second.process.terminate()
        assert anna.next() is None
        second.process.wait(10)
        assert time.monotonic() - began < 3
