"""Anna minds her password, her sessions and the browsers she is known by."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.security import rules
from dopusk.portal.sessions.models import Device, Session
from dopusk.portal.tests.browser import Browser, code_for, exchange, known, path_of, userinfo
from dopusk.web.delivery.models import Letter
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
NEW = "скворец у дальней дороги"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


def signed_in(
    address: str = "198.51.100.7", agent: str = FIREFOX, password: str = sandbox.PASSWORD
) -> Browser:
    browser = Browser(address, agent)
    assert browser.sign_in("anna@example.org", password).status_code == 303
    return browser


def code_of(page) -> str:
    found = re.search(r'data-code="([^"]*)"', page.text)
    return found[1] if found else ""


def change(browser: Browser, **fields: str):
    page = browser.get("/security/password/")
    values = {"current_password": sandbox.PASSWORD, "new_password": NEW, "end_others": "on", **fields}
    return browser.submit(
        page, "/security/password/", **{name: value for name, value in values.items() if value}
    )


def test_the_addresses_have_names():
    names = ["security:home", "security:password", "security:sessions", "security:end", "security:forget"]
    assert [reverse(name) for name in names] == [
        "/security/", "/security/password/", "/security/sessions/", "/security/sessions/end/",
        "/security/devices/forget/",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/security/", "/security/password/", "/security/sessions/"])
def test_a_stranger_is_sent_to_sign_in(path):
    assert path_of(Browser().get(path)) == "/signin/"


def test_the_home_of_security_tells_how_the_account_is_guarded(anna):
    browser = signed_in()
    page = browser.get("/security/")
    assert page.status_code == 200
    for link in (
        "/security/password/",
        "/security/factors/",
        "/security/sessions/",
        "/contacts/",
        "/journal/",
    ):
        assert f'href="{link}"' in page.text
    assert "data-cooling" not in page.text
    Account.objects.update(cooling_until=timezone.now() + timedelta(hours=5))
    assert "data-cooling" in browser.get("/security/").text


# password


def test_anna_changes_her_password_and_other_sessions_end(anna, cabinet):
    other = Browser("203.0.113.9", PHONE)
    token = exchange(code_for(other)).json()["access_token"]
    browser = signed_in()
    answer = change(browser)
    assert (answer.status_code, path_of(answer)) == (303, "/security/")
    anna.refresh_from_db()
    assert passwords.fits(NEW, anna.password)
    assert timezone.now() - anna.password_set_at < timedelta(minutes=1)
    assert browser.get("/security/").status_code == 200
    assert path_of(other.get("/security/")) == "/signin/"
    assert userinfo(token).status_code == 401
    assert Notice.objects.of(anna.sub).first().kind == "password_changed"
    assert "/not-me/" in Letter.objects.get(purpose="notices.password_changed").parcel().text
    assert "password.changed" in Entry.objects.about(str(anna.sub)).values_list("act", flat=True)


def test_other_sessions_stay_when_she_says_so():
    other, browser = signed_in("203.0.113.9", PHONE), signed_in()
    change(browser, end_others="")
    assert other.get("/security/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"current_password": "не тот пароль совсем"}, "password_wrong"),
        ({"current_password": ""}, "required"),
        ({"new_password": sandbox.PASSWORD}, "password_same"),
        ({"new_password": "коротко"}, "password_short"),
        ({"new_password": "Орлова-Анна-000"}, "password_personal"),
        ({"new_password": "парольпароль-2026"}, "password_listed"),
        ({"new_password": "1234567890123456"}, "password_repeats"),
        ({"new_password": "ж1-" * 43}, "password_long"),
    ],
)
def test_a_change_that_does_not_do_says_why_and_changes_nothing(anna, fields, code):
    page = change(signed_in(), **fields)
    assert (page.status_code, code_of(page)) == (422, code)
    anna.refresh_from_db()
    assert passwords.fits(sandbox.PASSWORD, anna.password)


def test_the_password_of_now_is_not_guessed_at_without_end(anna):
    browser = signed_in()
    codes = [code_of(change(browser, current_password="не тот пароль совсем")) for _ in range(30)]
    assert "held" in codes
    assert code_of(change(browser)) == "held"
    anna.refresh_from_db()
    assert passwords.fits(sandbox.PASSWORD, anna.password)


@pytest.mark.parametrize(
    ("amr", "expected"),
    [
        (["pwd"], False),
        (["pwd", "otp", "mfa"], False),
        (["hwk", "user", "mfa"], True),
        (["swk", "user", "mfa"], True),
    ],
)
def test_only_a_passkey_stands_for_the_password_of_now(amr, expected):
    assert rules.by_passkey(amr) is expected


def test_after_a_passkey_a_forgotten_password_is_replaced(anna):
    browser = signed_in()
    Session.objects.update(amr=["swk", "user", "mfa"])
    assert 'name="current_password"' not in browser.get("/security/password/").text
    assert path_of(change(browser, current_password="")) == "/security/"
    anna.refresh_from_db()
    assert passwords.fits(NEW, anna.password)


def test_an_old_proof_of_identity_is_asked_for_anew():
    browser = signed_in()
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=31))
    assert path_of(browser.get("/security/password/")) == "/signin/again/"


# sessions and devices


def test_the_list_shows_her_sessions_marks_this_one_and_nobody_elses(anna):
    known("boris")
    Browser("192.0.2.9", FIREFOX).sign_in("boris@example.org")
    signed_in("203.0.113.9", PHONE)
    page = signed_in().get("/security/sessions/")
    assert page.text.count("data-session=") == 2
    assert "Chrome, Android" in page.text
    assert "203.0.113.0/24" in page.text
    assert "192.0.2.0/24" not in page.text
    mine = Session.objects.get(account=anna, device="Firefox, Linux")
    card = page.text.split(f'data-session="{mine.pk}"')[1].split("</section>")[0]
    assert "<form" not in card


def test_one_session_ends(anna):
    other, browser = signed_in("203.0.113.9", PHONE), signed_in()
    ended = Session.objects.get(device="Chrome, Android")
    answer = browser.submit(
        browser.get("/security/sessions/"), "/security/sessions/end/", which=str(ended.pk)
    )
    assert path_of(answer) == "/security/sessions/"
    assert path_of(other.get("/security/")) == "/signin/"
    assert browser.get("/security/").status_code == 200
    assert Entry.objects.about(str(anna.sub)).first().act == "sessions.ended"


def test_all_others_end():
    others = [signed_in("203.0.113.9", PHONE), signed_in("192.0.2.9", PHONE)]
    browser = signed_in()
    browser.submit(browser.get("/security/sessions/"), "/security/sessions/end/", which="others")
    assert [path_of(one.get("/security/")) for one in others] == ["/signin/", "/signin/"]
    assert browser.get("/security/").status_code == 200


@pytest.mark.parametrize("which", ["", "nonsense", "this", "boris"])
def test_nothing_but_her_own_other_sessions_ends(anna, which):
    known("boris")
    boris = Browser("192.0.2.9", FIREFOX)
    boris.sign_in("boris@example.org")
    signed_in("203.0.113.9", PHONE)
    browser = signed_in()
    page = browser.get("/security/sessions/")
    sids = {
        "this": str(Session.objects.get(account=anna, device="Firefox, Linux").pk),
        "boris": str(Session.objects.get(account__last_name=sandbox.person("boris").last_name).pk),
    }
    browser.submit(page, "/security/sessions/end/", which=sids.get(which, which))
    assert Session.objects.filter(ended_at=None).count() == 3


def test_known_devices_are_forgotten_one_or_all(anna):
    known("boris")
    Browser("192.0.2.9", FIREFOX).sign_in("boris@example.org")
    signed_in("203.0.113.9", PHONE)
    browser = signed_in()
    phone = Device.objects.get(account=anna, words="Chrome, Android")
    browser.submit(browser.get("/security/sessions/"), "/security/devices/forget/", which=str(phone.pk))
    assert not Device.objects.filter(pk=phone.pk).exists()
    browser.submit(browser.get("/security/sessions/"), "/security/devices/forget/", which="all")
    assert Device.objects.filter(account=anna).count() == 0
    assert Device.objects.count() == 1
    assert browser.get("/security/").status_code == 200
    assert Entry.objects.about(str(anna.sub)).first().act == "devices.forgotten"


# the question to an idle person


def test_pages_of_a_signed_in_person_carry_the_question_and_strangers_do_not(settings):
    page = signed_in().get("/security/")
    assert 'src="/static/security/idle.js"' in page.text
    assert re.search(r'data-warning-in="(\d+)" data-end-in="(\d+)"', page.text)
    assert 'id="idle"' not in Browser().get("/signin/").text
    assert 'id="idle"' not in Browser().get("/").text


def test_what_one_person_typed_is_kept_for_nobody_else():
    known("boris")
    boris = Browser("192.0.2.9")
    boris.sign_in("boris@example.org")
    owners = [re.search(r'data-owner="(\w+)"', one.get("/security/").text)[1] for one in (signed_in(), boris)]
    assert owners[0] != owners[1]
    assert str(known("anna").sub)[:8] not in owners[0]


def test_an_operator_who_enrolled_nothing_is_called_to_enrol_on_every_page(anna):
    appoint(anna.pk, Role.SUPPORT, by="system")
    browser = signed_in()
    assert 'data-second="off"' in browser.get("/security/").text
    assert 'data-code="no_second_factor"' in browser.get("/").text
