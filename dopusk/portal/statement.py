"""One statement, one commit: hot paths send prepared SQL over the thread's own Django connection.

The same connection serves the ORM, so inside `atomic` (and in tests) a statement joins the transaction;
outside it commits by itself. The statement goes straight to libpq: values as text, whose types the server takes
from the SQL, rows back in binary; psycopg's adapters translate both ways. Django's per-request bookkeeping of
connections is not passed through here: a connection the server has closed is reopened, and a statement that
may run twice is sent again.
"""

import functools
import hashlib
import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import psycopg
from django.db import OperationalError, connection, transaction
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result

Row = TypeVar("Row")
Outcome = TypeVar("Outcome")
log = logging.getLogger(__name__)

_DONE: Final = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_BINARY: Final = 1


def one(
    sql: str, values: Mapping[str, Any], row: Callable[..., Row], *, may_repeat: bool = True
) -> Row | None:
    """The first row of the answer, built by `row` from its columns in order; None when there is none.

    sql: `%(name)s` stands for a value; where the server cannot tell its type, a cast has to.
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


def together(act: Callable[[], Outcome]) -> Outcome:
    """Several statements in one transaction, the caller's own if there is one; done anew if the line was found cut."""
    if connection.in_atomic_block:
        return act()
    raw = connection.connection
    try:
        with transaction.atomic():
            return act()
    except (psycopg.OperationalError, OperationalError):
        # by now Django may have put another line in the place of the lost one
        if raw is not None and not raw.closed and not raw.broken:
            raise
        connection.close()
        log.warning("the database connection was lost; the transaction is begun anew")
    with transaction.atomic():
        return act()


@dataclass(frozen=True)
class _Plan:
    """A statement as libpq wants it. names: of the values, in the order of $1, $2…"""

    name: bytes
    query: bytes
    names: tuple[str, ...]
    formats: list[PyFormat]


@functools.cache
def _plan(sql: str) -> _Plan:
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    query = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", sql).encode()
    name = b"portal_" + hashlib.sha256(query).hexdigest()[:16].encode()
    return _Plan(name, query, names, [PyFormat.TEXT] * len(names))


@dataclass
class _Line:
    """This thread's way to the server: its connection, the adapters, what has been prepared on it."""

    raw: psycopg.Connection[Any]
    adapters: psycopg.abc.Transformer
    prepared: set[bytes] = field(default_factory=set)


_mine = threading.local()


def _line() -> _Line:
    raw = connection.connection
    if raw is None or raw.closed:
        connection.close()
        connection.ensure_connection()
        raw = connection.connection
    line: _Line | None = getattr(_mine, "line", None)
    if line is None or line.raw is not raw:
        line = _mine.line = _Line(raw, Transformer(raw))
    if connection.in_atomic_block and raw.pgconn.transaction_status == pq.TransactionStatus.IDLE:
        raw.execute("SELECT")  # psycopg begins a transaction with its first own statement
    return line


def _send(sql: str, values: Mapping[str, Any], row: Callable[..., Row]) -> Row | None:
    line, plan = _line(), _plan(sql)
    server = line.raw.pgconn
    if plan.name not in line.prepared:
        _checked(server, server.prepare(plan.name, plan.query))
        line.prepared.add(plan.name)
    texts = line.adapters.dump_sequence([values[name] for name in plan.names], plan.formats)
    result = _checked(server, server.exec_prepared(plan.name, texts, None, _BINARY))  # type: ignore[arg-type]  # its stub forgets NULL
    if not result.ntuples:
        return None
    line.adapters.set_pgresult(result)
    return line.adapters.load_row(0, lambda columns: row(*columns))


def _checked(server: pq.abc.PGconn, result: pq.abc.PGresult) -> pq.abc.PGresult:
    if server.status != pq.ConnStatus.OK:
        raise psycopg.OperationalError("the database connection is lost")
    if result.status not in _DONE:
        raise error_from_result(result)
    return result


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
