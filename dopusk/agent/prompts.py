"""Asking for a PIN by a program of the `pinentry` family: a window of its own, or a terminal; the page sees none of it.

The Assuan protocol: lines of 1000 bytes at most over stdin and stdout. Whichever pinentry the desktop has will do.
"""

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from typing import Final

from dopusk.agent.configuration import Configuration
from dopusk.agent.refusals import Refused

LONGEST: Final = 980  # bytes of a text in one line, its command and its end beside it
_CANCELLED: Final = {99, 114, 198}  # GPG_ERR_CANCELED, _NOT_CONFIRMED, _FULLY_CANCELED (libgpg-error)
_TIMEOUT: Final = 62  # GPG_ERR_TIMEOUT
_PATIENCE: Final = 5  # seconds over its own time
_LAST_WORDS: Final = 1  # seconds to end by itself


def escaped(text: str) -> str:
    """As a part of an Assuan line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def unescaped(data: bytes) -> str:
    """Of a data line: %XX for a byte."""
    head, *rest = data.split(b"%")
    found = head
    for part in rest:
        found += bytes.fromhex(part[:2].decode("ascii")) + part[2:]
    return found.decode("utf-8")


def end(child: "subprocess.Popen[bytes]") -> None:
    """Asked first, so that a terminal is given back as it was, with its echo; then made to."""
    with contextlib.suppress(OSError):
        child.terminate()
        try:
            child.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            child.kill()


class Prompt:
    """One pinentry for one question at a time. `close` ends it, from another thread too."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._child: subprocess.Popen[bytes] | None = None
        self._late = False

    def pin(self, texts: Mapping[str, str], *, repeat: str = "") -> str:
        """What the person types. texts: Assuan commands (SETDESC, SETPROMPT, …) and their texts.

        repeat: the label of a second field that must say the same. Refused: CANCELLED, TIMEOUT, NO_PROMPT.
        """
        program = shutil.which(self._configuration.pinentry or "pinentry")
        if program is None:
            raise Refused("NO_PROMPT", detail="no_program")
        seconds = self._configuration.pin_seconds
        with self._started(program, seconds + _PATIENCE):
            self._say_all(seconds, texts, repeat)
            return self._get()

    def close(self) -> None:
        """Take the window away."""
        if self._child:
            end(self._child)

    @contextlib.contextmanager
    def _started(self, program: str, seconds: int) -> Iterator[None]:
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the user's own choice
                [program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as failure:
            raise Refused("NO_PROMPT", detail=f"program: {failure.strerror}") from None
        watch = threading.Timer(seconds, self._end_late)
        watch.start()
        try:
            self._answer("")
            yield
            with contextlib.suppress(Refused, OSError):  # it may have gone by itself
                self._ask("BYE")
        except (OSError, ValueError):
            raise Refused("TIMEOUT" if self._late else "NO_PROMPT", detail="broken") from None
        finally:
            watch.cancel()
            self.close()
            self._child.communicate()
            self._child = None

    def _end_late(self) -> None:
        self._late = True
        self.close()

    def _say_all(self, seconds: int, texts: Mapping[str, str], repeat: str) -> None:
        tty = self._configuration.tty or os.environ.get("GPG_TTY", "")
        options = {
            "ttyname": tty,
            "ttytype": os.environ.get("TERM", "xterm") if tty else "",
            "lc-ctype": "C.UTF-8" if tty else "",
        }
        for name, value in options.items():
            if value:
                self._ask(f"OPTION {name}={value}")
        with contextlib.suppress(Refused):  # old ones do not know it; our own clock is there too
            self._ask(f"SETTIMEOUT {seconds}")
        for command, text in texts.items():
            self._ask(f"{command} {escaped(text)}")
        if repeat:
            self._ask(f"SETREPEAT {escaped(repeat)}")

    def _get(self) -> str:
        data = self._ask("GETPIN")
        if not data:  # an empty PIN is no try
            raise Refused("CANCELLED", detail="empty")
        return unescaped(data)

    def _ask(self, line: str) -> bytes:
        """Say a line; the data that is answered."""
        assert self._child
        assert self._child.stdin
        self._child.stdin.write(line.encode() + b"\n")
        self._child.stdin.flush()
        return self._answer(line.split(" ", 1)[0])

    def _answer(self, command: str) -> bytes:
        assert self._child
        assert self._child.stdout
        data = b""
        while line := self._child.stdout.readline(4096):
            kind, _, rest = line.rstrip(b"\n").partition(b" ")
            if kind == b"D":
                data += rest
            elif kind == b"OK":
                return data
            elif kind == b"ERR":
                raise self._refusal(command, int(rest.split(b" ", 1)[0]) & 0xFFFF)
        raise Refused("TIMEOUT" if self._late else "NO_PROMPT", detail=f"ended at {command or 'its start'}")

    def _refusal(self, command: str, code: int) -> Refused:
        if code == _TIMEOUT or self._late:
            return Refused("TIMEOUT", detail="pin")
        if code in _CANCELLED:
            return Refused("CANCELLED")
        return Refused("NO_PROMPT", detail=f"{command}: error {code}")
