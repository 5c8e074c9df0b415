"""`./dev esia`: the ЕСИА stand-in alone, for other people's development and CI.

PostgreSQL and the portal only. stdout has one line, `ready http://localhost:PORT`; all else goes to stderr.
"""

import argparse
import fcntl
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from dopusk.stand import databases, esia_options
from dopusk.stand.databases import CommandFailed
from dopusk.stand.environment import Addresses, compose
from dopusk.stand.postgres import Cluster, PostgresFailed
from dopusk.stand.processes import Supervisor, commands
from dopusk.stand.stand import READY_SECONDS, CannotStart, port_is_free

ROOT = Path(__file__).resolve().parents[2]
HOST: Final = "127.0.0.1"
SEEDED = "1"  # one more whenever the test people change: an older folder is seeded again


class EsiaStand:
    """The stand-in over one folder. wanted: what the command line asked for."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        self.wanted, self.state = wanted, wanted.state.absolute()
        self.addresses = Addresses(wanted.port)
        self.cluster = None if "DOPUSK_DATABASE_URL" in os.environ else Cluster(self.state)
        self.environment: dict[str, str] = {}
        self.supervisor: Supervisor | None = None

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return self.addresses.url("portal")

    def start(self) -> None:
        """Bring it up; returns when it answers. Raises CannotStart, PostgresFailed, CommandFailed."""
        systems = esia_options.systems(self.wanted)  # what is wrong with these is told before anything is made
        chosen = esia_options.environment(self.wanted)
        self._lock()
        if not port_is_free(HOST, self.wanted.port):
            raise CannotStart(
                f"Port {self.wanted.port} is taken by another program. "
                f"Stop that program or choose another: ./dev esia --port {self.wanted.port + 1}"
            )
        with timed("PostgreSQL"):
            if self.cluster:
                self.cluster.start()
        server = self.cluster.url() if self.cluster else os.environ["DOPUSK_DATABASE_URL"]
        self.environment = {
            **compose(self.state, self.addresses, server),
            "DOPUSK_TEST_COST_PASSWORDS": "1",  # everybody's password is known here
            **chosen,
        }
        self._fill(systems)
        with timed("The portal"):
            run = commands(self.addresses, HOST)
            self.supervisor = Supervisor(
                self.environment,
                self.state / "logs",
                on_restart=lambda name: say(f"{name} ended; starting again"),
            )
            self.supervisor.start({"portal": run["portal"]})
            self._wait_ready()
            self.supervisor.add("portal-worker", run["portal-worker"])

    def stop(self) -> None:
        """End the processes, then the database."""
        if self.supervisor:
            self.supervisor.stop()
        if self.cluster:
            self.cluster.stop()

    def _fill(self, systems: list[dict[str, Any]]) -> None:
        """Schema, people, systems: by one process of the portal, and only what has changed since the last start."""
        databases.create_missing(self.environment, ("portal",))
        marks = databases.Marks(self.state)
        registered = json.dumps(systems, sort_keys=True)
        wanted = {"schema": databases.fingerprint(), "seeded": SEEDED, "systems": registered}
        if all(marks.same(name, value) for name, value in wanted.items()):
            return
        with timed("Schema, sixteen test people, systems"):
            path = self.state / "systems.json"
            path.write_text(registered, encoding="utf-8")
            said = databases.manage(
                self.environment, "portal", "seed_esia", "--migrate", "--systems", str(path)
            )
            say(said.rstrip())
        for name, value in wanted.items():
            marks.put(name, value)

    def _lock(self) -> None:
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock_file = (self.state / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"A stand over {self.state} is running already. Use it, stop it with Ctrl-C, "
                "or give this one a folder and a port of its own: ./dev esia --state DIR --port N"
            ) from None

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://{HOST}:{self.wanted.port}/health/ready/", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        tail = self.supervisor.tail("portal") if self.supervisor else ""
        raise CannotStart(f"The portal does not answer after {READY_SECONDS} s. The end of its log:\n{tail}")


def say(line: str) -> None:
    """Progress goes to stderr: stdout has the one line a script waits for."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Tell what is done, and how long it took."""
    began = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - began:.1f} s")


def told(stand: EsiaStand) -> str:
    """What a developer wants to know once it serves."""
    systems = esia_options.systems(stand.wanted)
    lines = [f"\nЕСИА stand-in: {stand.url}"]
    lines += [f"  {one['client_id']} → {', '.join(one['redirect_uris'])}" for one in systems]
    if not systems:
        lines.append(f"  No system is registered by this start. {esia_options.HOW_TO_REGISTER}")
    lines += [
        f"  test people           {stand.url}/sandbox/people/",
        f"  refused and why       {stand.url}/esia/console/",
        f"  signer of markers     {stand.url}/sandbox/esia.pem  {stand.url}/sandbox/esia.pub",
        f"  state and logs        {stand.state}",
    ]
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """Run until Ctrl-C or SIGTERM; 0, or 2 when it could not start."""
    began = time.monotonic()
    wanted = esia_options.parse(argv)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stand = EsiaStand(wanted)
    try:
        if wanted.fresh:
            Cluster(stand.state).remove()
            shutil.rmtree(stand.state, ignore_errors=True)
        stand.start()
    except (CannotStart, PostgresFailed, CommandFailed, esia_options.Unusable) as error:
        say(f"\n{error}")
        if stand.environment:
            stand.stop()
        return 2
    say(told(stand))
    say(f"Ready in {time.monotonic() - began:.1f} s. Ctrl-C stops it.")
    print(f"ready {stand.url}", flush=True)
    stop.wait()
    say("\nStopping …")
    stand.stop()
    say("Stopped; what it keeps is in " + str(stand.state))
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
