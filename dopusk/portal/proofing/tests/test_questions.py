"""Control questions: opened when she is ready, answered once, one more obstacle and never enough alone."""

import pytest
from django.utils import timezone

from dopusk.portal.notices import words
from dopusk.portal.notices.models import Notice
from dopusk.portal.proofing import tasks
from dopusk.portal.proofing.models import Attempt
from dopusk.portal.proofing.tests.people import (
    SMALL,
    account_of,
    answers,
    codes,
    csrf,
    presses,
    sends,
    signed_in,
)
from dopusk.portal.tests.browser import path_of

pytestmark = pytest.mark.django_db


def test_wrong_answers_leave_her_standard_and_an_operator_looks(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    assert path_of(answers(browser, outside, right=False)) == "/proofing/"
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.doubts) == ("review", ["questions_failed"])
    assert account_of("daria").level == "standard"


def test_answers_are_judged_once(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    answers(browser, outside, right=False)
    asked = len(outside.asked)
    token = csrf(browser.get("/proofing/"))
    again = browser.post("/proofing/questions/", data={"csrfmiddlewaretoken": token, **outside.right})
    assert path_of(again) == "/proofing/"
    assert len(outside.asked) == asked
    assert account_of("daria").level == "standard"


def test_of_igor_there_is_nothing_to_ask_so_an_operator_looks(outside):
    browser = signed_in("igor")
    sends(browser, "igor")
    assert path_of(presses(browser, "/proofing/questions/", "/proofing/questions/open/")) == "/proofing/"
    assert Attempt.objects.get().doubts == ["not_enough_data"]
    assert 'data-why="not_enough_data"' in browser.get("/proofing/").text
    assert Notice.objects.get(kind="proofing_review").detail == {"why": "not_enough_data"}


def test_she_may_prefer_an_operator_to_questions(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    presses(browser, "/proofing/questions/", "/proofing/operator/")
    assert Attempt.objects.get().doubts == ["own_wish"]
    assert 'data-why="own_wish"' in browser.get("/proofing/").text
    assert Notice.objects.get(kind="proofing_review").detail == {"why": "own_wish"}


def test_wrong_answers_are_not_told_as_a_wish(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    answers(browser, outside, right=False)
    assert "data-why=" not in browser.get("/proofing/").text
    assert Notice.objects.get(kind="proofing_review").text == words.text("proofing_review", {})
    assert Notice.objects.get(kind="proofing_review").text != words.text(
        "proofing_review", {"why": "own_wish"}
    )


def test_a_small_picture_needs_eyes_even_after_right_answers(outside):
    browser = signed_in("daria")
    sends(browser, "daria", scan=SMALL)
    answers(browser, outside)
    assert Attempt.objects.get().doubts == ["scan_small"]
    assert account_of("daria").level == "standard"


def test_the_register_of_questions_is_down_and_nothing_chosen_is_lost(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    outside.down = {"questions"}
    page = presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    assert (page.status_code, codes(page)) == (503, ["questions_down"])
    outside.down = set()
    presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    outside.down = {"questions"}
    page = presses(browser, "/proofing/questions/", "/proofing/questions/", **outside.right)
    assert (page.status_code, "questions_down" in codes(page)) == (503, True)
    assert page.text.count("checked") == 3
    outside.down = set()
    assert (
        path_of(presses(browser, "/proofing/questions/", "/proofing/questions/", **outside.right))
        == "/proofing/"
    )
    assert account_of("daria").level == "confirmed"


def test_the_worker_tells_her_when_questions_can_be_made_again(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    outside.down = {"questions"}
    presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    attempt = Attempt.objects.get()
    assert attempt.silent == ["questions"]
    tasks.sweep(0)
    assert Attempt.objects.get().tries == 1  # its time has not come
    for still_down in (True, False):
        outside.down = {"questions"} if still_down else set()
        Attempt.objects.update(next_at=timezone.now())
        tasks.sweep(0)
        told = Notice.objects.filter(account=account_of("daria"), kind="proofing_questions")
        assert told.exists() is not still_down
    assert (Attempt.objects.get().silent, Attempt.objects.get().next_at) == ([], None)
    assert path_of(answers(browser, outside)) == "/proofing/"
    assert account_of("daria").level == "confirmed"


def test_questions_that_ran_out_can_be_opened_once_more(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    outside.expired = True
    assert path_of(answers(browser, outside)) == "/proofing/questions/"
    assert path_of(answers(browser, outside)) == "/proofing/questions/"
    presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    assert Attempt.objects.get().doubts == ["questions_unanswered"]


def test_unanswered_questions_are_asked_again_beside_what_was_chosen(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    page = presses(browser, "/proofing/questions/", "/proofing/questions/", q0="o00")
    assert (page.status_code, page.text.count("checked")) == (422, 1)
    assert "/answers" not in " ".join(outside.asked)


def test_wrong_answers_are_remembered_beyond_the_attempt(outside):
    browser = signed_in("daria")
    sends(browser, "daria")
    answers(browser, outside, right=False)
    Attempt.objects.all().delete()
    sends(browser, "daria")
    assert (Attempt.objects.get().state, Attempt.objects.get().doubts) == ("review", ["questions_failed"])
