"""What two people's transactions lock, and in which order."""

import threading
import time

import pytest
from django.db import connection, transaction

from dopusk.cabinet.notices.actions import tell
from dopusk.cabinet.review.tests.people import application
from dopusk.cabinet.signin import actions, rules
from dopusk.cabinet.signin.tests import people
from dopusk.web.journal.actions import record


@pytest.mark.django_db(transaction=True)
def test_anna_signs_in_while_the_worker_writes_to_her():
    """The worker holds the journal and wants to refer to her row; she holds her row and wants the journal."""
    submitted = application("anna", "SUBMITTED")
    identity = rules.read_claims({**people.claims("anna"), "sub": submitted.applicant_id})
    journal_held, arrived = threading.Event(), []

    def come() -> None:
        journal_held.wait(10)
        try:
            arrived.append(actions.arrive(identity).pk)
        finally:
            connection.close()

    visitor = threading.Thread(target=come)
    visitor.start()
    with transaction.atomic():
        record(actor="system", act="application.registered", subject=submitted.applicant_id, words="№ 1")
        journal_held.set()
        _until_somebody_waits()
        tell(submitted, "registered", number="1")
    visitor.join(20)
    assert arrived == [submitted.applicant_id]


def _until_somebody_waits() -> None:
    """Another session waits for the journal's lock."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits for the journal")
