"""Дарья Фролова, whom the portal does not know, registers."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import sandbox
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import send_link
from dopusk.portal.codes.tests.letters import last_code, last_path, texts, wrong
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.registration import actions, rules, tasks, views
from dopusk.portal.registration.models import Agreement, Draft
from dopusk.portal.registration.rules import Typed
from dopusk.portal.registration.tests.steps import (
    ABOUT,
    CODE,
    DARIA,
    PASSWORD,
    SECRET,
    START,
    agrees,
    code_of,
    comes_to_password,
    pass_a_minute,
    post,
    registers,
    tells,
)
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")


def test_the_addresses_have_names():
    named = {
        "registration:start": START, "registration:consent": "/registration/consent/", "registration:about": ABOUT,
        "registration:phone_code": CODE, "registration:code_again": "/registration/code/again/",
        "registration:taken": "/registration/taken/", "registration:password": SECRET,
        "registration:done": "/registration/done/",
    }  # fmt: skip
    assert {name: reverse(name) for name in named} == named
    assert reverse("registration:email", args=["t"]) == "/registration/email/t/"


def test_daria_registers_and_is_signed_in():
    browser = Browser()
    assert path_of(agrees(browser)) == ABOUT
    assert path_of(tells(browser)) == CODE
    assert path_of(post(browser, CODE, code=last_code(DARIA.phone))) == SECRET
    assert Account.objects.count() == 0
    assert path_of(post(browser, SECRET, new_password=PASSWORD)) == "/registration/done/"
    done = browser.get("/registration/done/")
    assert (done.status_code, "/proofing/" in done.text) == (200, True)
    account = Account.objects.get()
    assert (account.level, str(account), account.birth_date, account.gender) == (
        "simplified", "Фролова Д. А.", None, "")  # fmt: skip
    assert Session.objects.get().account == account
    assert "portal_registration" not in browser.cookies
    assert Draft.objects.count() == 0
    elsewhere = Browser("203.0.113.9")
    assert elsewhere.sign_in(DARIA.phone, PASSWORD).status_code == 303


def test_a_name_typed_small_or_in_capitals_is_kept_as_names_are_written():
    registers(Browser(), last_name="фролова", first_name="ДАРЬЯ", patronymic="алексеевна")
    account = Account.objects.get()
    assert (account.last_name, account.first_name, account.patronymic) == ("Фролова", "Дарья", "Алексеевна")


def test_her_consent_is_kept_with_its_text_time_and_network():
    registers(Browser())
    kept = Agreement.objects.get()
    assert (kept.version, kept.network, kept.device) == (rules.CONSENT, "198.51.100.0/24", "Firefox, Linux")
    assert bytes(kept.text_hash) == rules.fingerprint(actions.consent_text())
    acts = set(Entry.objects.about(str(kept.account_id)).values_list("act", flat=True))
    assert {"account.opened", "registration.consented", "signin.done"} <= acts


def test_the_consent_is_a_document_of_its_own_that_says_what_the_law_asks():
    page = Browser().get("/registration/consent/").text
    for said in ("152-ФЗ", "оператор", "Для чего и какие данные", "Как отозвать", "Сколько действует"):
        assert said in page
    assert "Тверь" in page


def test_the_text_people_have_agreed_to_never_changes_under_its_name():
    """Another word needs another edition: the hash kept with each consent names this text."""
    text = render_to_string("registration/consent/2026-11-01.html", {"operator": "О", "portal": "П"})
    assert rules.fingerprint(text).hex() == "ff284af33729aaa8047b210fe40d39e059e3ff00d2711b26ea99daf67a0497f4"


def test_without_her_own_tick_nothing_begins():
    browser = Browser()
    page = browser.get(START)
    assert "checked" not in page.text
    refused = browser.submit(page, START)
    assert (refused.status_code, code_of(refused), Draft.objects.count()) == (422, "required", 0)


def test_her_mail_is_confirmed_by_a_page_with_a_button():
    browser = Browser()
    registers(browser)
    sub = Account.objects.get().sub
    assert DARIA.email in browser.get("/contacts/").text
    assert contacts.contacts_of(sub).email == ""
    assert Browser().sign_in(DARIA.email, PASSWORD).status_code == 422
    path, anywhere = last_path(DARIA.email), Browser("203.0.113.9")
    assert path.startswith("/registration/email/")
    for _ in range(2):
        page = anywhere.get(path)
    assert contacts.contacts_of(sub).email == ""
    assert anywhere.submit(page, path).status_code == 200
    assert contacts.contacts_of(sub).email == DARIA.email
    assert Browser().sign_in(DARIA.email, PASSWORD).status_code == 303
    assert (anywhere.get(path).status_code, code_of(anywhere.get(path))) == (410, "link_over")


def test_her_letter_can_be_sent_again():
    browser = Browser()
    registers(browser)
    pass_a_minute()
    assert path_of(post(browser, "/contacts/", "/contacts/email/again/")) == "/contacts/"
    assert len(texts(DARIA.email)) == 2
    path = last_path(DARIA.email)
    assert browser.submit(browser.get(path), path).status_code == 200


def test_without_mail_she_registers_too():
    assert path_of(registers(Browser(), email="", patronymic="")) == "/registration/done/"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last_name": ""}, "required"), ({"last_name": "Frolova"}, "name_characters"),
        ({"first_name": "Д" * 101}, "name_length"), ({"patronymic": "4"}, "name_characters"),
        ({"phone": ""}, "required"), ({"phone": "+1 202 555 01 00"}, "phone_format"),
        ({"phone": "8 (495) 123-45-67"}, "phone_not_mobile"),
        ({"email": "daria@"}, "email_format"),
    ],
)  # fmt: skip
def test_what_does_not_do_is_said_and_the_rest_stays_typed(changes, code):
    browser = Browser()
    agrees(browser)
    page = tells(browser, **changes)
    assert (page.status_code, code_of(page)) == (422, code)
    assert DARIA.last_name in page.text or "last_name" in changes
    assert texts(DARIA.phone) == []


def test_nothing_typed_is_lost_on_the_way_back():
    browser = Browser()
    agrees(browser)
    tells(browser)
    page = browser.get(ABOUT).text
    assert all(value in page for value in (DARIA.last_name, DARIA.first_name, DARIA.phone, DARIA.email))
    agrees(browser)
    assert DARIA.last_name in browser.get(ABOUT).text


def test_another_number_needs_a_code_of_its_own():
    browser = Browser()
    comes_to_password(browser)
    assert path_of(tells(browser)) == SECRET  # proved already
    other = "+79000000025"
    assert path_of(tells(browser, phone=other)) == CODE
    assert path_of(browser.get(SECRET)) == CODE
    assert code_of(post(browser, CODE, code=wrong(last_code(other)))) == "code_wrong"
    assert path_of(post(browser, CODE, code=last_code(other))) == SECRET


def test_the_form_sent_twice_sends_one_code():
    browser = Browser()
    agrees(browser)
    assert path_of(tells(browser)) == path_of(tells(browser)) == CODE
    assert len(texts(DARIA.phone)) == 1


def test_another_code_comes_after_a_minute():
    browser = Browser()
    agrees(browser)
    tells(browser)
    page = browser.get(CODE)
    early = browser.submit(page, "/registration/code/again/")
    assert (early.status_code, code_of(early)) == (429, "too_soon")
    pass_a_minute()
    assert path_of(browser.submit(page, "/registration/code/again/")) == CODE
    assert len(texts(DARIA.phone)) == 2


def test_wrong_codes_are_counted_and_then_shut():
    browser = Browser()
    agrees(browser)
    tells(browser)
    bad = wrong(last_code(DARIA.phone))
    assert [code_of(post(browser, CODE, code=bad)) for _ in range(10)] == ["code_wrong"] * 9 + ["code_locked"]
    held = browser.submit(browser.get(CODE), "/registration/code/again/")
    assert (held.status_code, code_of(held)) == (429, "wrong_codes")
    stays = tells(browser, last_name="Фролова-Новая")
    assert (stays.status_code, code_of(stays)) == (422, "wrong_codes")
    assert "Фролова-Новая" in browser.get(ABOUT).text


@pytest.mark.parametrize("path", [ABOUT, CODE, SECRET, "/registration/taken/"])
def test_a_step_without_a_beginning_leads_to_the_beginning(path):
    answer = Browser().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/registration/?over")
    assert code_of(Browser().get("/registration/?over")) == "draft_over"


def test_no_step_can_be_left_out():
    browser = Browser()
    agrees(browser)
    assert [path_of(browser.get(path)) for path in (CODE, SECRET, "/registration/taken/")] == [ABOUT] * 3
    tells(browser)
    assert path_of(browser.get(SECRET)) == CODE
    page = browser.get(CODE)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    answer = browser.post(SECRET, data={"csrfmiddlewaretoken": token, "new_password": PASSWORD})
    assert (path_of(answer), Account.objects.count()) == (CODE, 0)


def test_a_draft_belongs_to_one_browser_and_a_planted_cookie_shows_nothing():
    thief = Browser()
    agrees(thief)
    planted = thief.cookies[views.COOKIE]
    daria = Browser()
    for cookie in thief.cookies.jar:
        daria.cookies.jar.set_cookie(cookie)
    agrees(daria)
    tells(daria)
    assert daria.cookies[views.COOKIE] != planted
    assert path_of(thief.get(ABOUT)) == START
    draft = Draft.objects.get()
    assert DARIA.last_name.encode() not in bytes(draft.sealed)
    assert daria.cookies[views.COOKIE].encode() not in bytes(draft.token_hash)


def test_the_cookie_is_shut_to_scripts_and_to_other_pages():
    answer = agrees(Browser())
    parts = {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert {"HttpOnly", "SameSite=Lax", "Path=/registration/", "Max-Age=86400"} <= parts


@pytest.mark.parametrize(
    ("password", "code"),
    [("", "required"), ("короткий", "password_short"), ("ф" * 129, "password_long"),
     ("Фролова Дарья 21", "password_personal")],
)  # fmt: skip
def test_a_weak_password_is_refused_with_its_reason(password, code):
    browser = Browser()
    comes_to_password(browser)
    page = post(browser, SECRET, new_password=password)
    assert (page.status_code, code_of(page), Account.objects.count()) == (422, code, 0)
    assert path_of(post(browser, SECRET, new_password=PASSWORD)) == "/registration/done/"


def test_when_the_queue_of_hashes_is_full_nothing_is_lost(monkeypatch):
    browser = Browser()
    comes_to_password(browser)

    def busy(password):
        raise passwords.Busy

    with monkeypatch.context() as changed:
        changed.setattr(passwords, "make", busy)
        page = post(browser, SECRET, new_password=PASSWORD)
    assert (page.status_code, code_of(page), Account.objects.count()) == (422, "busy", 0)
    assert path_of(post(browser, SECRET, new_password=PASSWORD)) == "/registration/done/"


def test_mail_that_gets_no_more_letters_waits_all_the_same():
    for _ in range(5):
        assert send_link("registration.email", DARIA.email, "/x/{token}/", sub=None) is None
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE codes_counter SET sent = ARRAY(SELECT at - interval '61 s' FROM unnest(sent) at)"
            )
    browser = Browser()
    assert path_of(registers(browser)) == "/registration/done/"
    assert len(texts(DARIA.email)) == 5
    assert DARIA.email in browser.get("/contacts/").text


def test_where_she_was_going_is_kept_and_never_leads_away():
    browser = Browser()
    agreed = post(browser, "/registration/?" + urlencode({"next": "/consents/?a=1"}), START, consent="on")
    assert path_of(agreed) == ABOUT
    tells(browser)
    post(browser, CODE, code=last_code(DARIA.phone))
    answer = post(browser, SECRET, new_password=PASSWORD)
    assert answer.headers["location"] == "/registration/done/?next=%2Fconsents%2F%3Fa%3D1"
    assert 'href="/consents/?a=1"' in browser.get(answer.headers["location"]).text
    assert 'href="//evil' not in browser.get("/registration/done/?next=//evil.example/").text


def test_who_is_signed_in_does_not_register():
    known("anna")
    browser = Browser()
    browser.sign_in(ANNA.email)
    assert path_of(browser.get(START)) == "/"
    assert path_of(browser.get(ABOUT)) == "/registration/done/"


def test_a_draft_ends_with_its_day():
    browser = Browser()
    agrees(browser)
    assert actions.purge() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registration_draft SET expires_at = now() - interval '1 second'")
    assert path_of(browser.get(ABOUT)) == START
    tasks.purge(0)
    assert Draft.objects.count() == 0


@given(
    typed=st.builds(
        Typed, last_name=st.sampled_from(["", "Ф"]), first_name=st.sampled_from(["", "Д"]),
        phone=st.sampled_from(["", "+79000000021"]), proved=st.sampled_from(["", "+79000000021", "+79000000022"]),
    )
)  # fmt: skip
def test_the_next_step_is_the_first_that_is_missing(typed):
    whole = all((typed.last_name, typed.first_name, typed.phone))
    expected = ("password" if typed.proved == typed.phone else "phone_code") if whole else "about"
    assert typed.step() == expected
