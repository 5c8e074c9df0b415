"""Sites really running, for tests of another site: real HTTP, a real database, real seeds.

The caller is a pytest run that loaded `dopusk.stand.testing`: its environment names the throw-away server.
"""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

from dopusk.stand import databases

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
_numbers = itertools.count(1)  # several may run at once


@contextmanager
def running_registers(*, workers: int = 0) -> Iterator[str]:
    """The registers site on a free port, seeded with the known people and so many others; its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    database = _database(f"registers_running_{os.getpid()}_{next(_numbers)}")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "DOPUSK_REGISTERS_URL": address,
        "DOPUSK_REGISTERS_DATABASE_URL": database,
    }
    databases.manage(environment, "registers", "migrate", "--verbosity", "0")
    databases.manage(environment, "registers", "seed", "--workers", str(workers))
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "2", "--no-ws", "--log-level", "warning",
        "dopusk.registers.wsgi:application",
    ]  # fmt: skip
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        _wait(f"{address}/health/ready/", child)
        yield address
    finally:
        child.terminate()
        child.wait(20)
        _drop(database)


def fault(address: str, register: str, mode: str, delay_ms: int = 0) -> None:
    """Switch a register "on", "off", to "delay" or to "break"."""
    httpx.put(
        f"{address}/api/faults/{register}",
        json={"mode": mode, "delayMs": delay_ms},
        headers={"Authorization": f"Bearer {os.environ['DOPUSK_FAULTS_TOKEN']}"},
        timeout=10,
    ).raise_for_status()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            if httpx.get(address, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer; the process ended with {child.poll()}")


def _maintenance() -> str:
    return urlunsplit(urlsplit(os.environ["DOPUSK_REGISTERS_DATABASE_URL"])._replace(path="/postgres"))


def _database(name: str) -> str:
    with psycopg.connect(_maintenance(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
    return urlunsplit(urlsplit(_maintenance())._replace(path=f"/{name}"))


def _drop(address: str) -> None:
    name = urlsplit(address).path.lstrip("/")
    with psycopg.connect(_maintenance(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
