"""Many at once: a code, a recovery and a link each do their work once, and five tries are five."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import make_link
from dopusk.portal.notices.models import Notice
from dopusk.portal.recovery import actions, endings, rules
from dopusk.portal.recovery.actions import Data, Over, Wait
from dopusk.portal.recovery.models import Recovery, Try
from dopusk.portal.recovery.tests import steps
from dopusk.portal.sessions.actions import Place
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8
PLACE = Place("198.51.100.0/24", "Firefox, Linux")


def at_once(work):
    """What `work` gave, or raised, in each of MANY threads that began together."""
    start = Barrier(MANY)

    def run(number):
        try:
            start.wait(10)
            return work(number)
        except Over:
            return "over"
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


def test_a_code_fits_once():
    known("anna")
    steps.begin(Browser(), "anna@example.org")
    recovery, right = Recovery.objects.get(), steps.digits("recovery.phone")
    answers = at_once(lambda _: actions.check_code(recovery.pk, right))
    assert sorted(answers) == [""] + ["code_wrong"] * (MANY - 1)


def test_wrong_codes_in_parallel_are_counted_each():
    known("anna")
    steps.begin(Browser(), "anna@example.org")
    recovery = Recovery.objects.get()
    wrong = "000000" if steps.digits("recovery.phone") != "000000" else "111111"
    answers = at_once(lambda _: actions.check_code(recovery.pk, wrong)) + at_once(
        lambda _: actions.check_code(recovery.pk, wrong)
    )
    assert answers.count("code_wrong") == rules.CODE_TRIES
    assert answers.count("over") == 2 * MANY - rules.CODE_TRIES


def test_numbers_of_documents_are_tried_five_times_however_fast():
    known("anna")
    Account.objects.update(level="standard")
    steps.by_phone(Browser(), "anna@example.org")
    recovery = Recovery.objects.get()
    answers = at_once(lambda number: actions.show_data(recovery.pk, Data(f"0000006990{number}")))
    assert answers.count("data_mismatch") == rules.DATA_TRIES
    assert sum(isinstance(one, Wait) for one in answers) == MANY - rules.DATA_TRIES
    assert Try.objects.count() == rules.DATA_TRIES


def test_one_recovery_sets_one_password():
    anna = known("anna")
    Account.objects.update(level="simplified")
    steps.by_phone(Browser(), "anna@example.org")
    recovery = Recovery.objects.get()
    answers = at_once(lambda number: endings.finish(recovery.pk, f"{steps.NEW} {number}", PLACE))
    assert sum(isinstance(one, endings.Done) for one in answers) == 1
    assert answers.count("over") == MANY - 1
    assert Notice.objects.filter(account=anna, kind="recovered").count() == 1


def test_two_recoveries_of_one_account_end_with_the_first():
    known("anna")
    Account.objects.update(level="simplified")
    for network in range(2):
        steps.by_phone(Browser(f"192.0.{network}.7"), "anna@example.org")
    recoveries = list(Recovery.objects.values_list("pk", flat=True))
    answers = at_once(lambda number: endings.finish(recoveries[number % 2], f"{steps.NEW} {number}", PLACE))
    assert sum(isinstance(one, endings.Done) for one in answers) == 1


def test_a_link_disavows_once():
    anna = known("anna")
    token = make_link("not_me", "", sub=anna.sub, good_for=timedelta(days=10), detail={})
    assert sorted(at_once(lambda _: endings.disavow(token))) == [False] * (MANY - 1) + [True]
    assert Notice.objects.filter(account=anna, kind="locked").count() == 1
