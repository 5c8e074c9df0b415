"""The program that the browser starts for one question of a page: reads it, answers it, ends.

So a PIN lives no longer than the act, a library that crashes takes nothing with it, and a page that is closed takes
its PIN window with it: the browser closes our stdin.
"""

import base64
import contextlib
import logging
import logging.handlers
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

from dopusk.agent import wire
from dopusk.agent.browsers import EXTENSION_ID
from dopusk.agent.configuration import Configuration, Misconfigured, load, state_folder
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused
from dopusk.kernel.signable import one_line

VERSION: Final = "1"
PROTOCOL: Final = 1
_LIST_SECONDS: Final = 30
_SIGN_SECONDS: Final = 60  # over what the PIN window may take

log = logging.getLogger(__name__)


class Host:
    """Answers one message. answer: where it goes, once."""

    def __init__(self, configuration: Configuration, state: Path, answer: IO[bytes]) -> None:
        self._configuration, self._state, self._answer = configuration, state, answer
        self._prompt = Prompt(configuration)
        self._once = threading.Lock()

    def serve(self, source: IO[bytes]) -> None:
        """Read, do, answer."""
        try:
            message = wire.read(source)
        except wire.Garbled as garbled:
            self._send(Refused("CONTENT_REFUSED", detail=f"message_{garbled.why}").answer())
            return
        if message is None:
            return
        threading.Thread(target=self._until_hung_up, args=(source,), daemon=True).start()
        seconds = _LIST_SECONDS
        if message.get("do") == "sign":
            seconds = self._configuration.pin_seconds + _SIGN_SECONDS
        watch = threading.Timer(seconds, self._late)
        watch.daemon = True
        watch.start()
        self._send(self._told(message))
        watch.cancel()

    def _told(self, message: dict[str, Any]) -> dict[str, object]:
        do, origin = _short(message.get("do")), _short(message.get("origin"))
        try:
            result = self._do(message)
        except Refused as refused:
            log.info("%s for %s: %s %s", do, origin, refused.code, _short(refused.detail))
            return refused.answer()
        except Exception as error:  # whatever it was, the page must hear something it can explain
            log.exception("%s for %s", do, origin)
            return Refused("TOKEN_FAULT", detail=type(error).__name__).answer()
        log.info("%s for %s: done", do, origin)
        return result

    def _do(self, message: dict[str, Any]) -> dict[str, object]:
        if message.get("v") != PROTOCOL:
            raise Refused("CONTENT_REFUSED", detail="version")
        origin = message.get("origin")
        if not isinstance(origin, str) or not self._configuration.serves(origin):
            raise Refused("ORIGIN_REFUSED")
        if message.get("do") == "hello":
            return {"ok": True, "v": PROTOCOL, "version": VERSION}
        from dopusk.agent.acts import (
            Agent,
            decoded,
        )  # what it takes to meet tokens; a greeting needs none of it

        agent = Agent(self._configuration, self._state, self._prompt)
        if message.get("do") == "list":
            return agent.list()
        if message.get("do") == "sign":
            content, wanted = decoded(message.get("content")), message.get("thumbprint")
            if not isinstance(wanted, str):
                raise Refused("NO_CERT")
            signature = agent.sign(content, wanted.lower(), origin)
            return {"ok": True, "signature": base64.b64encode(signature).decode()}
        raise Refused("CONTENT_REFUSED", detail="do")

    def _send(self, message: dict[str, object]) -> None:
        """The answer, if none was given; to a browser that has gone nothing can be said."""
        if not self._once.acquire(blocking=False):
            return
        try:
            packed = wire.pack(message)
        except wire.Garbled:
            packed = wire.pack(Refused("TOKEN_FAULT", detail="answer_large").answer())
        with contextlib.suppress(OSError):
            self._answer.write(packed)
            self._answer.flush()

    def _late(self) -> None:
        self._prompt.close()
        self._send(Refused("TIMEOUT", detail="token").answer())
        os._exit(0)

    def _until_hung_up(self, source: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while source.read(65536):
                pass
        if self._once.acquire(blocking=False):
            log.info("the browser hung up")
            self._prompt.close()
            os._exit(0)


def _short(said: object) -> str:
    """Anybody's words as a part of one line of the log."""
    return one_line(said if isinstance(said, str) else type(said).__name__)[:80]


def keep_log(state: Path) -> None:
    """Facts only: who asked for what and how it ended. No PIN and no text reaches it."""
    handler = logging.handlers.RotatingFileHandler(state / "agent.log", maxBytes=512 * 1024, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def main(arguments: Sequence[str]) -> int:
    """arguments: what the browser gives, the address of the extension first."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak to the browser
    os.umask(0o077)
    state = state_folder()
    keep_log(state)
    if list(arguments[:1]) != [f"chrome-extension://{EXTENSION_ID}/"]:
        log.error("started by %s", arguments[:1])
        answer.write(wire.pack(Refused("ORIGIN_REFUSED", detail="extension").answer()))
        answer.flush()
        return 2
    try:
        configuration = load()
    except Misconfigured as wrong:
        log.error("%s", wrong)  # noqa: TRY400 - the message says it all
        answer.write(wire.pack(Refused("SETTINGS", detail=wrong.where).answer()))
        answer.flush()
        return 2
    Host(configuration, state, answer).serve(sys.stdin.buffer)
    answer.flush()
    os._exit(0)  # the thread that listens for the browser's end would be waited for
