"""Writing the journal and proving it."""

import json

from django.db import connection, transaction

from dopusk.kernel import trace
from dopusk.web.journal.models import Entry
from dopusk.web.journal.rules import Break, first_break

# The trigger fills number, at, previous and hash. Raw SQL of hot paths inserts the same columns.
INSERT = """
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def record(
    *,
    actor: str,
    act: str,
    subject: str,
    words: str,
    object_: str = "",
    session: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """Append one row in the caller's transaction: the fact and its record are kept or lost together.

    actor, subject: person keys (`sub` of the portal) or "system". act: stable code, "application.submitted".
    words: a sentence in Russian that the subject may read. object_: what it was done to, "application:<uuid>".
    Appends of a site are serialised until the transaction ends, so call it last.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "the journal is written inside the transaction of the fact"
        )
    text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [actor, act, subject, object_, words, session, trace.current(), text])


def verify() -> tuple[int, Break | None]:
    """Walk the whole chain. Returns how many rows stand in the journal and the first break, if any."""
    entries = Entry.objects.order_by("number").iterator(chunk_size=5000)
    found = first_break((entry.link(), entry.hash) for entry in entries)
    return Entry.objects.count(), found
