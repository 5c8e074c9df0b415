"""Asking clamd about a content: INSTREAM of its protocol (man clamd, COMMANDS). Nothing is written to disk."""

import contextlib
import logging
import socket
import struct
import time

from dopusk.web.files.configuration import Clamd

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
SECONDS = 25.0  # for everything: sending and scanning ten megabytes
PIECE = 64 * 1024
LONGEST_REPLY = 4096


class Unavailable(Exception):
    """Clamd did not say whether the content is clean: not there, too slow, or unable to tell."""


def found_in(content: bytes, at: Clamd) -> str | None:
    """Name of what was found in the content, or None. Raises Unavailable."""
    until = time.monotonic() + SECONDS
    try:
        with contextlib.closing(_connect(at)) as line:
            with contextlib.suppress(
                BrokenPipeError, ConnectionResetError
            ):  # it has its reply ready: read it
                _send(line, content, until)
            reply = _reply(line, until)
    except OSError as error:
        raise Unavailable(str(error) or type(error).__name__) from error
    verdict = reply.removeprefix("stream: ")
    if verdict == "OK":
        return None
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise Unavailable(verdict or "no answer")


def answers(at: Clamd) -> bool:
    """Is clamd there at all: its PING."""
    try:
        with contextlib.closing(_connect(at)) as line:
            until = time.monotonic() + CONNECT_SECONDS
            line.sendall(b"zPING\0")
            return _reply(line, until) == "PONG"
    except OSError:
        return False


def _connect(at: Clamd) -> socket.socket:
    if not at.path:
        return socket.create_connection((at.host, at.port), timeout=CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(CONNECT_SECONDS)
        line.connect(at.path)
    except BaseException:
        line.close()
        raise
    return line


def _send(line: socket.socket, content: bytes, until: float) -> None:
    _wait(line, until)
    line.sendall(b"zINSTREAM\0")
    view = memoryview(content)
    for start in range(0, len(content), PIECE):
        piece = view[start : start + PIECE]
        _wait(line, until)
        line.sendall(struct.pack("!I", len(piece)))
        line.sendall(piece)
    line.sendall(struct.pack("!I", 0))


def _reply(line: socket.socket, until: float) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_REPLY:
        _wait(line, until)
        more = line.recv(LONGEST_REPLY)
        if not more:
            break
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _wait(line: socket.socket, until: float) -> None:
    """The next step may take what is left of the time. Raises TimeoutError."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    line.settimeout(left)
