"""The processes of a stand: how each is started, and one supervisor that keeps them up."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dopusk.stand.environment import Addresses

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10  # given to a process to end by itself
RESTART_SECONDS = 0.3  # between a death and the next start, so that a crash loop does not burn the machine


def commands(addresses: Addresses, host: str) -> dict[str, list[str]]:
    """Name of the process → its command line. host: the address to listen on."""
    python = sys.executable

    def granian(part: str, target: str, *options: str) -> list[str]:
        return [
            python, "-m", "granian", "--host", host, "--port", str(addresses.port(part)),
            "--workers", "1", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "5", *options, target,
        ]  # fmt: skip

    wsgi = ("--interface", "wsgi", "--blocking-threads", "4", "--backlog", "1024")
    worker = ("procrastinate", "worker", "--concurrency", "4", "--shutdown-graceful-timeout", "5")
    return {
        "portal": granian("portal", "dopusk.portal.wsgi:application", *wsgi),
        "cabinet": granian("cabinet", "dopusk.cabinet.wsgi:application", *wsgi),
        "registers": granian("registers", "dopusk.registers.wsgi:application", *wsgi),
        "live": granian(
            "live", "dopusk.live.app:application", "--interface", "asgi", "--backpressure", "20000"
        ),
        "worker": [python, "-m", "dopusk.cabinet", *worker],
        "portal-worker": [python, "-m", "dopusk.portal", *worker],
    }


@dataclass
class Process:
    """One child and how to start it again."""

    name: str
    command: list[str]
    child: subprocess.Popen[bytes] | None = None
    restarts: int = 0


@dataclass
class Supervisor:
    """Starts the processes, starts again those that die, stops all. logs: a folder; one file a process."""

    environment: dict[str, str]
    logs: Path
    on_restart: Callable[[str], None] = lambda name: None
    processes: dict[str, Process] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, all_commands: dict[str, list[str]]) -> None:
        """Start every process and the watch over them."""
        for folder in (self.logs, self.pids):
            folder.mkdir(parents=True, exist_ok=True)
        for name, command in all_commands.items():
            self.add(name, command)
        threading.Thread(target=self._watch, daemon=True).start()

    def add(self, name: str, command: list[str]) -> None:
        """Start one process more."""
        process = Process(name, command)
        self._spawn(process)
        self.processes = {**self.processes, name: process}  # the watch may be walking over the old ones

    @property
    def pids(self) -> Path:
        """A folder beside the logs: one file a process, with its pid."""
        return self.logs.parent / "pids"

    def pid(self, name: str) -> int:
        """The pid of a running process."""
        child = self.processes[name].child
        if child is None:
            raise KeyError(name)
        return child.pid

    def kill(self, name: str) -> None:
        """kill -9, as a power cut would; the watch starts the process again."""
        os.kill(self.pid(name), signal.SIGKILL)

    def tail(self, name: str, lines: int = 15) -> str:
        """The end of a process's log."""
        path = self.logs / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def stop(self) -> None:
        """Ask all to end, then make them."""
        self.stopping.set()
        children = [process.child for process in self.processes.values() if process.child]
        for child in children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            _clear(child)

    def _spawn(self, process: Process) -> None:
        # should this supervisor itself be killed, its children go too
        guard = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        log: IO[bytes]
        with (self.logs / f"{process.name}.log").open("ab") as log:
            process.child = subprocess.Popen(
                [*guard, *process.command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # whoever reads the file meets a whole number in it, never an empty file
        fresh = self.pids / f".{process.name}"
        fresh.write_text(str(process.child.pid))
        fresh.replace(self.pids / process.name)

    def _watch(self) -> None:
        while not self.stopping.wait(0.1):
            for process in self.processes.values():
                if process.child and process.child.poll() is not None and not self.stopping.is_set():
                    self.on_restart(process.name)
                    _clear(process.child)
                    time.sleep(RESTART_SECONDS)
                    process.restarts += 1
                    if not self.stopping.is_set():
                        self._spawn(process)


def _clear(child: subprocess.Popen[bytes]) -> None:
    """End what a dead process left behind: its own workers share its session and would go on answering."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
