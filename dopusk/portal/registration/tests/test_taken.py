"""Someone registers with a telephone or an address that an account has already."""

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.codes.tests.letters import last_code, last_path, texts
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.registration import actions
from dopusk.portal.registration.models import Agreement, Draft
from dopusk.portal.registration.tests.steps import (
    CODE,
    DARIA,
    PASSWORD,
    SECRET,
    agrees,
    code_of,
    comes_to_password,
    post,
    registers,
    tells,
)
from dopusk.portal.tests.browser import Browser, known, path_of

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")


def test_anna_who_forgot_her_account_is_led_to_it_when_the_number_is_proved():
    known("anna")
    browser = Browser()
    agrees(browser)
    assert path_of(tells(browser, phone=ANNA.phone, last_name=ANNA.last_name)) == CODE
    assert "восстановите доступ" in texts(ANNA.phone)[-1]
    assert path_of(browser.get("/registration/taken/")) == CODE
    assert path_of(post(browser, CODE, code=last_code(ANNA.phone))) == "/registration/taken/"
    page = browser.get("/registration/taken/")
    assert (code_of(page), "/recovery/" in page.text, "/signin/" in page.text) == ("phone_taken", True, True)
    assert path_of(browser.get(SECRET)) == "/registration/taken/"
    assert path_of(tells(browser, phone=DARIA.phone)) == CODE
    assert Account.objects.count() == 1


def test_of_two_registrations_with_one_number_the_first_gets_it():
    first, second = Browser(), Browser()
    comes_to_password(first)
    agrees(second)
    assert path_of(tells(second)) == CODE
    assert path_of(post(second, CODE, code=last_code(DARIA.phone))) == SECRET
    page = second.get(SECRET)
    assert path_of(post(first, SECRET, new_password=PASSWORD)) == "/registration/done/"
    assert path_of(second.submit(page, SECRET, new_password=PASSWORD)) == "/registration/taken/"


def test_a_number_taken_at_the_last_moment_leaves_nothing_half_done(monkeypatch):
    browser = Browser()
    comes_to_password(browser)
    known("anna")
    contacts.change_sealed(known("anna").sub, phone=DARIA.phone)
    monkeypatch.setattr(actions, "is_taken", lambda draft: False)
    assert path_of(post(browser, SECRET, new_password=PASSWORD)) == "/registration/taken/"
    assert (Account.objects.count(), Agreement.objects.count(), Draft.objects.count()) == (1, 0, 1)


def test_mail_of_another_account_is_told_by_the_letter_alone():
    anna = known("anna")
    browser = Browser()
    assert path_of(registers(browser, email=ANNA.email.upper())) == "/registration/done/"
    account = Account.objects.exclude(pk=anna.pk).get()
    assert not Identifier.objects.filter(account=account, kind="email").exists()
    address = ANNA.email.upper().rpartition("@")[0] + "@example.org"
    assert "другая учётная запись" in texts(address)[-1]
    page = Browser().get(last_path(address))
    assert (page.status_code, code_of(page)) == (200, "contact_taken")
    assert Browser().sign_in(ANNA.email).status_code == 303
