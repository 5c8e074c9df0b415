"""Proving identity once more: by the password, by any second step, and what does not count."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.codes.tests.letters import last_code
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin.tests.steps import (
    app_shows,
    code_of,
    enrol_app,
    enrol_passkey,
    shows_passkey,
    wrong_code,
)  # fmt: skip
from dopusk.portal.tests.browser import Browser, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


@pytest.fixture
def browser():
    """Anna signed in two hours ago."""
    browser = Browser()
    browser.sign_in(ANNA)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sessions_session SET proved_at = now() - interval '2 hours'")
    return browser


def proved() -> bool:
    return Session.objects.get(ended_at=None).proved_at > timezone.now() - timedelta(minutes=1)


def test_the_heading_says_what_is_asked_for(anna, browser):
    assert 'data-asked="password"' in browser.get("/signin/again/").text
    enrol_app(anna)
    assert 'data-asked="totp"' in browser.get("/signin/again/").text


def test_the_addresses_have_names():
    names = {
        "signin:again": "/signin/again/",
        "signin:again_sms": "/signin/again/sms/",
        "signin:again_passkey_options": "/signin/again/passkey/options/",
        "signin:again_passkey": "/signin/again/passkey/",
    }
    assert {name: reverse(name) for name in names} == names


def test_a_stranger_is_sent_to_sign_in():
    assert path_of(Browser().get("/signin/again/")) == "/signin/"


def test_the_password_proves_it_and_leads_back(browser):
    page = browser.get("/signin/again/?next=/journal/%3Fa%3D1")
    answer = browser.submit(page, "/signin/again/", password=sandbox.PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/journal/?a=1")
    assert proved()


def test_a_wrong_password_proves_nothing_and_is_counted_like_a_guess(browser):
    page = browser.get("/signin/again/")
    for _ in range(5):
        answer = browser.submit(page, "/signin/again/", password="wrong")
        assert (answer.status_code, code_of(answer)) == (422, "password_wrong")
    held = browser.submit(page, "/signin/again/", password=sandbox.PASSWORD)
    assert (held.status_code, code_of(held)) == (429, "code_held")
    assert not proved()
    assert Entry.objects.filter(act="signin.again_failed").count() == 5


def test_it_leads_nowhere_but_this_site(browser):
    page = browser.get("/signin/again/?next=//evil.example/")
    answer = browser.submit(page, "/signin/again/", password=sandbox.PASSWORD)
    assert answer.headers["location"] == "/"


def test_a_form_that_came_late_is_told_what_happened(browser):
    assert code_of(browser.get("/signin/again/?next=/journal/&late=1")) == "form_late"


def test_who_has_a_second_step_and_has_not_shown_it_here_shows_it_now(browser, anna):
    secret = enrol_app(anna)
    page = browser.get("/signin/again/")
    assert 'name="password"' not in page.text
    refused = browser.submit(page, "/signin/again/", code=wrong_code(secret))
    assert (refused.status_code, code_of(refused), proved()) == (422, "code_wrong", False)
    browser.submit(page, "/signin/again/", code=app_shows(secret))
    assert (proved(), Session.objects.get().amr) == (True, ["pwd", "otp", "mfa"])


def test_the_password_of_one_with_a_second_step_is_not_taken_in_its_place(browser, anna):
    enrol_app(anna)
    token = browser.cookies["portal_csrf"]
    browser.post(
        "/signin/again/",
        data={"how": "password", "password": sandbox.PASSWORD, "csrfmiddlewaretoken": token},
    )
    assert not proved()


def test_a_passkey_proves_it(browser, anna):
    device = enrol_passkey(anna)
    browser.get("/signin/again/")
    answer = shows_passkey(
        browser, device, "/signin/again/passkey/options/", "/signin/again/passkey/", "/journal/"
    )
    assert (answer.json(), proved()) == ({"next": "/journal/"}, True)
    assert Session.objects.get().amr == ["pwd", "hwk", "user", "mfa"]


def test_anothers_passkey_does_not(browser):
    device = enrol_passkey(known("boris"))
    browser.get("/signin/again/")
    answer = shows_passkey(browser, device, "/signin/again/passkey/options/", "/signin/again/passkey/")
    assert (answer.status_code, proved()) == (422, False)


def test_a_code_by_sms_proves_it_and_keeps_the_way_back(browser, anna):
    enrol_app(anna)
    page = browser.get("/signin/again/?how=sms&next=/journal/")
    sent = browser.submit(page, "/signin/again/sms/")
    typed = browser.get(sent.headers["location"])
    answer = browser.submit(typed, "/signin/again/", code=last_code(sandbox.person("anna").phone))
    assert (answer.headers["location"], proved()) == ("/journal/", True)


def test_the_session_gets_another_cookie_and_stays_the_same_session(browser):
    old, session = browser.cookies["portal_session"], Session.objects.get().pk
    browser.submit(browser.get("/signin/again/"), "/signin/again/", password=sandbox.PASSWORD)
    assert browser.get("/journal/").status_code == 200
    assert Session.objects.get(ended_at=None).pk == session
    thief = Browser()
    thief.cookies.set("portal_session", old)
    assert path_of(thief.get("/journal/")) == "/signin/"
