"""One certificate by number and code, as fast as PostgreSQL gives it. No Django.

A connection a thread, kept open, in autocommit, with the statement prepared and its plan fixed. The calls
go to libpq itself through psycopg's binding of it: a cursor's machinery costs more than the whole question.
The statement reads one index (certificate_public_answer) and no table.
"""

import threading
from collections.abc import Callable
from typing import Final

from psycopg import conninfo, pq

from dopusk.cabinet.verification.answers import COLUMNS, Answer

QUERY: Final = f"SELECT {', '.join(COLUMNS)} FROM certificates_certificate WHERE number = $1 AND code = $2"  # noqa: S608 - constant names
_NAME: Final = b"public_answer"
_TEXT_OID: Final = 25
_FOUND: Final = pq.ExecStatus.TUPLES_OK
_OPTIONS: Final = {
    "application_name": "dopusk-verification",
    "client_encoding": "UTF8",
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "tcp_user_timeout": "5000",
    "options": "-c DateStyle=ISO -c plan_cache_mode=force_generic_plan -c default_transaction_read_only=on "
    "-c statement_timeout=2s",
}


class DatabaseDown(Exception):
    """PostgreSQL did not answer, twice; the message is the server's or libpq's."""


class Lookup:
    """Asks from any thread. parameters: libpq's connection parameters, read when a connection is made."""

    def __init__(self, parameters: Callable[[], dict[str, str]]) -> None:
        self._parameters = parameters
        self._own = threading.local()

    def find(self, number: str, code: str) -> Answer | None:
        """The certificate whose number and code are both these. Raises DatabaseDown.

        A failed statement is tried once more on a fresh connection: a restart of the server, a terminated
        backend or a migration that changed the table costs the asker nothing.
        """
        values = [number.encode(), code.encode()]
        link: pq.abc.PGconn | None = getattr(self._own, "link", None)
        if link is not None:
            result = link.exec_prepared(_NAME, values)
            if result.status == _FOUND:
                return _answer(result)
            self.close()
        link = self._connect()
        result = link.exec_prepared(_NAME, values)
        if result.status != _FOUND:
            reason = result.error_message.decode(errors="replace")
            link.finish()
            raise DatabaseDown(reason)
        self._own.link = link
        return _answer(result)

    def close(self) -> None:
        """Close the connection of the calling thread, if it has one; the next question opens another."""
        link: pq.abc.PGconn | None = getattr(self._own, "link", None)
        self._own.link = None
        if link is not None:
            link.finish()

    def _connect(self) -> pq.abc.PGconn:
        info = conninfo.make_conninfo("", **{**self._parameters(), **_OPTIONS})
        link = pq.PGconn.connect(info.encode())
        if link.status == pq.ConnStatus.OK:
            prepared = link.prepare(_NAME, QUERY.encode(), [_TEXT_OID, _TEXT_OID])
            if prepared.status == pq.ExecStatus.COMMAND_OK:
                return link
        reason = link.error_message.decode(errors="replace")
        link.finish()
        raise DatabaseDown(reason)


def _answer(result: pq.abc.PGresult) -> Answer | None:
    """The first row; there is none or one, and none of its columns may be NULL."""
    if not result.ntuples:
        return None
    value = result.get_value
    return Answer._make([value(0, column).decode() for column in range(len(COLUMNS))])  # type: ignore[union-attr]
