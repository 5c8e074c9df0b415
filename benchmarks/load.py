"""Load on the verification endpoint by keep-alive connections: wrk where it is installed, else a loop in Python.

Both ask one question at a time a connection and take the next as soon as the answer is whole. The Python loop
costs several times wrk's CPU, which on a small machine is taken from the server: install wrk for figures.
"""

import json
import random
import resource
import select
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import certificates_table as table

HERE = Path(__file__).resolve().parent
ABSENT, WRONG = 5, 5  # of 100 questions: unknown numbers, wrong codes
QUESTIONS = 150_000  # drawn by wrk before its clock starts: more than a round of five seconds asks


@dataclass(frozen=True)
class Load:
    """What a generator saw. cpu: its own seconds."""

    requests: int
    seconds: float
    failed: int
    p50_ms: float
    p99_ms: float
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def template(name: str, rows: int, query: str = "") -> Path:
    """keys.lua or keys.sql with the numbers filled in, as a file of the benchmark's state."""
    text = (HERE / name).read_text().format(
        numbers=rows * 100 // (100 - ABSENT), absent=ABSENT, wrong=WRONG, first=table.FIRST,
        code_first=table.CODE_FIRST, code_step=table.CODE_STEP, codes=table.CODES, query=query, questions=QUESTIONS,
    )  # fmt: skip
    path = table.STATE / name
    path.write_text(text)
    return path


def question(rows: int) -> tuple[str, str]:
    """A number and a code, drawn as the generators draw them."""
    index = random.randint(1, rows * 100 // (100 - ABSENT))
    wrong = 1 if random.randint(1, 100) <= WRONG else 0
    return table.number(index), str(int(table.code(index)) + wrong)


def generator() -> str:
    """Which one is used here."""
    return "wrk" if shutil.which("wrk") else "python"


def run(port: int, rows: int, clients: int, seconds: float) -> Load:
    """Load the server on 127.0.0.1."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time()
    seen = (
        _wrk(port, rows, clients, seconds) if generator() == "wrk" else _python(port, rows, clients, seconds)
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + time.process_time() - own
    return Load(**seen, cpu=cpu)


def _wrk(port: int, rows: int, clients: int, seconds: float) -> dict[str, Any]:
    command = [
        "wrk", "-t1", f"-c{clients}", f"-d{seconds:.0f}s", "-s", str(template("keys.lua", rows)),
        f"http://127.0.0.1:{port}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _python(port: int, rows: int, clients: int, seconds: float) -> dict[str, Any]:
    poll = select.epoll()
    links: dict[int, socket.socket] = {}
    sent: dict[int, float] = {}
    times: list[float] = []
    failed = 0

    def ask(link: socket.socket) -> None:
        number, code = question(rows)
        line = f"GET /verify/{number}?code={code} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"
        sent[link.fileno()] = time.perf_counter()
        link.sendall(line.encode())

    for _ in range(clients):
        link = socket.create_connection(("127.0.0.1", port))
        links[link.fileno()] = link
        poll.register(link, select.EPOLLIN)
        ask(link)
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for number, _ in poll.poll(1):
            answer = _whole(links[number])
            times.append(time.perf_counter() - sent[number])
            failed += not answer.startswith(b"HTTP/1.1 200")
            ask(links[number])
    elapsed = time.perf_counter() - began
    for link in links.values():
        link.close()
    times.sort()
    return {
        "requests": len(times), "seconds": elapsed, "failed": failed,
        "p50_ms": times[len(times) // 2] * 1000, "p99_ms": times[len(times) * 99 // 100] * 1000,
    }  # fmt: skip


def _whole(link: socket.socket) -> bytes:
    answer = link.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += link.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += link.recv(65536)
    return head
