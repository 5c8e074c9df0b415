"""Loading much at once: indexes and keys are taken off the tables before and put back after, in one transaction.

A foreign key checked at commit would remember every row loaded, so memory would grow with N; and an index grown row
by row costs several times one built at once. Should the process die, PostgreSQL undoes it all.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'p')
ORDER BY contype = 'f', contype <> 'p'
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::regclass[])
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


def _everything(sql: str, tables: list[str]) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [tables])
        return list(cursor.fetchall())


@contextmanager
def bare(tables: list[str]) -> Iterator[None]:
    """Within the block the tables have no keys and indexes. Needs a transaction; nobody else may use them meanwhile."""
    constraints, indexes = _everything(_CONSTRAINTS, tables), _everything(_INDEXES, tables)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # no pending checks may stand in the way of ALTER TABLE
        for table, name, *_rest in reversed(constraints):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for table, name, _kind, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} {definition}")
        for _name, definition in indexes:
            cursor.execute(definition)
