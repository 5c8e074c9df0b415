"""Anna has forgotten her password; strangers try to be Anna."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.models import Notice
from dopusk.portal.recovery.models import Recovery, Try
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.steps import NEW, code_of, path_of_page
from dopusk.portal.sessions.models import Device, Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.tests.browser import Browser, authorization, code_for, exchange, known, path_of, userinfo
from dopusk.web.delivery.models import Letter
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")
DATA = {
    "snils": "000-000-600 03", "passport": f"{ANNA.passport}",
    "birth_date_day": str(ANNA.birth_date.day), "birth_date_month": str(ANNA.birth_date.month),
    "birth_date_year": str(ANNA.birth_date.year),
}  # fmt: skip


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


def worth(level: str) -> None:
    Account.objects.update(level=level)


def test_the_addresses_have_names():
    names = [
        "start",
        "code",
        "again",
        "more",
        "data",
        "factor",
        "factor_choice",
        "factor_lost",
        "phone",
        "password",
        "done",
    ]
    assert [reverse(f"recovery:{name}") for name in names] == [
        "/recovery/", "/recovery/code/", "/recovery/again/", "/recovery/more/", "/recovery/data/",
        "/recovery/factor/", "/recovery/factor-choice/", "/recovery/factor-lost/",
        "/recovery/phone/", "/recovery/password/", "/recovery/done/",
    ]  # fmt: skip
    assert reverse("recovery:not_me", args=["abc"]) == "/not-me/abc/"


def test_a_simplified_account_comes_back_by_one_contact(anna):
    worth("simplified")
    browser = Browser()
    assert path_of_page(steps.by_phone(browser, "8 (900) 000-00-03")) == "/recovery/password/"
    done = steps.set_password(browser)
    assert path_of_page(done) == "/recovery/done/"
    assert "data-cooling" not in done.text
    anna.refresh_from_db()
    assert passwords.fits(NEW, anna.password)
    assert anna.cooling_until is None


@pytest.mark.parametrize("identifier", ["anna@example.org", "000-000-600 03", ANNA.inn, "+7 900 000-00-03"])
def test_anna_is_found_by_any_of_her_identifiers_and_the_code_goes_to_her_telephone(identifier):
    steps.begin(Browser(), identifier)
    assert steps.letters("recovery.phone")[0].parcel().to == ANNA.phone


def test_a_confirmed_account_needs_both_contacts_and_then_cools_off(anna, settings):
    browser = Browser()
    page = steps.by_phone(browser, "anna@example.org")
    assert path_of_page(page) == "/recovery/more/"
    assert 'data-steps="email data"' in page.text
    assert path_of(browser.get("/recovery/password/")) == "/recovery/more/"
    last = steps.and_email(browser)
    assert "data-cooling" in last.text
    done = steps.set_password(browser)
    assert "data-cooling" in done.text
    anna.refresh_from_db()
    assert anna.cooling_until - timezone.now() > timedelta(hours=71)
    settings.RECOVERY_COOLING_HOURS = 0
    assert path_of(Browser().sign_in("anna@example.org", NEW)) == "/"


def test_services_that_demand_a_confirmed_account_stay_closed_until_then(anna, cabinet):
    address = authorization()
    steps.recover(Browser(), "anna@example.org")
    browser = Browser()
    browser.sign_in("anna@example.org", NEW, next_path=address)
    assert path_of(browser.get(address)) == "/proofing/missing/"
    Account.objects.update(cooling_until=timezone.now() - timedelta(hours=1))
    assert path_of(browser.get(address)) == "/consents/give/"


def test_one_contact_and_the_documents_are_enough_for_a_confirmed_account(anna):
    browser = Browser()
    steps.by_email(browser, "anna@example.org")
    assert path_of_page(steps.enter(browser, "/recovery/data/", **DATA)) == "/recovery/password/"
    steps.set_password(browser)
    anna.refresh_from_db()
    assert passwords.fits(NEW, anna.password)


def test_a_standard_account_needs_snils_or_the_other_contact(anna):
    worth("standard")
    browser = Browser()
    page = steps.by_phone(browser, "anna@example.org")
    assert 'data-steps="email snils"' in page.text
    assert 'name="passport"' not in browser.get("/recovery/data/").text
    assert path_of_page(steps.enter(browser, "/recovery/data/", snils="00000060003")) == "/recovery/password/"


@pytest.mark.parametrize(
    "changes",
    [{"snils": "000-000-600 04"}, {"passport": "9900 000604"}, {"birth_date_day": "28"}],
)
def test_what_did_not_match_is_not_told_and_five_tries_are_all_in_six_hours(changes):
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    for _ in range(5):
        page = browser.submit(browser.get("/recovery/data/"), "/recovery/data/", **{**DATA, **changes})
        assert (page.status_code, code_of(page)) == (422, "data_mismatch")
    page = browser.submit(browser.get("/recovery/data/"), "/recovery/data/", **DATA)
    assert (page.status_code, code_of(page)) == (429, "held")
    other = Browser("203.0.113.9")
    steps.by_email(other, "anna@example.org")
    page = other.submit(other.get("/recovery/data/"), "/recovery/data/", **DATA)
    assert code_of(page) == "held"
    Try.objects.update(at=timezone.now() - timedelta(hours=7))
    assert path_of_page(steps.enter(browser, "/recovery/data/", **DATA)) == "/recovery/password/"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("112-233-445 96", "snils_checksum"),
        ("123", "snils_length"),
        ("снилс", "snils_length"),
        ("", "required"),
    ],
)
def test_a_misspelt_snils_is_no_try(typed, code):
    worth("standard")
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    page = browser.submit(browser.get("/recovery/data/"), "/recovery/data/", snils=typed)
    assert code_of(page) == code
    assert not Try.objects.exists()


def test_recovery_ends_sessions_tokens_devices_and_lifts_the_lock(anna, cabinet):
    thief = Browser("203.0.113.9")
    token = exchange(code_for(thief)).json()["access_token"]
    assert userinfo(token).status_code == 200
    signin.lock(anna.sub, "owner")
    browser = Browser()
    steps.recover(browser, "anna@example.org")
    assert userinfo(token).status_code == 401
    assert path_of(thief.get("/journal/")) == "/signin/"
    assert not Session.objects.filter(account=anna, ended_at=None).exists()
    assert not Device.objects.filter(account=anna).exists()
    anna.refresh_from_db()
    assert (anna.locked_at, anna.lock_reason, anna.must_change) == (None, "", "")
    assert browser.sign_in("anna@example.org", NEW).status_code == 303
    assert browser.get("/journal/").status_code == 200


def test_recovery_forgets_failed_attempts(anna):
    stranger = Browser("203.0.113.9")
    for _ in range(12):
        stranger.sign_in("anna@example.org", "not her password")
    steps.recover(Browser(), "anna@example.org")
    assert path_of(stranger.sign_in("anna@example.org", NEW)) == "/"


def test_an_operators_lock_stays(anna):
    signin.lock(anna.sub, "operator")
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    last = steps.and_email(browser)
    assert ('data-lock="operator"' in last.text, "data-cooling" in last.text) == (True, False)
    done = steps.set_password(browser)
    assert (code_of(done), "data-cooling" in done.text) == ("operator_lock", False)
    assert 'href="/signin/"' not in done.text.partition("<main")[2].partition("</main")[0]
    anna.refresh_from_db()
    assert anna.lock_reason == "operator"
    assert passwords.fits(NEW, anna.password)


def test_a_lock_of_her_own_is_opened_by_the_new_password(anna):
    signin.lock(anna.sub, "owner")
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    assert 'data-lock="operator"' not in steps.and_email(browser).text
    done = steps.set_password(browser)
    assert (code_of(done), 'href="/signin/"' in done.text) == ("", True)


def test_she_is_told_at_once_by_all_contacts_with_a_way_to_say_not_me(anna, settings):
    steps.recover(Browser(), "anna@example.org")
    told = list(Letter.objects.filter(purpose="notices.recovered"))
    assert {one.channel for one in told} == {"mail", "sms"}
    assert all("/not-me/" in one.parcel().text for one in told)
    assert Notice.objects.of(anna.sub).first().kind == "recovered"
    acts = set(Entry.objects.about(str(anna.sub)).values_list("act", flat=True))
    assert {"recovery.begun", "recovery.done", "signin.unlocked"} <= acts


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("коротко", "password_short"),
        ("Орлова-Анна-000", "password_personal"),
        ("парольпароль-2026", "password_listed"),
        (sandbox.PASSWORD, "password_same"),
        ("", "required"),
    ],
)
def test_the_new_password_follows_the_rules(password, code):
    worth("simplified")
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    page = browser.submit(browser.get("/recovery/password/"), "/recovery/password/", new_password=password)
    assert (page.status_code, code_of(page)) == (422, code)
    assert path_of_page(steps.set_password(browser)) == "/recovery/done/"


def test_with_a_second_factor_she_shows_it_and_nothing_cools_off(anna):
    from dopusk.portal.factors import actions as factors

    secret = factors.begin_totp(anna.sub)
    factors.finish_totp(anna.sub, app_code(secret, 0))
    factors.make_recovery_codes(anna.sub)
    code = factors.make_recovery_codes(anna.sub)[0]
    browser = Browser()
    page = steps.by_phone(browser, "anna@example.org")
    assert 'data-steps="email factor data"' in page.text
    wrong = browser.submit(browser.get("/recovery/factor/"), "/recovery/factor/", code="000000")
    assert code_of(wrong) == "factor_wrong"
    assert path_of_page(steps.enter(browser, "/recovery/factor/", code=code)) == "/recovery/password/"
    assert (
        path_of_page(steps.set_password(browser, "дюны-за-рекой")) == "/recovery/done/"
    )  # 13 signs: 12 are enough
    anna.refresh_from_db()
    assert anna.cooling_until is None
    assert anna.second_factor


def app_code(secret: bytes, steps_on: int) -> str:
    import time

    from dopusk.portal.factors import rules as factors

    return factors.code_at(secret, factors.step_at(time.time()) + steps_on)


def test_a_lost_second_factor_is_taken_off_for_a_contact_and_the_documents(anna):
    from dopusk.portal.factors import actions as factors

    factors.finish_totp(anna.sub, app_code(factors.begin_totp(anna.sub), 0))
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    steps.and_email(browser)
    assert path_of_page(steps.enter(browser, "/recovery/factor-lost/")) == "/recovery/more/"
    assert 'data-steps="data"' in browser.get("/recovery/more/").text
    assert path_of(browser.get("/recovery/password/")) == "/recovery/more/"
    assert path_of_page(steps.enter(browser, "/recovery/data/", **DATA)) == "/recovery/password/"
    steps.set_password(browser)
    anna.refresh_from_db()
    assert not factors.required(anna)
    assert not factors.methods(anna.sub).totp
    assert anna.cooling_until is not None


def test_an_operators_second_factor_is_not_taken_off_here(anna):
    from dopusk.portal.operators.actions import appoint
    from dopusk.portal.operators.rules import Role

    appoint(anna.sub, Role.SUPPORT, by="system")
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    steps.and_email(browser)
    page = browser.submit(browser.get("/recovery/factor-lost/"), "/recovery/factor-lost/")
    assert code_of(page) == "operator_factor"
    assert not Recovery.objects.get().lost_factor


def test_a_lost_telephone_is_replaced_with_the_password(anna):
    browser = Browser()
    steps.by_email(browser, "anna@example.org")
    steps.enter(browser, "/recovery/data/", **DATA)
    page = steps.enter(browser, "/recovery/phone/", phone="8 900 111-22-33")
    assert path_of_page(page) == "/recovery/phone/"
    page = browser.submit(page, "/recovery/phone/", code=steps.digits("recovery.phone"))
    assert path_of(page) == "/recovery/password/"
    assert anna.opened()["phone"] == ANNA.phone  # nothing changes before the password
    steps.set_password(browser)
    anna.refresh_from_db()
    assert anna.opened()["phone"] == "+79001112233"
    told = {one.parcel().to for one in Letter.objects.filter(purpose="notices.phone_changed")}
    assert told == {ANNA.phone, ANNA.email}
    assert Browser().sign_in("+7 900 111 22 33", NEW).status_code == 303


def test_another_accounts_telephone_is_not_taken(anna):
    known("boris")
    browser = Browser()
    steps.by_email(browser, "anna@example.org")
    steps.enter(browser, "/recovery/data/", **DATA)
    page = steps.enter(browser, "/recovery/phone/", phone=sandbox.person("boris").phone)
    page = browser.submit(page, "/recovery/phone/", code=steps.digits("recovery.phone"))
    assert code_of(page) == "phone_taken"
    steps.set_password(browser)
    anna.refresh_from_db()
    assert anna.opened()["phone"] == ANNA.phone


def test_who_showed_the_telephone_has_not_lost_it():
    browser = Browser()
    steps.by_phone(browser, "anna@example.org")
    steps.and_email(browser)
    assert path_of(browser.get("/recovery/phone/")) == "/recovery/password/"
