"""The cleaning process seen from outside: started, given its bytes, waited for, and not believed."""

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from dopusk.web.files import rules
from dopusk.web.files.refused import FileRefused

logger = logging.getLogger(__name__)

SANITISE = Path(__file__).with_name("sanitise.py")
SECONDS = 30  # of waiting for one cleaning
AT_ONCE = 2  # cleanings of one server process; each may take sanitise.MEMORY at the worst
PATIENCE = 15.0  # seconds of waiting for a place
SAID = {
    "file_unreadable", "file_encrypted", "file_pages", "file_pixels", "file_active_content", "file_signed",
    "file_unfolds", "file_mixed",
}  # fmt: skip
_places = threading.BoundedSemaphore(AT_ONCE)


def clean(content: bytes, media_type: str, limits: rules.Limits) -> tuple[bytes, int]:
    """The clean content and its pages, made by a process that can do nothing else. Raises FileRefused."""
    if not _places.acquire(timeout=PATIENCE):
        raise FileRefused("files_busy")
    try:
        said = _run(content, media_type, limits)
    finally:
        _places.release()
    return _believed(said, media_type, limits)


def command(media_type: str, limits: rules.Limits) -> list[str]:
    """What is run; it limits itself before it looks at the first byte."""
    return [sys.executable, "-I", "-B", str(SANITISE), media_type, str(limits.pages), str(limits.pixels)]


def _buffer() -> IO[bytes]:
    """A file without a name, in memory where the system can: what is in it is on no disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("file"), "w+b")
    return tempfile.TemporaryFile()


def _run(content: bytes, media_type: str, limits: rules.Limits) -> bytes:
    """All that the process wrote; how much it can write is limited by the system (RLIMIT_FSIZE)."""
    with _buffer() as given, _buffer() as made:
        given.write(content)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own script, no shell, arguments of ours
            command(media_type, limits),
            stdin=given,
            stdout=made,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            process.kill()
            process.wait()
        if code != 0:
            logger.warning("cleaning of %s, %d bytes, ended with %s", media_type, len(content), code)
            raise FileRefused("file_unreadable")
        made.seek(0)
        return made.read()


def _believed(said: bytes, media_type: str, limits: rules.Limits) -> tuple[bytes, int]:
    """What the process said, taken for no more than it can be: it has handled a stranger's bytes."""
    line, _newline, content = said.partition(b"\n")
    try:
        head = json.loads(line)
        code, pages = head.get("code"), int(head.get("pages", 0))
        counted = int(head.get("detail", {}).get("pages", 0))
    except (ValueError, TypeError, AttributeError) as error:
        raise FileRefused("file_unreadable") from error
    if code is not None:
        facts = {
            "file_pages": {"pages": counted, "limit": limits.pages},
            "file_pixels": {"limit": limits.pixels},
        }
        known = code if isinstance(code, str) and code in SAID else "file_unreadable"
        raise FileRefused(known, dict[str, object](facts.get(known, {})))
    if pages < 1 or rules.media_type(content[:16]) != media_type:
        raise FileRefused("file_unreadable")
    return content, pages
