"""«Это не я»: a letter's link closes sign-in and brings the old contact back; GET changes nothing."""

import re
from datetime import timedelta

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import make_link
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.notices.models import Notice
from dopusk.portal.recovery import endings
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.steps import code_of
from dopusk.portal.sessions.models import Device, Session
from dopusk.portal.tests.browser import Browser, code_for, exchange, known, path_of, userinfo
from dopusk.web.delivery.models import Letter
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


def link_of(purpose: str) -> str:
    """The way to say «это не я» in the newest letter."""
    text = Letter.objects.filter(purpose=purpose, channel="mail").latest("created_at").parcel().text
    found = re.search(r"/not-me/[\w-]+/", text)
    assert found
    return found[0]


def test_a_stolen_recovery_is_disavowed_and_anna_gets_in_again(anna, cabinet, settings):
    settings.RECOVERY_COOLING_HOURS = 0  # as if the thief had waited
    thief, browser = Browser("203.0.113.9"), Browser()
    steps.recover(thief, "anna@example.org")
    thief.sign_in("anna@example.org", steps.NEW)
    token = exchange(code_for(thief)).json()["access_token"]
    link = link_of("notices.recovered")
    page = browser.get(link)
    assert page.status_code == 200
    assert Account.objects.get().locked_at is None  # looking changes nothing
    assert browser.get(link).status_code == 200
    answer = browser.submit(page, link)
    assert answer.headers["location"] == "/recovery/?locked"
    anna.refresh_from_db()
    assert (anna.lock_reason, anna.locked_at is not None) == ("owner", True)
    assert userinfo(token).status_code == 401
    assert not Session.objects.filter(account=anna, ended_at=None).exists()
    assert not Device.objects.filter(account=anna).exists()
    assert path_of(thief.get("/journal/")) == "/signin/"
    assert {"locked", "recovered"} <= {one.kind for one in Notice.objects.of(anna.sub)}
    assert "recovery.disavowed" in Entry.objects.about(str(anna.sub)).values_list("act", flat=True)
    steps.by_phone(browser, "anna@example.org")
    steps.and_email(browser)
    steps.set_password(browser, "мята растёт под самым окном")
    assert browser.sign_in("anna@example.org", "мята растёт под самым окном").status_code == 303


def test_the_wait_it_brings_is_told_before_the_button_is_pressed(anna):
    token = make_link("not_me", "", sub=anna.sub, good_for=timedelta(days=10), detail={"act": "recovered"})
    assert 'data-hours="72"' in Browser().get(f"/not-me/{token}/").text
    Account.objects.update(level="standard")
    assert "data-hours" not in Browser().get(f"/not-me/{token}/").text


def test_a_changed_telephone_comes_back(anna):
    contacts.replace_phone(anna.sub, "+79001112233", by="recovery")
    link = link_of("notices.phone_changed")
    browser = Browser()
    browser.submit(browser.get(link), link)
    anna.refresh_from_db()
    assert anna.opened()["phone"] == ANNA.phone
    assert anna.lock_reason == "owner"


def test_a_link_works_once_and_ten_days(anna):
    token = make_link("not_me", "", sub=anna.sub, good_for=timedelta(days=10), detail={"act": "recovered"})
    browser = Browser()
    page = browser.get(f"/not-me/{token}/")
    browser.submit(page, f"/not-me/{token}/")
    again = browser.post(f"/not-me/{token}/", data={"csrfmiddlewaretoken": browser.cookies["portal_csrf"]})
    assert (again.status_code, code_of(again)) == (410, "link_over")
    late = make_link("not_me", "", sub=anna.sub, good_for=timedelta(seconds=-1), detail={})
    assert browser.get(f"/not-me/{late}/").status_code == 410
    assert browser.get("/not-me/nonsense/").status_code == 410


def test_a_recovery_under_way_ends_with_the_disavowal(anna):
    thief = Browser("203.0.113.9")
    steps.by_phone(thief, "anna@example.org")
    steps.and_email(thief)
    token = make_link("not_me", "", sub=anna.sub, good_for=timedelta(days=10), detail={})
    assert endings.disavow(token)
    assert thief.get("/recovery/password/").headers["location"] == "/recovery/?over"


def test_an_operators_lock_is_not_made_the_owners(anna):
    from dopusk.portal.signin import actions as signin

    signin.lock(anna.sub, "operator")
    token = make_link("not_me", "", sub=anna.sub, good_for=timedelta(days=10), detail={})
    assert endings.disavow(token)
    anna.refresh_from_db()
    assert anna.lock_reason == "operator"
    told = Notice.objects.of(anna.sub).first()
    assert (told.kind, told.link) == ("locked_by_operator", "")
