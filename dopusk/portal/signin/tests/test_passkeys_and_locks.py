"""Entering by a passkey, the offer of one, and accounts nobody enters."""

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.factors import actions as factors
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions
from dopusk.portal.signin.tests.steps import code_of, enrol_passkey, shows_passkey
from dopusk.portal.tests.browser import Browser, authorization, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


def test_the_addresses_have_names():
    names = {
        "signin:passkey_options": "/signin/passkey/options/",
        "signin:passkey": "/signin/passkey/",
        "signin:locked": "/signin/locked/",
        "signin:offer": "/signin/offer/",
    }
    assert {name: reverse(name) for name in names} == names


def test_a_passkey_signs_in_without_a_name_and_without_a_password(anna):
    device = enrol_passkey(anna)
    browser = Browser()
    browser.get("/signin/")
    answer = shows_passkey(browser, device, "/signin/passkey/options/", "/signin/passkey/", "/journal/")
    assert answer.json() == {"next": "/journal/"}
    assert Session.objects.get().amr == ["hwk", "user", "mfa"]
    assert browser.get("/journal/").status_code == 200


def test_a_passkey_enters_whatever_is_counted_against_the_password(anna):
    device = enrol_passkey(anna)
    for turn in range(12):
        Browser(f"203.0.{turn}.9").sign_in(ANNA, "wrong")
    assert Browser().sign_in(ANNA).status_code == 429
    browser = Browser()
    browser.get("/signin/")
    assert shows_passkey(browser, device, "/signin/passkey/options/", "/signin/passkey/").status_code == 200


def test_a_passkey_leads_nowhere_but_this_site(anna):
    device = enrol_passkey(anna)
    browser = Browser()
    browser.get("/signin/")
    answer = shows_passkey(browser, device, "/signin/passkey/options/", "/signin/passkey/", "//evil.example/")
    assert answer.json() == {"next": "/"}


def test_a_passkey_nobody_knows_opens_nothing(anna):
    device = enrol_passkey(anna)
    factors.Passkey.objects.all().delete()
    browser = Browser()
    browser.get("/signin/")
    answer = shows_passkey(browser, device, "/signin/passkey/options/", "/signin/passkey/")
    assert (answer.status_code, answer.json()) == (422, {"code": "passkey_unknown"})


def test_the_offer_comes_on_a_known_device_and_rests_thirty_days():
    browser = Browser()
    assert path_of(browser.sign_in(ANNA, next_path="/journal/")) == "/journal/"
    browser.cookies.delete("portal_session")
    offered = browser.sign_in(ANNA, next_path="/journal/")
    assert path_of(offered) == "/signin/offer/"
    page = browser.get(offered.headers["location"])
    assert "/security/factors/passkeys/add/" in page.text
    assert path_of(browser.submit(page, "/signin/offer/")) == "/journal/"
    browser.cookies.delete("portal_session")
    assert path_of(browser.sign_in(ANNA, next_path="/journal/")) == "/journal/"


def test_the_offer_leads_on_to_the_service(cabinet):
    browser = Browser()
    browser.sign_in(ANNA)
    browser.cookies.delete("portal_session")
    offered = browser.sign_in(ANNA, next_path=authorization())
    page = browser.get(offered.headers["location"])
    assert "form-action 'self' http://localhost:8001;" in page.headers["content-security-policy"]
    assert path_of(browser.submit(page, "/signin/offer/")) == "/oidc/authorize"


# locked


def test_a_locked_account_is_told_to_its_owner_and_to_nobody_else(anna):
    browser = Browser()
    browser.sign_in(ANNA)
    actions.lock(anna.sub, "owner")
    assert path_of(browser.get("/journal/")) == "/signin/"
    stranger = Browser().sign_in(ANNA, "wrong")
    assert (stranger.status_code, code_of(stranger)) == (422, "mismatch")
    owner = Browser()
    answer = owner.sign_in(ANNA)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin/locked/?why=owner")
    page = owner.get("/signin/locked/?why=owner")
    assert (page.status_code, 'data-code="account_locked"' in page.text) == (403, True)
    assert not Session.objects.filter(ended_at=None).exists()


def test_a_passkey_does_not_open_a_locked_account_either(anna):
    device = enrol_passkey(anna)
    actions.lock(anna.sub, "operator")
    browser = Browser()
    browser.get("/signin/")
    answer = shows_passkey(browser, device, "/signin/passkey/options/", "/signin/passkey/")
    assert answer.json() == {"next": "/signin/locked/?why=operator"}
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("why", "opened_by"), [("operator", "support"), ("owner", "recovery"), ("", "recovery")]
)
def test_an_operators_lock_leads_to_support_and_not_to_recovery(why, opened_by):
    page = Browser().get(f"/signin/locked/?why={why}")
    assert f'data-opened-by="{opened_by}"' in page.text
    assert ('href="/recovery/"' in page.text) is (opened_by == "recovery")


def test_unlocking_opens_it_again_with_a_reason_in_the_journal(anna):
    actions.lock(anna.sub, "owner")
    actions.unlock(anna.sub, by="system", why="позвонила сама")
    assert Browser().sign_in(ANNA).status_code == 303
    acts = list(Entry.objects.filter(act__startswith="signin.").values_list("act", flat=True))
    assert {"signin.locked", "signin.unlocked", "signin.done"} <= set(acts)
    assert "позвонила сама" in Entry.objects.get(act="signin.unlocked").detail


def test_a_closed_account_is_nobodys(anna):
    Account.objects.update(closed_at=timezone.now())
    answer = Browser().sign_in(ANNA)
    assert (answer.status_code, code_of(answer)) == (422, "mismatch")
