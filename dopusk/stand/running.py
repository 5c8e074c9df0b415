"""A stand running in a process of its own, as `./dev run --json` starts it: for tests, benchmarks and the walk."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from dopusk.stand.postgres import Cluster
from dopusk.stand.stand import free_base

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 30
ENTRY = re.compile(
    r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE
)  # a log line begins with its day, a traceback follows it
CODE_SECONDS = 45  # a code lives 30 s and passes once


class NotRunning(Exception):
    """The stand did not come up; the message is what it printed."""


class RunningStand:
    """Starts on construction, on four free ports; `close` stops it. state: kept if given, else temporary.

    signin: how the cabinet signs people in, one of `dopusk.stand.signin.DIALECTS`.
    """

    def __init__(self, state: Path | None = None, *, base: int | None = None, signin: str = "oidc") -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="dopusk-stand-") if state is None else None
        self.state = state or Path(self._temporary.name if self._temporary else "") / "state"
        command = [sys.executable, "-m", "dopusk.stand", "run", "--json", "--state", str(self.state)]
        command += ["--port-base", str(base or free_base()), "--signin", signin]
        # the caller's own settings (a test run has some) are not this stand's
        foreign = ("DOPUSK_", "DJANGO_SETTINGS_MODULE")
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith(foreign)
        }
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - read when the child has ended
        self._child = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        line = self._child.stdout.readline() if self._child.stdout else ""
        if not line:
            self._child.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace")
            self.close()
            raise NotRunning(said)
        self.ready: dict[str, Any] = json.loads(line)
        self.portal, self.cabinet, self.registers = (
            self.ready[site] for site in ("portal", "cabinet", "registers")
        )

    def password(self, identifier: str) -> str:
        """The password of a demo person."""
        return str(
            next(person["password"] for person in self.ready["people"] if person["identifier"] == identifier)
        )

    def code(self, key: str) -> str:
        """The code that a demo person's app shows now; one that is used up already is waited out."""
        deadline = time.monotonic() + CODE_SECONDS
        while time.monotonic() < deadline:
            page = httpx.get(f"{self.portal}/sandbox/code/", timeout=10).raise_for_status().text
            found = re.search(rf'data-totp="{re.escape(key)}">([0-9]{{6}})<', page)
            if found:
                return found[1]
            time.sleep(1)
        raise NotRunning(f"/sandbox/code/ shows no code of {key}")

    def kill(self, name: str) -> None:
        """kill -9 of one process; the stand starts it again. One that is just being restarted is waited for."""
        for _ in range(100):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int((self.state / "pids" / name).read_text()), signal.SIGKILL)
                return
            time.sleep(0.1)
        raise NotRunning(f"{name} does not come back")

    def logged(self, trace_id: str) -> list[str]:
        """What the processes wrote in their logs about one request, tracebacks with it."""
        found = []
        for log in sorted((self.state / "logs").glob("*.log")):
            entries = ENTRY.split(log.read_text(errors="replace"))
            found += [f"{log.stem}: {entry.rstrip()}" for entry in entries if trace_id in entry]
        return found

    def fault(self, register: str, mode: str, delay_ms: int = 0) -> None:
        """Switch a register "on", "off", to "delay" or to "break"."""
        token = json.loads((self.state / "secrets.json").read_text())["DOPUSK_FAULTS_TOKEN"]
        httpx.put(
            f"{self.registers}/api/faults/{register}",
            json={"mode": mode, "delayMs": delay_ms},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        ).raise_for_status()

    def journals_are_whole(self) -> str:
        """What `./dev journal verify` says of this stand. Raises NotRunning when a chain is broken."""
        return "; ".join(self.dev("journal", "verify").split("\n")[:3])

    def dev(self, *arguments: str) -> str:
        """What a command of `./dev` on this stand prints. Raises NotRunning when it fails."""
        command = [sys.executable, "-m", "dopusk.stand", *arguments, "--state", str(self.state)]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotRunning(done.stdout + done.stderr)
        return done.stdout

    def wait(self) -> None:
        """Until it is stopped from outside, or Ctrl-C comes."""
        with contextlib.suppress(KeyboardInterrupt):
            self._child.wait()

    def close(self) -> None:
        """Ctrl-C, then the temporary folder goes."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._temporary:
            self.remove()
            self._temporary.cleanup()

    def remove(self) -> None:
        """Delete the data of a stopped stand, those outside its folder too."""
        Cluster(self.state.absolute()).remove()
