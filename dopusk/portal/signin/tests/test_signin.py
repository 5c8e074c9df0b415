"""Sign-in as people and strangers meet it."""

import re
from urllib.parse import unquote, urlencode

import pytest
from django.test import Client
from django.urls import reverse

from dopusk.kernel import sandbox
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, authorization, known, one_connection, path_of, statements
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")


@pytest.fixture(autouse=True)
def _anna():
    known("anna")


@pytest.mark.parametrize(
    "identifier",
    ["+7 900 000-00-03", "8(900)0000003", "9000000003", "anna@example.org", " Anna@Example.ORG ",
     "000-000-600 03", "00000060003", ANNA.inn],
)  # fmt: skip
def test_anna_signs_in_by_any_usual_spelling(identifier):
    browser = Browser()
    answer = browser.sign_in(identifier, next_path="/journal/")
    assert (answer.status_code, path_of(answer)) == (303, "/journal/")
    assert browser.get("/journal/").status_code == 200


def test_the_addresses_have_names():
    assert (reverse("signin:signin"), reverse("signin:signout")) == ("/signin/", "/signout/")


@pytest.mark.parametrize(
    ("next_path", "onward"),
    [("/journal/", "/journal/"), ("/signin/", "/"), ("/signout/", "/"), ("//evil.example", "/")],
)
def test_who_is_signed_in_already_goes_on_by_either_way(next_path, onward):
    browser = Browser()
    browser.sign_in("anna@example.org")
    answer = browser.get("/signin/", params={"next": next_path})
    assert (answer.status_code, path_of(answer)) == (303, onward)
    client = Client()
    client.cookies["portal_session"] = browser.cookies["portal_session"]
    django = client.get("/signin/", {"next": next_path})
    assert (django.status_code, django["Location"]) == (303, onward)


def test_a_service_may_ask_one_who_is_signed_in_to_sign_in_anew(cabinet):
    browser = Browser()
    browser.sign_in("anna@example.org")
    asked = browser.get("/signin/", params={"next": authorization(prompt="login")})
    assert 'name="password"' in asked.text


def test_the_cookie_is_shut_to_scripts_and_rests_as_a_hash():
    browser = Browser()
    answer = browser.sign_in("anna@example.org")
    set_cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in set_cookie.split(";")}
    assert browser.cookies["portal_session"].encode() not in bytes(Session.objects.get().token_hash)


def test_signing_in_again_on_one_browser_ends_the_session_before():
    browser = Browser()
    page = browser.get("/signin/")
    for _ in range(2):
        browser.submit(page, "/signin/", identifier="anna@example.org", password=sandbox.PASSWORD)
    assert Session.objects.filter(ended_at=None).count() == 1
    assert Session.objects.count() == 2


def test_the_next_address_never_leaves_the_site():
    for hostile in ("//evil.example", "http://evil.example/", "/\\evil.example"):
        assert path_of(Browser().sign_in("anna@example.org", next_path=hostile)) == "/"


def test_signing_out_ends_the_session_and_stands_in_the_journal():
    browser = Browser()
    browser.sign_in("anna@example.org")
    cookie = browser.cookies["portal_session"]
    answer = browser.submit(browser.get("/"), "/signout/")
    assert path_of(answer) == "/"
    browser.cookies.set("portal_session", cookie)
    assert path_of(browser.get("/journal/")) == "/signin/"
    assert [entry.act for entry in Entry.objects.order_by("-number")[:2]] == ["signin.ended", "signin.done"]


def test_sign_out_is_not_done_by_a_link_or_by_another_site():
    browser = Browser()
    browser.sign_in("anna@example.org")
    assert browser.get("/signout/").status_code == 405
    assert browser.post("/signout/").status_code == 403
    assert browser.get("/journal/").status_code == 200


