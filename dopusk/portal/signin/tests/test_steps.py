"""After the password: the second step, a new password."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.tests.letters import last_code
from dopusk.portal.factors import actions as factors
from dopusk.portal.factors.rules import Ask
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions
from dopusk.portal.signin.models import Pending, Throttle
from dopusk.portal.signin.tests.steps import (
    app_shows,
    code_of,
    enrol_app,
    enrol_passkey,
    shows_passkey,
    wrong_code,
)  # fmt: skip
from dopusk.portal.tests.browser import Browser, authorization, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"
FRESH = "сорок зелёных лодок на пруду"


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


@pytest.fixture
def secret(anna):
    return enrol_app(anna)


def at_second(next_path: str = "/journal/") -> Browser:
    """A browser that has given the right password."""
    browser = Browser()
    answer = browser.sign_in(ANNA, next_path=next_path)
    assert (answer.status_code, path_of(answer)) == (303, "/signin/second/")
    return browser


def give(browser: Browser, code: str, how: str = "totp"):
    page = browser.get("/signin/second/", params={"how": how})
    return browser.submit(page, "/signin/second/", code=code)


def test_the_addresses_have_names():
    names = {
        "signin:second": "/signin/second/",
        "signin:second_sms": "/signin/second/sms/",
        "signin:second_passkey_options": "/signin/second/passkey/options/",
        "signin:second_passkey": "/signin/second/passkey/",
        "signin:password": "/signin/password/",
    }
    assert {name: reverse(name) for name in names} == names


def test_a_password_alone_opens_nothing_when_a_second_step_is_due(secret):
    browser = at_second()
    assert not Session.objects.exists()
    assert "portal_session" not in browser.cookies
    assert path_of(browser.get("/journal/")) == "/signin/"


def test_the_code_of_her_app_opens_the_session_and_leads_on(secret):
    browser = at_second()
    answer = give(browser, app_shows(secret))
    assert (answer.status_code, path_of(answer)) == (303, "/journal/")
    session = Session.objects.get()
    assert (session.amr, "portal_pending" in browser.cookies) == (["pwd", "otp", "mfa"], False)
    assert browser.get("/journal/").status_code == 200


def test_a_code_is_taken_with_the_spaces_the_app_shows(secret):
    shown = app_shows(secret)
    assert give(at_second(), f" {shown[:3]} {shown[3:]} ").status_code == 303


def test_a_wrong_code_is_told_counted_and_written_down(secret):
    answer = give(at_second(), wrong_code(secret))
    assert (answer.status_code, code_of(answer)) == (422, "code_wrong")
    assert Throttle.objects.count() == 1
    failed = Entry.objects.get(act="signin.second_failed")
    assert failed.subject == str(Account.objects.get().sub)


def test_a_code_is_good_once(secret):
    shown = app_shows(secret)
    assert give(at_second(), shown).status_code == 303
    assert code_of(give(at_second(), shown)) == "code_wrong"


def test_guessing_codes_is_bounded_over_all_sign_ins_and_a_known_device_still_enters(secret):
    own = at_second()
    assert give(own, app_shows(secret)).status_code == 303
    own.cookies.delete("portal_session")
    for _ in range(10):
        assert code_of(give(at_second(), wrong_code(secret))) == "code_wrong"
    held = give(at_second(), app_shows(secret))
    assert (held.status_code, code_of(held)) == (429, "code_held")
    assert own.sign_in(ANNA).status_code == 303
    assert code_of(give(own, wrong_code(secret))) == "code_wrong"


def test_without_the_password_nobody_reaches_the_second_step(secret):
    for _ in range(12):
        Browser().post("/signin/second/", data={"how": "totp", "code": "000000"})
    assert path_of(Browser().get("/signin/second/")) == "/signin/"
    assert not Throttle.objects.exists()


def test_a_sign_in_is_finished_within_ten_minutes_and_once(secret):
    browser = at_second()
    page = browser.get("/signin/second/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE signin_pending SET good_until = now() - interval '1 second'")
    late = browser.submit(page, "/signin/second/", code=app_shows(secret))
    assert (late.status_code, path_of(late)) == (303, "/signin/")
    assert "over=1" in late.headers["location"]
    assert code_of(browser.get(late.headers["location"])) == "over"
    Pending.objects.update(good_until=timezone.now() + timedelta(minutes=1))
    begun = Pending.objects.get()
    actions.finish(begun, actions.Place("-", "-"))
    with pytest.raises(actions.Shut):
        actions.finish(begun, actions.Place("-", "-"))


def test_a_password_changed_in_between_ends_the_sign_in(secret):
    browser = at_second()
    Account.objects.update(password=passwords.make(FRESH))
    answer = give(browser, app_shows(secret))
    assert (path_of(answer), Session.objects.exists()) == ("/signin/", False)


def test_an_account_locked_in_between_is_not_entered(secret, anna):
    browser = at_second()
    actions.lock(anna.sub, "owner")
    assert path_of(browser.get("/signin/second/")) == "/signin/"
    assert not Session.objects.exists()


def test_a_code_by_sms_stands_in_for_the_app(secret, anna):
    browser = at_second()
    page = browser.get("/signin/second/?how=sms")
    sent = browser.submit(page, "/signin/second/sms/")
    assert (sent.status_code, path_of(sent)) == (303, "/signin/second/")
    typed = browser.get(sent.headers["location"])
    answer = browser.submit(typed, "/signin/second/", code=last_code(sandbox.person("anna").phone))
    assert (answer.status_code, path_of(answer)) == (303, "/journal/")
    assert Session.objects.get().amr == ["pwd", "sms", "mfa"]


def test_another_persons_sms_code_is_no_second_step(secret):
    boris = known("boris")
    enrol_app(boris)
    his = Browser()
    his.sign_in("boris@example.org")
    sent = his.submit(his.get("/signin/second/?how=sms"), "/signin/second/sms/")
    number = sent.headers["location"].rsplit("sms=", 1)[1]
    hers = at_second()
    typed = hers.get(f"/signin/second/?how=sms&sms={number}")
    answer = hers.submit(typed, "/signin/second/", code=last_code(sandbox.person("boris").phone))
    assert (answer.status_code, Session.objects.exists()) == (422, False)


def test_a_second_sms_at_once_is_told_to_wait(secret):
    browser = at_second()
    sent = browser.submit(browser.get("/signin/second/?how=sms"), "/signin/second/sms/")
    again = browser.submit(browser.get(sent.headers["location"]), "/signin/second/sms/")
    assert (again.status_code, code_of(again)) == (429, "sms_too_soon")


def test_an_sms_code_that_is_over_says_so(secret):
    browser = at_second()
    sent = browser.submit(browser.get("/signin/second/?how=sms"), "/signin/second/sms/")
    typed = browser.get(sent.headers["location"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_code SET good_until = now() - interval '1 second'")
    answer = browser.submit(typed, "/signin/second/", code="000000")
    assert (answer.status_code, code_of(answer)) == (422, "code_expired")


def test_a_recovery_code_opens_once(secret, anna):
    first = factors.make_recovery_codes(anna.sub)[0]
    assert give(at_second(), first, "recovery").status_code == 303
    assert Session.objects.get().amr == ["pwd", "otp", "mfa"]
    assert code_of(give(at_second(), first, "recovery")) == "code_wrong"


def test_her_passkey_is_a_second_step(secret, anna):
    device = enrol_passkey(anna)
    browser = at_second()
    browser.get("/signin/second/")
    answer = shows_passkey(browser, device, "/signin/second/passkey/options/", "/signin/second/passkey/")
    assert answer.json() == {"next": "/journal/"}
    assert Session.objects.get().amr == ["pwd", "hwk", "user", "mfa"]
    assert browser.get("/journal/").status_code == 200


def test_after_a_recovery_code_the_offer_says_how_many_are_left(secret, anna):
    codes = factors.make_recovery_codes(anna.sub)
    browser = at_second()
    give(browser, codes[0], "recovery")
    browser.cookies.delete("portal_session")
    factors.set_ask(anna.sub, Ask.ALWAYS)
    browser.sign_in("anna@example.org")
    page = browser.get(give(browser, codes[1], "recovery").headers["location"])
    assert f'data-codes-left="{len(codes) - 2}"' in page.text
    assert 'href="/security/factors/"' in page.text
    assert "data-codes-left" not in browser.get("/signin/offer/").text


def test_whoever_has_nothing_at_hand_is_told_the_ways(secret):
    page = at_second().get("/signin/second/").text
    assert 'data-code="no_second_factor"' in page
    assert 'href="/recovery/?lost=factor"' in page


def test_her_policy_may_spare_a_known_device_the_second_step(secret, anna):
    factors.set_ask(anna.sub, Ask.NEW_DEVICES)
    browser = at_second()
    give(browser, app_shows(secret))
    browser.cookies.delete("portal_session")
    assert path_of(browser.sign_in(ANNA, next_path="/journal/")) != "/signin/second/"
    assert path_of(Browser().sign_in(ANNA)) == "/signin/second/"


def test_an_operator_is_always_asked(secret, anna):
    from dopusk.portal.operators.actions import appoint
    from dopusk.portal.operators.rules import Role

    appoint(anna.sub, Role.SUPPORT, by="system")
    browser = at_second()
    assert give(browser, app_shows(secret)).status_code == 303
    browser.cookies.delete("portal_session")
    assert path_of(browser.sign_in(ANNA)) == "/signin/second/"


# a new password


def change_due(why: str = "ordered", next_path: str = "/journal/") -> Browser:
    Account.objects.update(must_change=why)
    browser = Browser()
    answer = browser.sign_in(ANNA, next_path=next_path)
    assert (answer.status_code, path_of(answer)) == (303, "/signin/password/")
    return browser


@pytest.mark.parametrize("why", ["operator_made", "ordered", "listed", "aged"])
def test_a_password_that_must_change_is_changed_before_the_first_page(why):
    browser = change_due(why)
    page = browser.get("/signin/password/")
    assert f'data-code="must_change_{why}"' in page.text
    assert path_of(browser.get("/journal/")) == "/signin/"
    answer = browser.submit(page, "/signin/password/", new_password=FRESH)
    assert (answer.status_code, path_of(answer)) == (303, "/journal/")
    account = Account.objects.get()
    assert (account.must_change, passwords.fits(FRESH, account.password)) == ("", True)
    assert Browser().sign_in(ANNA).status_code == 422
    assert path_of(Browser().sign_in(ANNA, FRESH)) == "/"


def test_a_forced_change_ends_the_sessions_of_others():
    other = Browser()
    other.sign_in(ANNA)
    browser = change_due()
    browser.submit(browser.get("/signin/password/"), "/signin/password/", new_password=FRESH)
    assert path_of(other.get("/journal/")) == "/signin/"
    assert browser.get("/journal/").status_code == 200


@pytest.mark.parametrize(
    ("fresh", "code"),
    [
        ("короткий", "password_short"),
        (sandbox.PASSWORD, "password_same"),
        ("qwertyuiopasdfgh", "password_repeats"),
    ],
)
def test_a_new_password_is_judged(fresh, code):
    browser = change_due()
    answer = browser.submit(browser.get("/signin/password/"), "/signin/password/", new_password=fresh)
    assert answer.status_code == 422
    assert f'data-code="{code}"' in answer.text
    assert not Session.objects.exists()


def test_a_password_found_on_the_list_now_has_to_be_changed(monkeypatch):
    monkeypatch.setattr(passwords, "listed", lambda password: password == sandbox.PASSWORD)
    browser = Browser()
    assert path_of(browser.sign_in(ANNA)) == "/signin/password/"
    assert 'data-code="must_change_listed"' in browser.get("/signin/password/").text


def test_passwords_do_not_age_unless_the_deployment_says_so(settings):
    Account.objects.update(password_set_at=timezone.now() - timedelta(days=4000))
    assert path_of(Browser().sign_in(ANNA)) == "/"
    settings.PASSWORD_MAX_AGE_DAYS = 365
    assert path_of(Browser().sign_in(ANNA)) == "/signin/password/"


def test_the_second_step_comes_before_the_new_password(secret):
    Account.objects.update(must_change="ordered")
    browser = at_second()
    assert path_of(browser.get("/signin/password/")) == "/signin/second/"
    answer = give(browser, app_shows(secret))
    assert path_of(answer) == "/signin/password/"
    done = browser.submit(browser.get("/signin/password/"), "/signin/password/", new_password=FRESH)
    assert path_of(done) == "/journal/"
    assert Session.objects.get().amr == ["pwd", "otp", "mfa"]


def test_every_step_lets_the_form_lead_on_to_the_service(secret, cabinet):
    browser = at_second(authorization())
    page = browser.get("/signin/second/")
    assert "form-action 'self' http://localhost:8001;" in page.headers["content-security-policy"]
    assert path_of(give(browser, app_shows(secret))) == "/oidc/authorize"
