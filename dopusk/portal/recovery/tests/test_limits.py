"""How long a recovery and its codes live, and how often one may try."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dopusk.portal.accounts.actions import change_sealed
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.recovery import actions, rules
from dopusk.portal.recovery.models import Recovery, Try
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.steps import code_of, path_of_page
from dopusk.portal.signin.models import Throttle
from dopusk.portal.signin.rules import STRANGERS_TRIES
from dopusk.portal.signin.tests.steps import enrol_app, wrong_code
from dopusk.portal.tests.browser import Browser, known, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


def worth(level: str) -> None:
    Account.objects.update(level=level)


def test_ten_wrong_codes_end_the_recovery():
    browser = Browser()
    steps.begin(browser, "anna@example.org")
    right = steps.digits("recovery.phone")
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(10):
        page = browser.submit(browser.get("/recovery/code/"), "/recovery/code/", code=wrong)
        assert code_of(page) == "code_wrong"
    answer = browser.submit(page, "/recovery/code/", code=right)
    assert answer.headers["location"] == "/recovery/?over"


def test_a_code_is_of_its_own_browser_and_works_once():
    worth("simplified")
    first, second = Browser(), Browser("203.0.113.9")
    steps.begin(first, "anna@example.org")
    right = steps.digits("recovery.phone")
    steps.begin(second, "anna@example.org")
    page = second.submit(second.get("/recovery/code/"), "/recovery/code/", code=right)
    assert code_of(page) == "code_wrong"
    assert path_of_page(steps.enter(first, "/recovery/code/", code=right)) == "/recovery/password/"
    recovery = Recovery.objects.exclude(shown=[]).get()
    assert actions.check_code(recovery.pk, right) == "code_wrong"


def test_a_code_lives_ten_minutes_and_a_recovery_thirty():
    browser = Browser()
    page = steps.begin(browser, "anna@example.org")
    right = steps.digits("recovery.phone")
    steps.later(timedelta(minutes=11))
    page = browser.submit(page, "/recovery/code/", code=right)
    assert code_of(page) == "code_expired"
    steps.later(timedelta(minutes=20))
    assert browser.submit(page, "/recovery/code/", code=right).headers["location"] == "/recovery/?over"


def test_another_code_may_be_asked_for_after_a_minute_and_the_first_stops_fitting():
    browser = Browser()
    page = steps.begin(browser, "anna@example.org")
    first = steps.digits("recovery.phone")
    browser.submit(page, "/recovery/again/")
    assert len(steps.letters("recovery.phone")) == 1
    from dopusk.portal.codes.models import Counter

    Counter.objects.all().delete()
    steps.later(timedelta(seconds=61))
    browser.submit(page, "/recovery/again/")
    assert len(steps.letters("recovery.phone")) == 2
    if first != steps.digits("recovery.phone"):
        assert code_of(browser.submit(page, "/recovery/code/", code=first)) == "code_wrong"


def test_the_cookie_is_shut_to_scripts_rests_as_a_hash_and_ends_with_the_recovery():
    browser = Browser()
    page = browser.get("/recovery/")
    answer = browser.submit(page, "/recovery/", identifier="anna@example.org", channel="sms")
    parts = {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert {"HttpOnly", "SameSite=Lax", "Path=/recovery/"} <= parts
    cookie = browser.cookies["portal_recovery"]
    assert cookie.encode() not in bytes(Recovery.objects.get().token_hash)
    worth("simplified")
    steps.enter(browser, "/recovery/code/", code=steps.digits("recovery.phone"))
    steps.set_password(browser)
    browser.cookies.set("portal_recovery", cookie, path="/recovery/")
    assert browser.get("/recovery/password/").headers["location"] == "/recovery/?over"


def test_without_a_recovery_every_step_leads_to_the_first():
    for step in ("code", "more", "data", "factor", "factor-lost", "phone", "password"):
        assert browser_path(f"/recovery/{step}/") == "/recovery/"
    assert browser_path("/recovery/done/") == "/recovery/"


def browser_path(address: str) -> str:
    return path_of(Browser().get(address))


def test_a_form_from_another_site_is_refused():
    assert (
        Browser().post("/recovery/", data={"identifier": "anna@example.org", "channel": "sms"}).status_code
        == 403
    )


def test_many_recoveries_of_one_identifier_from_one_network_wait_and_another_network_does_not():
    browser = Browser()
    for _ in range(5):
        steps.begin(browser, "anna@example.org")
    page = steps.begin(browser, "anna@example.org")
    assert (page.status_code, code_of(page)) == (429, "held")
    assert path_of_page(steps.begin(Browser("203.0.113.9"), "anna@example.org")) == "/recovery/code/"


def test_what_is_over_is_cleared_away(anna):
    steps.by_phone(Browser(), "anna@example.org")
    Try.objects.create(account=anna, what="data", at=timezone.now() - timedelta(hours=8))
    Recovery.objects.update(started_at=timezone.now() - timedelta(hours=8))
    assert actions.purge() == 2
    assert actions.purge() == 0


def test_an_account_without_ways_is_sent_to_support(anna):
    change_sealed(anna.sub, email="")
    Account.objects.update(birth_date=None)
    page = steps.by_phone(Browser(), "+79000000003")
    assert code_of(page) == "stuck"
    assert not Identifier.objects.filter(kind="email").exists()


def test_a_network_that_asked_for_too_many_codes_waits_whoever_is_asked_for(settings):
    settings.CODES_NETWORK_HOURLY = 3
    for number in range(3):
        steps.begin(Browser(), f"nobody{number}@example.org")
    for identifier in ("anna@example.org", "nobody@example.org"):
        page = steps.begin(Browser(), identifier)
        assert (page.status_code, code_of(page)) == (429, "held")
    assert path_of_page(steps.begin(Browser("203.0.113.9"), "anna@example.org")) == "/recovery/code/"


def test_codes_of_the_app_are_guessed_no_oftener_than_at_sign_in():
    anna = known("anna")
    secret = enrol_app(anna)
    steps.by_phone(Browser(), "anna@example.org")
    recovery, wrong = Recovery.objects.get(), 0
    for _ in range(12):
        for _ in range(rules.FACTOR_TRIES):
            wrong += actions.show_factor(recovery.pk, wrong_code(secret)) == "factor_wrong"
        Try.objects.all().delete()  # as if hours had passed; the waits of sign-in over with them
        if wrong < STRANGERS_TRIES:
            Throttle.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert wrong == STRANGERS_TRIES
