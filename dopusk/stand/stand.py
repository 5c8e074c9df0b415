"""A whole stand: its state folder, its database, its processes."""

import fcntl
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx

from dopusk.stand import databases, signin
from dopusk.stand.environment import PORTS, Addresses, compose
from dopusk.stand.postgres import Cluster
from dopusk.stand.processes import Supervisor, commands

READY_SECONDS = 60
SEEDED = "5"  # one more whenever the seeds have somebody or something new: an older stand is seeded again
HEALTH = {
    "portal": "/health/ready/",
    "cabinet": "/health/ready/",
    "registers": "/health/ready/",
    "live": "/health/live",
}


class CannotStart(Exception):
    """Why the stand does not start, and what to do."""


class Stand:
    """state: folder of everything it keeps. host: address to listen on. say: where progress goes.

    dialect: one of `signin.DIALECTS`; None for the one of its last start.
    """

    def __init__(
        self,
        state: Path,
        addresses: Addresses,
        *,
        host: str = "127.0.0.1",
        dialect: str | None = None,
        say: Callable[[str], None],
    ) -> None:
        self.dialect = dialect
        self.state, self.addresses, self.host, self.say = state.absolute(), addresses, host, say
        self.cluster = None if "DOPUSK_DATABASE_URL" in os.environ else Cluster(self.state)
        self.environment: dict[str, str] = {}
        self.supervisor: Supervisor | None = None

    def url(self, part: str) -> str:
        """The address of a part: "portal", "cabinet", "registers", "live"."""
        return self.addresses.url(part)

    def start(self, *, fresh: bool = False, workers: int | None = None) -> None:
        """Bring everything up; returns when every site answers. workers: synthetic people, on first start."""
        self._lock()
        self._ports_are_free()
        if fresh:
            self.remove()
            self._lock()
        self.prepare(workers=workers)
        with self._timed("Starting the sites, the workers and the live app"):
            self.supervisor = Supervisor(
                self.environment,
                self.state / "logs",
                on_restart=lambda name: self.say(f"  {name} ended; starting it again"),
            )
            self.supervisor.start(commands(self.addresses, self.host))
            self._wait_ready()

    def prepare(self, *, workers: int | None = None) -> None:
        """Database running, schema current, people seeded: all a management command needs."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.cluster:
            with self._timed("PostgreSQL"):
                self.cluster.start()
        server = self.cluster.url() if self.cluster else os.environ["DOPUSK_DATABASE_URL"]
        self.environment = compose(self.state, self.addresses, server)
        databases.create_missing(self.environment)
        marks = databases.Marks(self.state)
        schema = databases.fingerprint()
        if not marks.same("schema", schema):
            with self._timed("Bringing three databases to the current schema"):
                databases.at_once(self.environment, "migrate", "--verbosity", "0")
            marks.put("schema", schema)
        if not marks.same("seeded", SEEDED) or not marks.same("portal", self.url("portal")):
            with self._timed("Seeding the sandbox's people, registers and dictionaries"):
                databases.manage(
                    self.environment, "registers", "seed", *(["--workers", str(workers)] if workers else [])
                )
                databases.manage(self.environment, "portal", "seed")
                databases.manage(self.environment, "cabinet", "seed")
            marks.put("seeded", SEEDED)
            marks.put("portal", self.url("portal"))
        marks.put("base", str(self.addresses.base))
        self.choose_signin()

    def choose_signin(self) -> None:
        """Tell the cabinet who signs people in. Needs the portal's schema: the portal makes whom it believes."""
        marks = databases.Marks(self.state)
        dialect = self.dialect or marks.values.get("signin", "oidc")
        with self._timed(f"Signing in by {dialect}") if dialect != "oidc" else nullcontext():
            told = signin.prepare(self.state, self.addresses, self.environment, dialect)
        self.environment = {**self.environment, **told, **os.environ}  # the caller's own settings win
        marks.put("signin", dialect)

    def stop(self) -> None:
        """End every process, then the database."""
        if self.supervisor:
            self.supervisor.stop()
        if self.cluster:
            self.cluster.stop()

    def remove(self) -> None:
        """Delete everything the stand keeps, its databases on another's server too: the keys to them go with it."""
        if self.cluster:
            self.cluster.remove()
        else:
            databases.drop(dict(os.environ))
        shutil.rmtree(self.state, ignore_errors=True)

    def _lock(self) -> None:
        """One stand a state folder: the lock goes with the process, however it ends."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock_file = (self.state / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"A stand over {self.state} is running already. Use it, stop it with Ctrl-C, "
                "or give this one a folder and ports of its own: ./dev run --state DIR --port-base 9000"
            ) from None

    def _ports_are_free(self) -> None:
        for part in PORTS:
            port = self.addresses.port(part)
            if not port_is_free(self.host, port):
                raise CannotStart(
                    f"Port {port}, meant for {part}, is taken by another program. "
                    f"Stop that program, or move all four: ./dev run --port-base {self.addresses.base + 1000}"
                )

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = dict(HEALTH)
        host = "127.0.0.1" if self.host in {"0.0.0.0", "localhost"} else self.host  # noqa: S104 - compared, not bound
        while waiting:
            for part, path in list(waiting.items()):
                try:
                    answer = httpx.get(f"http://{host}:{self.addresses.port(part)}{path}", timeout=2)
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    del waiting[part]
            if waiting and time.monotonic() > deadline:
                part = next(iter(waiting))
                tail = self.supervisor.tail(part) if self.supervisor else ""
                raise CannotStart(
                    f"{part} does not answer after {READY_SECONDS} s. The end of its log:\n{tail}"
                )
            time.sleep(0.05)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        self.say(f"{what} …")
        began = time.monotonic()
        yield
        self.say(f"  done in {time.monotonic() - began:.1f} s")


def free_base() -> int:
    """A port base whose four ports are free now; two processes that look at once begin at tens of their own."""
    for base in range(20000 + os.getpid() % 3000 * 10, 60000, 10):
        if all(port_is_free("127.0.0.1", base + offset) for offset in PORTS.values()):
            return base
    raise CannotStart("no four free ports in a row")


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