def test_sign_in_from_another_sites_form_is_refused():
    browser = Browser()
    browser.get("/signin/")
    fields = {"identifier": "anna@example.org", "password": sandbox.PASSWORD}
    assert browser.post("/signin/", data=fields).status_code == 403
    fields["csrfmiddlewaretoken"] = browser.cookies["portal_csrf"]
    hostile = browser.post("/signin/", data=fields, headers={"Origin": "http://evil.example"})
    assert hostile.status_code == 403
    own = browser.post("/signin/", data=fields, headers={"Origin": "http://localhost:8000"})
    assert own.status_code == 303


def test_django_alone_signs_in_as_the_straight_way_does():
    """The view does all by itself: a browser whose token Django has masked, or a server without the front."""
    client = Client(enforce_csrf_checks=True)
    page = client.post("/signin/", {"identifier": "x", "password": "y"})
    assert page.status_code == 403
    client = Client()
    shown = client.get("/signin/", {"next": "/journal/"})
    assert 'name="identifier"' in shown.content.decode()
    answer = client.post(
        "/signin/", {"identifier": "anna@example.org", "password": sandbox.PASSWORD, "next": "/journal/"}
    )
    assert (answer.status_code, answer["location"]) == (303, "/journal/")
    assert client.get("/journal/").status_code == 200


def test_after_a_mistake_the_page_django_renders_signs_in_too():
    browser = Browser()
    wrong = browser.sign_in("anna@example.org", "not her password", "/journal/")
    assert wrong.status_code == 422
    right = browser.submit(wrong, "/signin/", identifier="anna@example.org", password=sandbox.PASSWORD)
    assert (right.status_code, path_of(right)) == (303, "/journal/")


def test_both_ways_give_the_same_headers_of_safety(cabinet):
    address = "/signin/?" + urlencode({"next": authorization()})
    front = Browser().get(address)
    with one_connection():
        django = Client().get(address)
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
                 "Cross-Origin-Opener-Policy", "Permissions-Policy", "Cache-Control", "Content-Language"):  # fmt: skip
        assert front.headers[name] == django[name], name
    assert "form-action 'self' http://localhost:8001;" in front.headers["Content-Security-Policy"]


