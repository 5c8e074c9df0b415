"""What an integrator is told of a request that never got as far as its signature, or got there in another form."""

import base64

import pytest
from django.urls import reverse

from dopusk.portal.esia import signing
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.tests.esia_client import Esia, registered, said
from dopusk.portal.esia.tests.signed_requests import OWN
from dopusk.portal.tests.browser import Browser, parameters

pytestmark = pytest.mark.django_db
PEM = f"-----BEGIN CMS-----\n{base64.encodebytes(OWN.pkcs7('x')).decode()}-----END CMS-----\n"


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


def in_lines(secret: str) -> str:
    """As `openssl base64` without -A writes."""
    return base64.encodebytes(base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))).decode()


def secret_of(esia: Esia) -> str:
    """A right one of no request in particular."""
    return esia.te("code")["client_secret"]


# ── client_secret in lines ──


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize(
    ("written", "code"),
    [
        (in_lines, "secret_lines"),
        (lambda _: PEM, "secret_pem"),
        (lambda _: f"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{PEM[20:-20]}", "secret_smime"),
    ],
)
def test_what_comes_in_lines_is_called_what_it_is_at_ac_and_at_te(generation, written, code):
    registered()
    esia = Esia(generation)
    secret = written(secret_of(esia))
    answer = Browser().get(esia.ac(client_secret=secret))
    assert said(parameters(answer)) == ("access_denied", "ESIA-007053")
    assert esia.post(esia.te("code", client_secret=secret)).json()["error_description"][:11] == "ESIA-007053"
    assert set(Diagnosis.objects.values_list("code", flat=True)) == {code}


def test_the_signature_in_lines_is_looked_at_all_the_same():
    registered()
    esia = Esia()
    form = esia.te("code")
    esia.post({**form, "client_secret": in_lines(form["client_secret"])})
    report = Diagnosis.objects.get().report
    assert (report["signed_right"], report["secret"]["kind"], "also" in report) == (True, "cms", False)
    esia.post({**form, "client_secret": in_lines(form["client_secret"]), "scope": "openid"})
    assert not Diagnosis.objects.latest("at").report["signed_right"]


def test_other_control_characters_are_still_unreadable():
    registered()
    answer = Browser().get(Esia().ac(client_secret="a\0b"))
    assert said(parameters(answer)) == ("invalid_request", "ESIA-007038")
    answer = Browser().get(Esia().ac(state="a\nb"))
    assert said(parameters(answer)) == ("invalid_request", "ESIA-007038")


# ── addresses that are not there ──


@pytest.mark.parametrize(
    ("method", "path", "endpoint", "code", "status"),
    [
        ("POST", "/aas/oauth2/v2/te", "aas", "path_unknown", 404),
        ("GET", "/aas/oauth2/v3/ac", "aas", "path_unknown", 404),
        ("GET", "/aas/oauth2/v1/ac", "aas", "path_unknown", 404),
        ("GET", "/aas/x", "aas", "path_unknown", 404),
        ("GET", "/rs/prn/1", "rs", "rs_path", 404),
        ("GET", "/aas/oauth2/te", "v1/te", "te_method", 405),
        ("PUT", "/aas/oauth2/v3/te", "v3/te", "te_method", 405),
    ],
)
def test_a_wrong_address_or_method_is_kept_and_told_by_accept(method, path, endpoint, code, status):
    browser = Browser()
    answer = browser.request(method, path, params={"client_id": "TESTIS"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    kept = Diagnosis.objects.get()
    assert (kept.endpoint, kept.code, kept.client_id) == (endpoint, code, "TESTIS")
    assert answer.headers["x-diagnosis"].endswith(reverse("esia:console_diagnosis", args=[kept.pk]))
    assert browser.get(answer.headers["x-diagnosis"]).status_code == 200
    page = browser.request(method, path, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert page.headers["x-diagnosis"] in page.text


def test_te_by_get_still_says_which_method_is_allowed():
    names = {"te": "/aas/oauth2/te", "te_v3": "/aas/oauth2/v3/te"}
    assert {name: reverse(f"esia:{name}") for name in names} == names
    assert reverse("esia:astray", kwargs={"path": "x"}) == "/rs/x"
    assert {Browser().get(path).headers["allow"] for path in names.values()} == {"POST"}


def test_outside_the_sandbox_a_wrong_address_leaves_nothing(settings):
    settings.SANDBOX = False
    assert Browser().get("/aas/oauth2/v3/ac").status_code == 404
    assert Browser().get("/rs/nothing").status_code == 404
    assert Browser().get("/aas/oauth2/te").status_code == 405
    assert not Diagnosis.objects.exists()


@pytest.mark.parametrize(("tail", "code"), [("/foo", "rs_path"), ("/ctts/nought", "rs_element")])
def test_a_part_of_a_person_that_is_not_there_is_kept_for_its_system(tail, code):
    registered()
    told = Esia().markers(scope="openid email")
    oid = signing.verify(told["access_token"])["urn:esia:sbj_id"]
    Diagnosis.objects.all().delete()
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    answer = Browser().get(f"/rs/prns/{oid}{tail}", headers=bearer)
    kept = Diagnosis.objects.get()
    assert (answer.status_code, kept.code, kept.client_id) == (404, code, "TESTIS")
    assert answer.headers["x-diagnosis"].endswith(f"{kept.pk}/")
