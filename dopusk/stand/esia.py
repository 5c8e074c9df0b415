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
from typing import IO, Any, Final

import httpx

from dopusk.stand import databases, esia_options
from dopusk.stand.databases import CommandFailed
from dopusk.stand.environment import Addresses, compose
from dopusk.stand.postgres import Cluster, PostgresFailed
from dopusk.stand.processes import Process, Supervisor, commands
from dopusk.stand.stand import READY_SECONDS, CannotStart, port_is_free

ROOT = Path(__file__).resolve().parents[2]
MOST_RESTARTS: Final = 3  # of a portal that has not come up yet
PORT: Final = "esia_port"  # the mark by which a folder is known as a stand-in's
KNOWN: Final = "known_systems"  # all that starts over this folder have registered
SEEDED = "2"  # one more whenever the test people change: an older folder is seeded again


class EsiaStand:
    """The stand-in over one folder. port: where it listens; port_of tells that of a folder which has been used.

    host: the address it listens on. name: the host in its links. before: systems that earlier starts registered and
    this one does not, as mnemonic → addresses of return; known once it has started.
    """

    def __init__(
        self, state: Path, port: int, *, host: str = esia_options.LOOPBACK, name: str = "localhost"
    ) -> None:
        self.state, self.port, self.host = state.absolute(), port, host
        self.addresses = Addresses(port, name)
        self.before: dict[str, list[str]] = {}
        self.cluster = None if "DOPUSK_DATABASE_URL" in os.environ else Cluster(self.state)
        self.environment: dict[str, str] = {}
        self.supervisor: Supervisor | None = None

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return self.addresses.url("portal")

    def start(self, systems: list[dict[str, Any]], chosen: dict[str, str]) -> None:
        """Bring it up; returns when it answers. systems, chosen: of `esia_options`.

        Raises CannotStart, PostgresFailed, CommandFailed.
        """
        self._held = locked(self.state)
        if not port_is_free(self.host, self.port):
            raise CannotStart(
                f"Port {self.port} is taken by another program. "
                f"Stop that program or choose another: ./dev esia --port {self.port + 1}"
            )
        with timed("PostgreSQL"):
            if self.cluster and not (self.state / "secrets.json").exists():
                self.cluster.remove()  # the folder was deleted: without its keys the old data are unreadable
            self.prepare()
        self.environment |= {
            "DOPUSK_TEST_COST_PASSWORDS": "1",  # everybody's password is known here
            **chosen,
        }
        self._fill(systems)
        with timed("The portal"):
            run = commands(self.addresses, self.host)
            self.supervisor = Supervisor(
                self.environment,
                self.state / "logs",
                on_restart=lambda name: say(f"{name} ended; starting again"),
            )
            self.supervisor.start({"portal": run["portal"]})
            self._wait_ready()
            self.supervisor.add("portal-worker", run["portal-worker"])

    def prepare(self) -> None:
        """Database running, environment known: all a management command needs of a folder that has been used."""
        if self.cluster:
            self.cluster.start()
        server = self.cluster.url() if self.cluster else os.environ["DOPUSK_DATABASE_URL"]
        self.environment = {
            **compose(self.state, self.addresses, server),
            "DOPUSK_ALONE": "1",
            "DOPUSK_PLAIN_HTTP_CLIENTS": "1",  # of development, on machines and in containers of their own
        }

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
        marks.put(PORT, str(self.port))
        registered = json.dumps(systems, sort_keys=True)
        known = _known(marks)
        now = {one["client_id"]: one["redirect_uris"] for one in systems}
        self.before = {mnemonic: uris for mnemonic, uris in known.items() if mnemonic not in now}
        wanted = {"schema": databases.fingerprint(), "seeded": SEEDED, "systems": registered}
        if all(marks.same(name, value) for name, value in wanted.items()):
            return
        with timed("Schema, sixteen test people, systems"):
            path = self.state / "systems.json"
            path.write_text(registered, encoding="utf-8")
            say(self._seeded(path).rstrip())
        for name, value in {**wanted, KNOWN: json.dumps(known | now)}.items():
            marks.put(name, value)

    def _seeded(self, systems: Path) -> str:
        try:
            return databases.manage(
                self.environment, "portal", "seed_esia", "--migrate", "--systems", str(systems)
            )
        except CommandFailed as failed:
            _, refused, why = str(failed).rpartition("\nCommandError: ")
            if refused:  # by what was typed, not by a fault of ours
                raise CannotStart(why.rstrip()) from None
            raise

    @property
    def _portal(self) -> Process:
        assert self.supervisor
        return self.supervisor.processes["portal"]

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        near = {"0.0.0.0": esia_options.LOOPBACK, "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared
        url = f"http://{f'[{near}]' if ':' in near else near}:{self.port}/health/ready/"
        while time.monotonic() < deadline and self._portal.restarts < MOST_RESTARTS:
            try:
                # it knows itself by its name, which may be that of a container not yet known to anybody
                if httpx.get(url, headers={"Host": "localhost"}, timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        tail = self.supervisor.tail("portal") if self.supervisor else ""
        raise CannotStart(f"The portal does not come up. The end of its log:\n{tail}")


def _known(marks: databases.Marks) -> dict[str, list[str]]:
    """What starts over this folder have registered so far: mnemonic → addresses of return."""
    if KNOWN in marks.values:
        return dict(json.loads(marks.values[KNOWN]))
    return {one["client_id"]: one["redirect_uris"] for one in json.loads(marks.values.get("systems", "[]"))}


def locked(state: Path) -> IO[str]:
    """One stand-in a folder: the lock goes when it is closed, or with the process. Raises CannotStart."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = (state / "lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise CannotStart(
            f"A stand over {state} is running already. Use it, stop it with Ctrl-C, "
            "or give this one a folder and a port of its own: ./dev esia --state DIR --port N"
        ) from None
    return held


def port_of(state: Path) -> int | None:
    """The port of the stand-in that a folder belongs to; None for any other folder."""
    kept = databases.Marks(state).values.get(PORT)
    return int(kept) if kept else None


def say(line: str) -> None:
    """Progress goes to stderr: stdout has the one line a script waits for."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Tell what is done, and how long it took."""
    began = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - began:.1f} s")


def told(stand: EsiaStand, systems: list[dict[str, Any]], wanted: argparse.Namespace) -> str:
    """What a developer wants to know once it serves."""
    lines = [f"\nЕСИА stand-in: {stand.url}"]
    lines += [f"  {one['client_id']} → {', '.join(one['redirect_uris'])}" for one in systems]
    if not systems:
        lines.append(f"  No system is registered by this start. {esia_options.HOW_TO_REGISTER}")
    if stand.before:
        lines.append("  also registered from before:")
        lines += [f"    {mnemonic} → {', '.join(uris)}" for mnemonic, uris in stand.before.items()]
    if wanted.auto_login:
        lines.append(f"  everybody enters as   {wanted.auto_login} (--auto-login)")
    lines += [f"  fault on demand       {one}" for one in wanted.fault]
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
    stand = EsiaStand(wanted.state, wanted.port, host=wanted.host, name=esia_options.name(wanted))
    try:
        # what is wrong with these is told before anything is made
        systems, chosen = esia_options.systems(wanted), esia_options.environment(wanted)
        if wanted.fresh:
            _forget(stand.state)
        stand.start(systems, chosen)
    except (CannotStart, PostgresFailed, CommandFailed, esia_options.Unusable) as error:
        say(f"\n{error}")
        if stand.environment:
            stand.stop()
        return 2
    say(told(stand, systems, wanted))
    say(f"Ready in {time.monotonic() - began:.1f} s. Ctrl-C stops it.")
    print(f"ready {stand.url}", flush=True)
    stop.wait()
    say("\nStopping …")
    stand.stop()
    say(f"Stopped; what it keeps is in {stand.state}")
    return 0


def _forget(state: Path) -> None:
    """Delete what a stopped stand-in keeps. Raises CannotStart."""
    if state.exists() and any(state.iterdir()) and port_of(state) is None:
        raise CannotStart(f"{state} holds something else than a stand-in: --fresh deletes nothing there.")
    with locked(state):
        Cluster(state).remove()
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
