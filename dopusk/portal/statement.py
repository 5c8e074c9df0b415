"""One statement, one commit: hot paths send prepared SQL over the thread's own Django connection.

The same connection serves the ORM, so inside `atomic` (and in tests) a statement joins the transaction;
outside it commits by itself. Django's per-request bookkeeping of connections is not passed through here:
a connection the server has closed is reopened, and a statement that may run twice is sent again.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg
from django.db import connection
from psycopg.rows import args_row

Row = TypeVar("Row")
log = logging.getLogger(__name__)
_mine = threading.local()  # one cursor a thread, kept with its connection


def one(
    sql: str, values: Mapping[str, Any], row: Callable[..., Row], *, may_repeat: bool = True
) -> Row | None:
    """The first row of the answer, built by `row` from its columns in order; None when there is none.

    may_repeat: whether a second run does no harm, if the connection was lost and nobody knows of the first.
    """
    try:
        return _send(sql, values, row)
    except psycopg.OperationalError:
        raw = connection.connection
        lost = raw is None or raw.closed or raw.broken
        if connection.in_atomic_block or not lost:
            raise
        connection.close()
        if not may_repeat:
            raise
        log.warning("the database connection was lost; the statement is sent again")
        return _send(sql, values, row)


def _send(sql: str, values: Mapping[str, Any], row: Callable[..., Row]) -> Row | None:
    raw = connection.connection
    if raw is None or raw.closed:
        connection.ensure_connection()
        raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5  # Django switches prepared statements off for its own cursors' sake
    cursor = getattr(_mine, "cursor", None)
    if cursor is None or cursor.connection is not raw:
        cursor = _mine.cursor = psycopg.Cursor(raw)
    cursor.row_factory = args_row(row)
    cursor.execute(sql, values, prepare=True, binary=True)
    answered = cursor.pgresult is not None and cursor.pgresult.ntuples > 0
    return cursor.fetchone() if answered else None


def in_batches(sql: str, batch: int) -> int:
    """Run a DELETE limited by `batch` until nothing is left; each run commits by itself. Returns the rows deleted."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"batch": batch})
            done = int(cursor.rowcount)
        total += done
        if done < batch:
            return total
