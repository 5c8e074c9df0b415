"""Looking at a signature may ask issuers on the network and take seconds: never on every thread of a process at once.

Anybody may bring a certificate that points to a server which answers slowly.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

AT_ONCE: Final = 2  # of the four threads a process has (stand.processes)
PATIENCE: Final = 2.0  # seconds in the queue

_turns = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Others are being looked at; try again in a few seconds."""

    code = "signature_busy"


@contextmanager
def turn() -> Iterator[None]:
    """One's turn to be looked at. Raises Busy."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
