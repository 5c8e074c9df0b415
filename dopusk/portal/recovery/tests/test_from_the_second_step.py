"""Who comes from the second step of a sign-in is asked whether it is lost before she chooses a password."""

import pytest
from django.urls import reverse

from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.recovery.models import Recovery
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.steps import code_of, path_of_page
from dopusk.portal.recovery.tests.test_recovery import DATA
from dopusk.portal.signin.tests.steps import enrol_app
from dopusk.portal.tests.browser import Browser, known, path_of

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def anna():
    account = known("anna")
    enrol_app(account)
    return account


def from_the_second_step() -> Browser:
    """Anna, her password right and her app not with her, has shown her telephone."""
    browser = Browser()
    assert path_of(browser.sign_in(ANNA)) == "/signin/second/"
    assert 'href="/recovery/?lost=factor"' in browser.get("/signin/second/").text
    page = browser.get("/recovery/?lost=factor")
    answer = browser.submit(page, "/recovery/", identifier=ANNA, channel="sms")
    assert path_of(answer) == "/recovery/code/"
    page = steps.enter(browser, "/recovery/code/", code=steps.digits("recovery.phone"))
    assert (path_of_page(page), code_of(page)) == (reverse("recovery:factor_choice"), "factor_choice")
    return browser


def test_the_lost_app_is_taken_off_and_the_new_password_opens_the_portal(anna):
    browser = from_the_second_step()
    assert path_of(browser.get("/recovery/password/")) == "/recovery/factor-choice/"
    assert path_of_page(steps.enter(browser, "/recovery/factor-lost/")) == "/recovery/more/"
    assert path_of_page(steps.enter(browser, "/recovery/data/", **DATA)) == "/recovery/password/"
    steps.set_password(browser)
    assert path_of(Browser().sign_in(ANNA, steps.NEW)) == "/"


def test_whoever_still_has_it_only_changes_the_password(anna):
    browser = from_the_second_step()
    assert path_of_page(steps.enter(browser, "/recovery/factor-choice/")) == "/recovery/more/"
    assert path_of_page(steps.and_email(browser)) == "/recovery/password/"
    steps.set_password(browser)
    assert path_of(Browser().sign_in(ANNA, steps.NEW)) == "/signin/second/"


def test_an_operator_who_may_not_take_it_off_gets_on_with_the_password(anna):
    appoint(anna.sub, Role.SUPPORT, by="system")
    browser = from_the_second_step()
    page = browser.submit(browser.get("/recovery/factor-lost/"), "/recovery/factor-lost/")
    assert code_of(page) == "operator_factor"
    assert path_of_page(steps.enter(browser, "/recovery/factor-choice/")) == "/recovery/more/"


def test_the_question_is_kept_through_a_mistake_and_asked_of_nobody_else(anna):
    browser = Browser()
    page = browser.submit(browser.get("/recovery/?lost=factor"), "/recovery/", identifier="")
    browser.submit(page, "/recovery/", identifier=ANNA, channel="sms")
    assert Recovery.objects.get().asks_factor
    assert path_of_page(steps.by_phone(Browser(), ANNA)) == "/recovery/more/"


def test_without_a_second_step_there_is_nothing_to_ask():
    known("boris")
    browser = Browser()
    page = browser.get("/recovery/?lost=factor")
    browser.submit(page, "/recovery/", identifier="boris@example.org", channel="sms")
    page = steps.enter(browser, "/recovery/code/", code=steps.digits("recovery.phone"))
    assert path_of_page(page) == "/recovery/more/"
