"""Statements on the thread's own connection: inside a transaction, outside one, and when the server is gone."""

import psycopg
import pytest
from django.db import connection, transaction

from dopusk.portal import statement

ECHO = "SELECT %(number)s::int, %(text)s::text, %(number)s::int + 1"
ADD = """
INSERT INTO signin_throttle (key, failures, last_at, held_until, forgotten_at)
VALUES (%(key)s::bytea, 1, now(), now(), now()) RETURNING failures
"""


def rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signin_throttle")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_values_go_there_and_come_back_whatever_they_hold():
    for text in ("", "Анна", "it's; DROP TABLE x -- %s $1 \\", "ы" * 10_000):
        assert statement.one(ECHO, {"number": 2, "text": text}, lambda *row: row) == (2, text, 3)
    assert statement.one(ECHO, {"number": None, "text": None}, lambda *row: row) == (None, None, None)


@pytest.mark.django_db
def test_no_row_is_none():
    assert statement.one("SELECT 1 WHERE %(no)s::bool", {"no": False}, tuple) is None


@pytest.mark.django_db
def test_a_fault_of_the_statement_is_raised_as_psycopg_names_it():
    with pytest.raises(psycopg.errors.DivisionByZero), transaction.atomic():
        statement.one("SELECT 1 / %(zero)s::int", {"zero": 0}, tuple)


@pytest.mark.django_db(transaction=True)
def test_inside_atomic_it_is_rolled_back_even_as_the_first_statement():
    connection.close()

    def add_and_fail() -> None:
        with transaction.atomic():
            statement.one(ADD, {"key": b"k"}, int)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    assert rows() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_it_is_kept_at_once():
    statement.one(ADD, {"key": b"k"}, int)
    connection.close()
    assert rows() == 1


def cut_the_line() -> None:
    """The server ends our session, as when it is restarted."""
    statement.one("SELECT 1", {}, int)
    with psycopg.connect(**_parameters()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


def _parameters() -> dict[str, str]:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "host") if given.get(name)}


@pytest.mark.django_db(transaction=True)
def test_when_the_server_has_cut_the_line_a_harmless_statement_is_sent_again():
    cut_the_line()
    assert statement.one("SELECT 7", {}, int) == 7


@pytest.mark.django_db(transaction=True)
def test_one_that_may_not_run_twice_fails_once_and_the_next_finds_a_new_line():
    cut_the_line()
    with pytest.raises(psycopg.OperationalError):
        statement.one("SELECT 7", {}, int, may_repeat=False)
    assert statement.one("SELECT 7", {}, int, may_repeat=False) == 7


@pytest.mark.django_db(transaction=True)
def test_inside_atomic_nothing_is_sent_again():
    def ask_in_a_transaction() -> None:
        with transaction.atomic():
            cut_the_line()
            try:
                statement.one("SELECT 7", {}, int)
            finally:
                connection.close()

    with pytest.raises(psycopg.OperationalError):
        ask_in_a_transaction()


@pytest.mark.django_db(transaction=True)
def test_batches_end_when_nothing_is_left():
    for number in range(7):
        statement.one(ADD, {"key": bytes([number])}, int)
    gone = statement.in_batches(
        "DELETE FROM signin_throttle WHERE key IN (SELECT key FROM signin_throttle LIMIT %(batch)s)", 3
    )
    assert (gone, rows()) == (7, 0)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_several_statements_that_finds_the_line_cut_is_done_anew_as_a_whole():
    seen = []

    def act():
        seen.append(statement.one("SELECT 1::int", {}, lambda one: one))
        return statement.one("SELECT txid_current_if_assigned() IS NULL", {}, lambda one: one)

    cut_the_line()
    assert statement.together(act) is True
    assert seen == [1]
    assert connection.get_autocommit()


@pytest.mark.django_db(transaction=True)
def test_what_fails_within_it_leaves_nothing_behind():
    def act():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clients_client SET name = 'x'")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        statement.together(act)
    assert connection.get_autocommit()
    assert not connection.needs_rollback