def test_the_page_says_where_one_goes_and_offers_both_languages(cabinet):
    russian = Browser().get("/signin/", params={"next": authorization()})
    assert "Кабинет аккредитации" in russian.text
    unasked = Browser().get("/signin/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert 'lang="ru"' in unasked.text
    browser = Browser()
    changed = browser.submit(browser.get("/signin/?next=/journal/"), "/i18n/setlang/", language="en")
    assert path_of(changed) == "/signin/"
    again = browser.get(changed.headers["location"])
    assert ('<html lang="en"' in again.text, 'value="/journal/"' in again.text) == (True, True)


def test_whoever_has_no_account_yet_registers_and_keeps_her_way(cabinet):
    browser, way = Browser(), authorization()
    shown = browser.get("/signin/", params={"next": way})
    refused = browser.submit(shown, "/signin/", identifier="", password="", next=way)
    assert refused.status_code == 422
    for page in (shown, refused):
        assert f'href="/registration/?{urlencode({"next": way}, safe="")}"' in page.text


def test_the_fields_help_password_managers_and_phones():
    page = Browser().get("/signin/").text
    identifier = re.search(r'<input[^>]*name="identifier"[^>]*>', page)[0]
    password = re.search(r'<input[^>]*name="password"[^>]*>', page)[0]
    assert 'autocomplete="username"' in identifier
    assert 'autocomplete="current-password"' in password
    assert 'type="password"' in password


def test_nothing_a_stranger_puts_into_the_address_reaches_the_page_raw():
    hostile = '"><script>alert(1)</script>'
    page = Browser().get("/signin/", params={"next": f"/{hostile}", "lang": hostile})
    assert "<script>alert" not in page.text
    assert "@@" not in page.text


# strangers learn nothing


def shape(answer) -> tuple[int, str]:
    """Status and body without what differs anyway: tokens, the identifier typed, the trace id."""
    body = re.sub(r'value="[^"]*"|<code>[0-9a-f]{32}</code>', "", answer.text)
    return answer.status_code, body


@pytest.mark.parametrize("unknown", ["nobody@example.org", "+7 900 999-99-99", "000-000-600 99", "???"])
def test_the_answer_is_the_same_whether_or_not_the_account_exists(unknown):
    there = Browser().sign_in("anna@example.org", "a wrong password")
    not_there = Browser().sign_in(unknown, "a wrong password")
    assert shape(there) == shape(not_there)
    assert there.status_code == 422


def test_the_same_work_is_done_whether_or_not_the_account_exists(monkeypatch):
    hashes = []
    real = passwords._hasher().verify
    monkeypatch.setattr(
        "argon2.PasswordHasher.verify", lambda self, kept, given: hashes.append(kept) or real(kept, given)
    )
    done = []
    for identifier in ("anna@example.org", "nobody@example.org"):
        browser = Browser()
        page = browser.get("/signin/")
        hashes.clear()
        with statements() as sent:
            browser.submit(page, "/signin/", identifier=identifier, password="wrong")
        done.append((len(hashes), sent))
    assert done[0] == done[1]
    assert (done[0][0], len(done[0][1])) == (1, 2)


def test_nothing_typed_is_lost_but_the_password():
    answer = Browser().sign_in("8 900 000-00-03", "a wrong password")
    assert 'value="8 900 000-00-03"' in answer.text
    assert "a wrong password" not in answer.text


def test_a_refusal_stands_in_the_title_and_takes_the_focus():
    assert "<title>Ошибка:" not in Browser().get("/signin/").text
    wrong = Browser().sign_in("anna@example.org", "a wrong password").text
    assert "<title>Ошибка: " in wrong
    assert wrong.count('data-error-summary tabindex="-1"') == 1


def test_an_empty_form_is_told_field_by_field():
    browser = Browser()
    answer = browser.submit(browser.get("/signin/"), "/signin/", identifier="", password="")
    assert answer.status_code == 422
    assert answer.text.count("govuk-error-message") == 2


def test_a_failure_stands_in_the_journal_of_the_person_it_was_about():
    Browser().sign_in("anna@example.org", "wrong")
    Browser().sign_in("nobody@example.org", "wrong")
    failed = Entry.objects.filter(act="signin.failed").order_by("number")
    assert [entry.subject for entry in failed] == [str(Account.objects.get().sub), ""]
    assert "198.51.100.0/24" in failed[0].words


def test_a_known_password_does_not_work_outside_the_sandbox(settings):
    settings.SANDBOX = False
    assert Browser().sign_in("anna@example.org").status_code == 422


def test_too_many_at_once_are_asked_to_come_back(monkeypatch):
    def full(*_args):
        raise passwords.Busy

    monkeypatch.setattr(passwords, "fits", full)
    answer = Browser().sign_in("anna@example.org")
    assert (answer.status_code, 'value="anna@example.org"' in answer.text) == (503, True)


def test_a_login_costs_two_statements():
    browser = Browser()
    page = browser.get("/signin/")
    with statements() as sent:
        browser.submit(page, "/signin/", identifier="anna@example.org", password=sandbox.PASSWORD)
    assert len(sent) == 2


def test_a_login_on_a_known_device_costs_two_more_for_the_offer():
    browser = Browser()
    browser.sign_in("anna@example.org")
    browser.cookies.delete("portal_session")
    page = browser.get("/signin/")
    with statements() as sent:
        browser.submit(page, "/signin/", identifier="anna@example.org", password=sandbox.PASSWORD)
    assert len(sent) == 4


@pytest.mark.parametrize("way", ["/профиль/", "/?q=ключ", "/\u2028x", "/%D1%8F?a=b&c=%20"])
def test_a_way_on_in_any_letters_is_an_address_that_every_server_can_send(way):
    known("anna")
    browser = Browser()
    there = browser.sign_in("anna@example.org", next_path=way).headers["location"]
    assert there.isascii()
    assert unquote(there) == unquote(way)
    assert browser.get("/signin/", params={"next": way}).headers["location"] == there
