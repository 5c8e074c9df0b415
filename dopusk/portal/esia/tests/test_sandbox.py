"""What only a sandbox opens: entering without pages, the page of test people, the signer of markers."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.urls import reverse

from dopusk.portal.esia import signing
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.sandbox import seeding
from dopusk.portal.esia.tests.esia_client import CALLBACK, Esia, registered, said
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, parameters, path_of

pytestmark = pytest.mark.django_db
PEOPLE, CERTIFICATE, PUBLIC = "/sandbox/people/", "/sandbox/esia.pem", "/sandbox/esia.pub"


@pytest.fixture
def _people(db):
    seeding.seed_test_people()
    registered()


def test_the_addresses():
    assert [reverse(f"esia:{name}") for name in ("people", "certificate", "public_key")] == [
        PEOPLE,
        CERTIFICATE,
        PUBLIC,
    ]


# ── without pages ──


@pytest.mark.usefixtures("_people")
def test_boris_enters_without_a_page(settings):
    settings.ESIA_AUTO_LOGIN = "000-000-600-01"
    answer = Browser().get(Esia().ac())
    assert (answer.status_code, answer.headers["location"].startswith(CALLBACK)) == (302, True)
    assert parameters(answer)["code"]
    told = Esia().post(Esia().te(parameters(answer)["code"])).json()
    assert signing.verify(told["access_token"])["urn:esia:sbj_id"] == 1_000_300_601


@pytest.mark.usefixtures("_people")
def test_a_request_may_name_another_of_the_sixteen(settings):
    settings.ESIA_AUTO_LOGIN = "000-000-600-01"
    answer = Browser().get(Esia().ac(), headers={"X-Sandbox-Snils": "000-000-600 12"})
    told = Esia().post(Esia().te(parameters(answer)["code"])).json()
    assert signing.verify(told["access_token"])["urn:esia:sbj_id"] == 1_000_300_612


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("named", ["000-000-600-17", "112-233-445 95", "anna"])
def test_a_request_that_names_nobody_is_refused_by_name(settings, named):
    settings.ESIA_AUTO_LOGIN = "000-000-600-01"
    answer = Browser().get(Esia().ac(), headers={"X-Sandbox-Snils": named})
    kept = Diagnosis.objects.get(code="test_person_unknown")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (kept.report["detail"], answer.headers["x-diagnosis"].endswith(f"/{kept.pk}/")) == (named, True)
    assert not Session.objects.exists()


@pytest.mark.usefixtures("_people")
def test_the_blocked_one_is_refused_to_the_system(settings):
    settings.ESIA_AUTO_LOGIN = "000-000-600-16"
    answer = Browser().get(Esia().ac())
    assert said(parameters(answer)) == ("access_denied", "ESIA-007004")
    assert not Session.objects.exists()


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("changes", [{"SANDBOX": False}, {"ESIA_AUTO_LOGIN": ""}])
def test_pages_are_shown_outside_the_sandbox_and_when_nobody_is_named(settings, changes):
    settings.ESIA_AUTO_LOGIN = "000-000-600-01"
    for name, value in changes.items():
        setattr(settings, name, value)
    answer = Browser().get(Esia().ac(), headers={"X-Sandbox-Snils": "000-000-600-01"})
    assert path_of(answer) == "/signin/"
    assert not Session.objects.exists()


# ── the page of people ──


@pytest.mark.usefixtures("_people")
def test_the_stand_in_asks_which_of_them_one_is(settings):
    settings.ESIA_OFFERS_PEOPLE = True
    browser = Browser()
    answer = browser.get(Esia().ac())
    assert path_of(answer) == PEOPLE
    page = browser.get(answer.headers["location"])
    assert page.text.count("data-oid=") == 16
    answer = browser.submit(page, PEOPLE, person="00000060005")
    assert (answer.status_code, path_of(answer)) == (303, "/aas/oauth2/ac")
    assert path_of(browser.get(answer.headers["location"])) == "/consents/give/"


@pytest.mark.usefixtures("_people")
def test_the_blocked_one_is_told_so():
    browser = Browser()
    answer = browser.submit(browser.get(PEOPLE), PEOPLE, person="00000060016")
    assert answer.headers["location"] == "/signin/locked/?why=operator"
    assert COOKIE not in browser.cookies


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("person", ["", "00000060017", "11223344595"])
def test_nobody_else_is_signed_in(person):
    browser = Browser()
    assert browser.submit(browser.get(PEOPLE), PEOPLE, person=person).status_code == 404
    assert not Session.objects.exists()


@pytest.mark.usefixtures("_people")
def test_the_page_leads_nowhere_else():
    browser = Browser()
    page = browser.get(PEOPLE, params={"next": "https://evil.example/"})
    assert browser.submit(page, PEOPLE, person="00000060001").headers["location"] == "/"


@pytest.mark.usefixtures("_people")
def test_there_is_no_such_page_outside_the_sandbox(settings):
    browser = Browser()
    page = browser.get(PEOPLE)
    settings.SANDBOX = False
    assert browser.get(PEOPLE).status_code == 404
    assert browser.submit(page, PEOPLE, person="00000060001").status_code == 404
    assert not Session.objects.exists()


def test_strangers_are_not_sent_there_outside_the_sandbox(settings):
    registered()
    settings.ESIA_OFFERS_PEOPLE, settings.SANDBOX = True, False
    assert path_of(Browser().get(Esia().ac())) == "/signin/"


# ── the signer of markers ──


def test_the_certificate_and_the_key_belong_together():
    certificate = x509.load_pem_x509_certificate(Browser().get(CERTIFICATE).content)
    told = Browser().get(PUBLIC).content
    public = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert told.split() == public.split()


def test_after_a_rotation_the_new_certificate_comes_first_and_the_old_one_is_still_there():
    before = Browser().get(CERTIFICATE).text
    signing.rotate(signing.RS256, now=True)
    after = Browser().get(CERTIFICATE).text
    assert after.endswith(before)
    assert after.count("BEGIN CERTIFICATE") == 2


@pytest.mark.usefixtures("gost_engine")
def test_a_stand_in_of_gost_shows_the_signer_of_gost(settings):
    settings.ESIA_SIGNER = signing.GOST
    told = Browser().get(CERTIFICATE).text
    assert told == Browser().get(CERTIFICATE, params={"alg": signing.GOST}).text
    assert told != Browser().get(CERTIFICATE, params={"alg": signing.RS256}).text


@pytest.mark.parametrize("path", [CERTIFICATE, PUBLIC])
def test_an_unknown_algorithm_has_no_signer(path):
    assert Browser().get(path, params={"alg": "none"}).status_code == 404


@pytest.mark.parametrize("path", [CERTIFICATE, PUBLIC])
def test_the_signer_is_not_shown_outside_the_sandbox(settings, path):
    settings.SANDBOX = False
    assert Browser().get(path).status_code == 404
