"""Two at once: tries are counted exactly, a case is settled and taken once, one number confirms one account."""

import threading
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.proofing import actions, desk, endings, questions
from dopusk.portal.proofing.forms import DataForm
from dopusk.portal.proofing.models import Attempt, Try
from dopusk.portal.proofing.rules import Answers, PassportAnswer, ReviewCode, SnilsAnswer, State
from dopusk.portal.proofing.tests.people import SCAN, fields, newcomer
from dopusk.portal.tests.browser import known
from dopusk.web.files import actions as files
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
AGREE = Answers(SnilsAnswer(found=True), PassportAnswer("valid"))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all in threads of their own, begun together; what each gave or raised, in order."""
    gate = threading.Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            came[place] = act()
        except actions.NotAllowed as error:
            came[place] = error.refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return came


def typed(key="daria"):
    form = DataForm(fields(key), scan_kept=True)
    assert form.is_valid(), form.errors
    return form.typed()


def drafted(key):
    account = newcomer(key)
    scan = files.keep(SCAN[1], owner=str(account.sub), purpose="passport_scan", media_type="image/jpeg")
    actions.save_draft(account.sub, {}, scan)
    return account


def begun(key="daria"):
    account = drafted(key)
    return account, actions.begin(account.sub, typed(), session="")


def test_a_form_sent_twice_is_one_attempt(outside):
    account = drafted("daria")
    twice = [lambda: actions.begin(account.sub, typed(), session="").state] * 2
    assert sorted(map(str, at_once(*twice))) == ["asking", "under_way"]
    assert Try.objects.count() == 2


def test_the_last_named_try_of_a_number_is_given_to_one(outside):
    people = [drafted(key) for key in ("daria", "lidia", "nina")]
    number = actions.bucket("snils", typed().snils)
    Try.objects.bulk_create(Try(bucket=number, kind="registers", at=timezone.now()) for _ in range(4))
    at_once(*[lambda who=who: actions.begin(who.sub, typed(), session="") for who in people])
    assert sorted(Attempt.objects.values_list("blind", flat=True)) == [False, True, True]


def test_two_workers_settle_an_attempt_once(outside):
    account, attempt = begun()
    twice = [lambda: actions.settle(attempt.pk, AGREE, present=False).code] * 2
    assert sorted(map(str, at_once(*twice))) == ["over", "questions"]
    assert Entry.objects.filter(act="proofing.standard", subject=str(account.sub)).count() == 1
    assert Notice.objects.filter(account=account).count() == 1


def test_two_accounts_with_one_number_do_not_both_get_it(outside):
    pairs = [begun("daria"), begun("lidia")]
    came = at_once(*[lambda a=a: actions.settle(a.pk, AGREE, present=True).code for _, a in pairs])
    assert sorted(map(str, came)) == ["questions", "review"]
    levels = []
    for account, _attempt in pairs:
        account.refresh_from_db()
        levels.append(account.level)
    assert sorted(levels) == ["simplified", "standard"]


def test_answers_sent_twice_are_judged_once(outside):
    account, attempt = begun()
    actions.settle(attempt.pk, AGREE, present=True)
    questions.open_questions(attempt.pk)
    twice = [lambda: questions.answer(attempt.pk, outside.right, session="")] * 2
    assert sorted(map(str, at_once(*twice))) == ["confirmed", "not_now"]
    account.refresh_from_db()
    assert account.level == "confirmed"
    assert not StoredFile.objects.exists()


def test_two_reviewers_reach_for_one_case(outside):
    _account, attempt = begun()
    Attempt.objects.update(state="review")
    reviewers = [known("boris"), known("vera")]
    for one in reviewers:
        appoint(one.sub, Role.REVIEWER, by="system")
    came = at_once(*[lambda r=r: desk.take(attempt.pk, r.sub, session="") for r in reviewers])
    assert sorted(map(str, came)) == ["None", "taken_by_other"]


def test_a_refusal_and_an_answer_of_a_register_stand_in_line(outside):
    """The worker holds the account and comes to the attempt while a reviewer refuses it."""
    account, attempt = begun()
    boris = known("boris").sub
    now = timezone.now()
    Attempt.objects.update(state="review", reviewer_id=boris, taken_at=now, next_at=None)
    refusing = threading.Thread(
        target=lambda: at_once(
            lambda: desk.refuse(attempt.pk, boris, ReviewCode.DATA_MISMATCH, "", session="")
        )
    )
    with transaction.atomic(), connection.cursor() as cursor:
        Account.objects.select_for_update().get(pk=account.pk)
        refusing.start()
        waits, late = 0, monotonic() + 10
        while not waits:
            assert monotonic() < late
            sleep(0.01)
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            waits = cursor.fetchone()[0]
        assert endings.locked(attempt.pk, State.REVIEW)
    refusing.join(30)
    assert not Attempt.objects.exists()
    assert Notice.objects.filter(account=account, kind="proofing_refused").count() == 1
