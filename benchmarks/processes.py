"""Serving what is measured by the stand's own command lines, and reading processes' CPU and memory from /proc."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dopusk.stand.environment import PORTS, Addresses
from dopusk.stand.processes import commands

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running server: its main process and its port on 127.0.0.1."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(part: str, environment: dict[str, str], health: str, target: str = "") -> Iterator[Server]:
    """A part of the stand served as the stand serves it. target: another application in the same command line."""
    base = _free_base()
    addresses = Addresses(base=base, name="127.0.0.1")
    command = commands(addresses, "127.0.0.1")[part]
    if target:
        command[-1] = target
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        server = Server(process.pid, addresses.port(part))
        _wait(server, health, process)
        yield server
    finally:
        process.terminate()
        process.wait(15)


def cpu(pid: int) -> float:
    """Seconds of CPU that a process, its living descendants and their ended children took."""
    return sum(sum(map(int, _stat(one)[11:15])) for one in tree(pid)) / TICKS


def memory(pid: int) -> int:
    """Resident bytes of a process and its descendants."""
    return sum(int(_stat(one)[21]) for one in tree(pid)) * PAGE


def tree(pid: int) -> list[int]:
    """The process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(path.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(path.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: [0] state, [1] parent, [11:15] times, [21] pages resident."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def _free_base() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            base = int(probe.getsockname()[1])
        if base + len(PORTS) < 65536 and all(_is_free(base + offset) for offset in PORTS.values()):
            return base


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _wait(server: Server, health: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(server.url + health) as answer:  # noqa: S310 - our own http address
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"{server.url} does not serve")
