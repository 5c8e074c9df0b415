"""Consents: asked in words, listed, withdrawn, and nobody's but one's own."""

import httpx
import pytest
from django.urls import reverse

from dopusk.portal.consents.models import Consent
from dopusk.portal.tests.browser import (
    Browser,
    authorization,
    check_of,
    code_for,
    exchange,
    known,
    path_of,
    userinfo,
)
from dopusk.web.journal.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def asked(browser: Browser, **changes: str):
    """The consent page for Анна."""
    known("anna")
    answer = browser.sign_in("anna@example.org", next_path=authorization(**changes))
    return browser.get(browser.get(answer.headers["location"]).headers["location"])


def test_the_addresses_have_names():
    assert reverse("consents:list") == "/consents/"
    assert reverse("consents:give") == "/consents/give/"
    assert reverse("consents:revoke", args=[7]) == "/consents/7/revoke/"


def test_the_page_names_the_service_and_what_it_will_know():
    page = asked(Browser(), scope="openid snils").text
    assert "Кабинет аккредитации" in page
    assert "СНИЛС" in page
    assert "паспорт" not in page


def test_the_form_may_lead_back_to_the_service():
    page = asked(Browser())
    assert "form-action 'self' http://localhost:8001;" in page.headers["content-security-policy"]


def test_what_was_agreed_before_is_shown_apart():
    browser = Browser()
    code_for(browser, scope="openid profile")
    sent = browser.get(authorization(scope="openid profile snils"))
    page = browser.get(sent.headers["location"]).text
    assert page.index("СНИЛС") < page.index("фамилия, имя, отчество и пол")


def test_agreeing_to_more_keeps_one_consent_with_both():
    browser = Browser()
    code_for(browser, scope="openid profile")
    code_for(browser, scope="openid snils")
    assert Consent.objects.get().scopes == ["openid", "profile", "snils"]
    assert Entry.objects.filter(act="consent.given").count() == 2


def test_the_list_says_what_to_whom_since_when_and_withdrawing_ends_tokens():
    browser = Browser()
    token = exchange(code_for(browser)).json()["access_token"]
    consent = Consent.objects.get()
    page = browser.get("/consents/")
    assert "Кабинет аккредитации" in page.text
    answer = browser.submit(page, f"/consents/{consent.pk}/revoke/")
    assert path_of(answer) == "/consents/"
    after = browser.get("/consents/").text
    assert f"/consents/{consent.pk}/revoke/" not in after
    assert userinfo(token).status_code == 401
    assert Entry.objects.filter(act="consent.revoked", subject=str(known("anna").sub)).count() == 1
    assert path_of(browser.get(authorization())) == "/consents/give/"


def test_a_code_given_before_withdrawal_is_worth_nothing():
    browser = Browser()
    code = code_for(browser)
    browser.submit(browser.get("/consents/"), f"/consents/{Consent.objects.get().pk}/revoke/")
    assert check_of(exchange(code).json()) == "consent_withdrawn"


def test_somebody_elses_consent_can_neither_be_seen_nor_withdrawn():
    code_for(Browser(), "boris")
    borises = Consent.objects.get()
    annas = Browser()
    code_for(annas, "anna")
    page = annas.get("/consents/")
    assert f"/consents/{borises.pk}/revoke/" not in page.text
    own = Consent.objects.exclude(pk=borises.pk).get()
    form = page.text.replace(f"/consents/{own.pk}/revoke/", f"/consents/{borises.pk}/revoke/")
    forged = httpx.Response(200, text=form, request=page.request)
    assert annas.submit(forged, f"/consents/{borises.pk}/revoke/").status_code == 404
    borises.refresh_from_db()
    assert borises.revoked_at is None


def test_withdrawing_twice_finds_nothing_the_second_time():
    browser = Browser()
    code_for(browser)
    page = browser.get("/consents/")
    address = f"/consents/{Consent.objects.get().pk}/revoke/"
    assert [browser.submit(page, address).status_code for _ in range(2)] == [302, 404]


@pytest.mark.parametrize(
    "next_path",
    ["", "/", "//evil.example", "/oidc/authorize", "/oidc/authorize?client_id=nobody&scope=openid",
     "/oidc/authorize?client_id=dopusk-cabinet", "/journal/?client_id=dopusk-cabinet&scope=openid"],
)  # fmt: skip
def test_there_is_nothing_to_ask_without_a_waiting_request(next_path):
    known("anna")
    browser = Browser()
    browser.sign_in("anna@example.org")
    assert browser.get("/consents/give/", params={"next": next_path}).status_code == 404


def test_a_stranger_is_sent_to_sign_in():
    assert path_of(Browser().get("/consents/")) == "/signin/"
    assert path_of(Browser().get("/consents/give/")) == "/signin/"


def test_consent_needs_the_form_of_our_own_page():
    browser = Browser()
    asked(browser)
    answer = browser.post("/consents/give/", data={"next": authorization(), "decision": "allow"})
    assert (answer.status_code, Consent.objects.count()) == (403, 0)


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again():
    browser = Browser()
    page = asked(browser)
    assert browser.submit(page, "/consents/give/", decision="maybe").status_code == 200
    assert not Consent.objects.exists()
