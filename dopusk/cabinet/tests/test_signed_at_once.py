"""Анна's one signature arrives twice at one moment, or meets her withdrawal: one act, whole or not at all."""

import pytest

from dopusk.cabinet.applications import actions, statement
from dopusk.cabinet.applications.models import Application, Signed
from dopusk.cabinet.applications.tests import drafts, signing
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.review.tests.people import at_once
from dopusk.cabinet.tests.journey import Killed, killed_at
from dopusk.web.journal.models import Entry
from dopusk.web.signing import actions as signatures
from dopusk.web.signing.models import Challenge, Signature

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def examined(office, anna):
    """Her whole draft, and her good signature over its words."""
    application = drafts.whole(anna)
    lines = statement.lines(statement.snapshot(application, Document.objects.in_folder(str(application.pk))))
    act = signatures.Act("application", application.key, statement.TITLE, lines)
    asked = signatures.ask(act, session="hers", owner=anna.pk, origin="http://localhost")
    signature = signing.card(office).sign(asked.content)
    found = signatures.examine(asked.pk, "application", application.key, session="hers", signature=signature)
    assert found.good
    return application, found


def test_sent_twice_at_one_moment_it_is_kept_once(examined, anna):
    application, found = examined

    def send():
        return actions.submit(application.pk, anna, "", examined=found)

    answers = at_once(send, send)
    (refused,) = [one for one in answers if isinstance(one, Exception)]
    assert refused.refusal.code in {"not_a_draft", "challenge_used"}
    assert Signature.objects.count() == Signed.objects.count() == 1
    assert Entry.objects.filter(act="application.submitted").count() == 1


def test_sent_and_withdrawn_at_one_moment_the_signature_stands_only_under_what_was_sent(examined, anna):
    application, found = examined
    at_once(
        lambda: actions.submit(application.pk, anna, "", examined=found),
        lambda: actions.withdraw(application.pk, anna),
    )
    application.refresh_from_db()
    assert application.state in {"SUBMITTED", "WITHDRAWN"}
    assert Signed.objects.filter(application=application).exists() is (application.submitted_at is not None)


def test_killed_at_any_statement_nothing_is_kept_and_the_text_may_still_be_signed(examined, anna):
    application, found = examined
    for statement_number in range(1, 60):
        try:
            with killed_at(statement_number):
                actions.submit(application.pk, anna, "", examined=found)
            break
        except Killed:
            assert Application.objects.get(pk=application.pk).state == "DRAFT"
            assert not Signature.objects.exists()
            assert Challenge.objects.get().used_at is None
    assert statement_number > 10
    assert Application.objects.get(pk=application.pk).state == "SUBMITTED"
    assert Signed.objects.get(application=application).signature.standing == "valid"
