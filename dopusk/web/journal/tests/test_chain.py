"""The journal keeps everything in order and shows every touch."""

import contextlib
import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from dopusk.web.journal import actions
from dopusk.web.journal.models import Entry
from dopusk.web.journal.rules import first_break

ANNA = "0b8f2f44-0000-4000-8000-000000000003"


def anna_signs_in(words: str = "Вы вошли") -> None:
    with transaction.atomic():
        actions.record(actor=ANNA, act="signin.done", subject=ANNA, words=words, detail={"способ": "пароль"})


@pytest.mark.django_db
def test_rows_are_numbered_and_chained_and_the_proof_holds():
    for words in ("Вы вошли", "«Кавычки», ё и 😀", ""):
        anna_signs_in(words)
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert actions.verify() == (3, None)


@pytest.mark.django_db
def test_a_fact_rolled_back_leaves_no_record():
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        anna_signs_in()
        raise ZeroDivisionError
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_can_be_recorded():
    with pytest.raises(transaction.TransactionManagementError):
        actions.record(actor=ANNA, act="signin.done", subject=ANNA, words="")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET words = 'иначе'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
    ],
)
def test_nobody_can_change_or_remove_a_row(statement):
    anna_signs_in()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert actions.verify() == (1, None)


@pytest.mark.django_db
def test_every_kind_of_touch_is_found():
    for _ in range(3):
        anna_signs_in()
    rows = [(entry.link(), entry.hash) for entry in Entry.objects.order_by("number")]
    changed = [rows[0], (dataclasses.replace(rows[1][0], words="иначе"), rows[1][1]), rows[2]]
    assert first_break(changed).code == "content_differs"
    rewritten = dataclasses.replace(rows[1][0], words="иначе")
    assert first_break([rows[0], (rewritten, rewritten.hash()), rows[2]]).code == "previous_differs"
    assert first_break([rows[0], rows[2]]).code == "missing_row"
    assert first_break(rows) is None


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain():
    def write(_):
        try:
            anna_signs_in()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert actions.verify() == (40, None)


@pytest.mark.django_db
def test_a_person_reads_what_she_did_and_what_was_done_to_her():
    anna_signs_in()
    with transaction.atomic():
        actions.record(actor="system", act="certificate.issued", subject=ANNA, words="Выдано")
        actions.record(actor="other", act="signin.done", subject="other", words="Чужое")
    assert [entry.act for entry in Entry.objects.about(ANNA)] == ["certificate.issued", "signin.done"]
