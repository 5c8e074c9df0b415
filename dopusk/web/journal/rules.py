"""The chain: each row's hash covers the hash before it and the row's content.

The database computes it (a trigger, so no writer can forget); this module computes it again, apart,
so that `journal verify` trusts neither the trigger nor the table.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True)
class Link:
    """What one journal row says. at: UTC as 2026-11-22T09:08:07.123456Z; detail: JSON text as stored."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    object: str
    words: str
    session: str
    trace_id: str
    detail: str
    previous: str

    def hash(self) -> str:
        """SHA-256 in hex over the fields, each preceded by its length in bytes, so that none can flow into the next."""
        fields = (
            self.previous,
            str(self.number),
            self.at,
            self.actor,
            self.act,
            self.subject,
            self.object,
            self.words,
            self.session,
            self.trace_id,
            self.detail,
        )
        body = b"".join(b"%d:%b" % (len(raw), raw) for raw in (field.encode() for field in fields))
        return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True)
class Break:
    """Where the chain fails: `missing_row`, `previous_differs` or `content_differs`."""

    code: str
    number: int


def first_break(rows: Iterable[tuple[Link, str]]) -> Break | None:
    """The first row, in order of number, that does not continue the chain; None when all do.

    rows: pairs of the content and the hash stored beside it.
    """
    expected, previous = 1, GENESIS
    for link, stored in rows:
        if link.number != expected:
            return Break("missing_row", expected)
        if link.previous != previous:
            return Break("previous_differs", link.number)
        if link.hash() != stored:
            return Break("content_differs", link.number)
        expected, previous = expected + 1, stored
    return None
