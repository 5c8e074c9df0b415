"""The trace id of the work being done: one across the three sites, logs, journal and error pages."""

import contextlib
import contextvars
import re
import secrets
from collections.abc import Iterator

_trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="")
_WELL_FORMED = re.compile(r"[0-9a-f]{32}")


def new() -> str:
    """A fresh id: 32 hexadecimal digits (the shape of a W3C trace-id). Does not become current by itself."""
    return secrets.token_hex(16)


def current() -> str:
    """The id in force here; outside any work a fresh one, kept from then on."""
    if not _trace.get():
        _trace.set(new())
    return _trace.get()


@contextlib.contextmanager
def use(trace_id: str) -> Iterator[str]:
    """Within the block `current()` is `trace_id`; one that is not 32 hex digits is replaced by a fresh one.

    What comes from outside reaches logs and pages, so its shape is never trusted.
    """
    kept = trace_id if _WELL_FORMED.fullmatch(trace_id) else new()
    token = _trace.set(kept)
    try:
        yield kept
    finally:
        _trace.reset(token)
