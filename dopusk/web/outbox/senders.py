"""Who delivers which kind of message; sites register their senders from `tasks.py`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Sender = Callable[[str, dict[str, Any]], Callable[[], None] | None]


class TryLater(Exception):
    """The receiver cannot take it now; the message waits and is sent again, at the latest at `by` if given."""

    def __init__(self, reason: str, by: datetime | None = None) -> None:
        super().__init__(reason)
        self.by = by


class Refused(Exception):
    """The receiver will never take it; a person has to look. code: why.

    finish: runs in the transaction that marks the message refused.
    """

    def __init__(self, code: str, finish: Callable[[], None] | None = None) -> None:
        super().__init__(code)
        self.code, self.finish = code, finish


_senders: dict[str, Sender] = {}


def sender(kind: str) -> Callable[[Sender], Sender]:
    """Register the function that delivers messages of a kind.

    It is called with (key, payload), only the message's own row being locked, so it writes nothing itself; the
    receiver must take a repetition. It may return a function: that one runs in the transaction that marks the
    message delivered.
    """

    def keep(function: Sender) -> Sender:
        _senders[kind] = function
        return function

    return keep


def of(kind: str) -> Sender:
    """The registered sender. Raises KeyError when no slice of this site sends the kind."""
    return _senders[kind]
