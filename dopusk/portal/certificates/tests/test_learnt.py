"""What a sign-in by a signature leaves behind: how the certificate stands, a line of the journal, a text in Russian."""

import re
import uuid
from datetime import timedelta

import pytest

from dopusk.portal.certificates import actions, rules
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.certificates.tests.people import (
    ADD,
    SIGNIN,
    added,
    bring,
    browser_of,
    card_of,
    sign_in,
    text_of,
)
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return known("anna")


@pytest.mark.parametrize(
    ("reason", "standing"),
    [("keyCompromise", rules.Standing.REVOKED), ("certificateHold", rules.Standing.SUSPENDED)],
)
def test_what_the_door_has_learnt_the_cabinet_says_too(office, anna, reason, standing):
    card, one = added(office)
    office.revoke(card, reason=reason)
    sign_in(Browser(), card)
    after = Certificate.objects.get(pk=one.pk)
    assert after.standing() is standing
    assert after.checked_at > one.checked_at
    page = browser_of(anna).get(one.get_absolute_url()).text
    assert f'data-standing="{standing.value}"' in page


def test_a_right_sign_in_says_that_a_certificate_stands_again(office, anna):
    card, one = added(office)
    Certificate.objects.update(code="suspended")
    assert sign_in(Browser(), card).status_code == 303
    one.refresh_from_db()
    assert one.standing() is rules.Standing.GOOD


def test_a_silent_issuer_at_the_door_changes_nothing_of_what_was_known(office, anna):
    card, one = added(office)
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    assert sign_in(Browser(), card).status_code == 422
    after = Certificate.objects.get(pk=one.pk)
    assert (after.code, after.checked_at) == ("good", one.checked_at)


def test_whoever_cannot_sign_by_a_revoked_certificate_changes_nothing_of_it(office, anna):
    card, one = added(office)
    office.revoke(card)
    browser = Browser()
    bring(browser, browser.get(SIGNIN), card.sign(b"another text"))
    assert Certificate.objects.get(pk=one.pk).code == "good"


def test_another_certificate_of_a_key_blocked_for_ever_says_nothing_of_the_first(office, anna, settings):
    settings.SIGNIN_CERTIFICATES = "any"
    _card, one = added(office)
    actions.block(anna.pk, one.pk, rules.Reason.STOLEN, session="", but=uuid.UUID(int=0))
    second = card_of(office, issued=timedelta(hours=1))
    office.revoke(second)
    sign_in(Browser(), second)
    assert Certificate.objects.get(pk=one.pk).code == "good"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_signed_is_russian_on_pages_of_any_language(office, anna, cabinet, language):
    stranger, hers = Browser(), browser_of(anna)
    at_door = {"next": "/oidc/authorize?client_id=dopusk-cabinet&x=1"}
    for browser, address, asked in ((stranger, SIGNIN, at_door), (hers, ADD, {})):
        browser.cookies.set("portal_language", language, domain="localhost.local")
        page = browser.get(address, params=asked)
        assert f'<html lang="{language}"' in page.text
        assert ("in Russian, as it is a document" in page.text) is (language == "en")
        text = text_of(browser, page).decode()
        assert not re.search(
            "[A-Za-z]{4}", re.sub(r"(?m)^(Адрес|Номер|Составлено|Годится до): .*$", "", text)
        )


def test_the_journal_names_the_certificate_she_came_by(office, anna):
    card, one = added(office)
    sign_in(Browser(), card)
    said = Entry.objects.filter(object=one.object_key, act="signin.done").latest("number").words
    assert rules.grouped(one.serial[-8:]) in said
    assert one.issuer in said


def test_the_first_page_does_not_say_that_only_a_password_protects_her_after_a_signature(office, anna):
    card, _one = added(office)
    browser = Browser()
    sign_in(browser, card)
    assert 'data-code="password_alone"' in browser.get("/").text
    assert 'data-code="no_second_factor"' in browser_of(anna).get("/").text
