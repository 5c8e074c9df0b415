"""Leaving by `Logout`, entering without pages in a sandbox, what is cleared away, the pages of refusals."""

import pytest
from django.urls import reverse

from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.esia import actions, tasks
from dopusk.portal.esia.models import Diagnosis, Entry
from dopusk.portal.esia.sandbox import seeding
from dopusk.portal.esia.tests.esia_client import CALLBACK, Esia, forget, registered, said
from dopusk.portal.oidc.models import Grant
from dopusk.portal.sessions.models import Device, Session
from dopusk.portal.tests.browser import Browser, known, parameters, path_of

pytestmark = pytest.mark.django_db
BYE = "http://127.0.0.1:9/bye"
LOGOUT = "/idp/ext/Logout"


def leave(browser, **values):
    return browser.get(LOGOUT, params={"client_id": "TESTIS", **values})


def test_the_addresses():
    assert [reverse(f"esia:{name}") for name in ("ac", "ac_v2", "logout")] == [
        "/aas/oauth2/ac",
        "/aas/oauth2/v2/ac",
        LOGOUT,
    ]


def test_a_system_ends_the_session_anna_entered_it_in():
    registered()
    browser = Browser()
    marker = Esia().markers(browser)["access_token"]
    answer = leave(browser, redirect_url=BYE)
    assert (answer.status_code, answer.headers["location"]) == (302, BYE)
    assert Session.objects.get().ended_at is not None
    assert actions.holder_of(marker) is None
    assert path_of(browser.get(Esia().ac())) == "/signin/"


def test_a_system_anna_has_not_entered_leads_her_to_a_question():
    registered()
    known("anna")
    browser = Browser()
    browser.sign_in("anna@example.org")
    answer = leave(browser, redirect_url=BYE)
    assert path_of(answer) == "/oidc/logout"
    assert browser.get(answer.headers["location"]).status_code == 200
    assert Session.objects.get().ended_at is None


def test_where_nobody_is_signed_in_one_goes_straight_on():
    registered()
    assert leave(Browser(), redirect_url=BYE).headers["location"] == BYE
    assert leave(Browser()).headers["location"] == "/"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"client_id": ""}, "007014"),
        ({"client_id": "STRANGER"}, "007023"),
        ({"redirect_url": "https://evil.example/"}, "007023"),
        ({"redirect_url": f"{BYE}/further"}, "007023"),
        ({"redirect_url": "\0"}, "007038"),
    ],
)
def test_leaving_goes_to_registered_addresses_only(values, code):
    registered()
    browser = Browser()
    Esia().code(browser)
    answer = leave(browser, **values)
    assert answer.status_code == 400
    assert f"ESIA-{code}" in answer.text
    kept = Diagnosis.objects.exclude(code="").get()
    assert (kept.endpoint, kept.esia_code) == ("logout", code)
    assert answer.headers["x-diagnosis"].endswith(f"{kept.pk}/")
    assert Session.objects.get().ended_at is None


def test_a_lenient_system_leaves_to_any_page_of_its_own_site():
    made = registered(lenient=True)
    address = f"{BYE}/further"
    assert leave(Browser(), redirect_url=address).headers["location"] == address
    for odd in (
        "http://127.0.0.1:9@evil.example/",
        "http://127.0.0.1:9\\@evil.example/",
        "http://[",
        "//127.0.0.1:9",
    ):
        assert leave(Browser(), redirect_url=odd).status_code == 400, odd
    made.lenient = False
    made.save()
    forget()
    assert leave(Browser(), redirect_url=address).status_code == 400


def test_another_method_has_a_page_too():
    registered()
    assert Browser().put(Esia().ac_path).status_code == 400


def test_outside_a_sandbox_a_page_names_no_diagnosis(settings):
    settings.SANDBOX = False
    registered()
    answer = Browser().get(Esia(mnemonic="STRANGER").ac())
    assert answer.status_code == 400
    assert "x-diagnosis" not in answer.headers
    assert "/esia/console/" not in answer.text


# ── the sandbox enters without pages ──


@pytest.fixture
def headless(settings):
    settings.ESIA_AUTO_LOGIN = "000-000-600-01"
    seeding.seed_test_people()


@pytest.mark.usefixtures("headless")
@pytest.mark.parametrize("generation", [1, 2])
def test_the_sandbox_answers_with_a_code_at_once(generation):
    registered(required_level=Level.CONFIRMED)
    esia = Esia(generation)
    answer = Browser().get(esia.ac(state="s-1"))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(CALLBACK)
    values = parameters(answer)
    assert values["state"] == "s-1"
    assert esia.post(esia.te(values["code"])).status_code == 200


@pytest.mark.usefixtures("headless")
def test_who_entered_without_pages_can_leave_like_anybody():
    registered()
    browser = Browser()
    assert "code" in parameters(browser.get(Esia().ac()))
    leave(browser, redirect_url=BYE)
    assert Session.objects.get().ended_at is not None


@pytest.mark.usefixtures("headless")
def test_who_comes_again_in_one_browser_keeps_what_she_got_before():
    registered()
    browser, esia = Browser(), Esia()
    first = esia.post(esia.te(parameters(browser.get(esia.ac()))["code"])).json()["access_token"]
    assert "code" in parameters(browser.get(esia.ac(scope="openid birthdate")))
    assert actions.holder_of(first)
    other = parameters(browser.get(esia.ac(), headers={"X-Sandbox-Snils": "000-000-600-02"}))["code"]
    assert actions.holder_of(first) is None
    assert esia.post(esia.te(other)).status_code == 200


@pytest.mark.usefixtures("headless")
def test_all_who_enter_without_pages_come_from_one_device():
    registered()
    for _ in range(3):
        Browser().get(Esia().ac())
    assert Device.objects.count() == 1
    assert Session.objects.count() == 3


@pytest.mark.usefixtures("headless")
@pytest.mark.parametrize(("number", "code"), [("09", "ESIA-007055"), ("16", "ESIA-007004")])
def test_where_nobody_can_be_asked_the_refusal_comes_at_once(number, code):
    registered(required_level=Level.CONFIRMED)
    answer = Browser().get(Esia().ac(), headers={"X-Sandbox-Snils": f"000-000-600-{number}"})
    assert said(parameters(answer)) == ("access_denied", code)
    assert not Grant.objects.exists()


@pytest.mark.usefixtures("headless")
def test_a_good_person_does_not_make_up_for_a_bad_request():
    registered()
    answer = Browser().get(Esia().ac(scope="openid vehicles"))
    assert said(parameters(answer)) == ("access_denied", "ESIA-007019")
    assert not Session.objects.exists()


# ── clearing away ──


def test_what_is_remembered_of_a_grant_goes_after_it():
    registered()
    Esia().markers()
    tasks.purge(0)
    assert Entry.objects.count() == 1
    Grant.objects.all()._raw_delete("default")
    tasks.purge(0)
    assert Entry.objects.count() == 0
    assert Account.objects.exists()
