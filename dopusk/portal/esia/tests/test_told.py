"""What an integrator is told of a request that never got as far as its signature, or got there in another form."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dopusk.portal.clients import models
from dopusk.portal.esia import signing
from dopusk.portal.esia.client_secret import stamps
from dopusk.portal.esia.console import diagnosis, precise
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.tests.esia_client import Esia, forget, registered, said
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


# ── advice that names what it speaks of ──


def advised(code: str, detail: str = "", client_id: str = "TESTIS", **report: object) -> str:
    """The advice of a refusal, on its page and in its JSON alike."""
    kept = diagnosis.record("v2/ac", client_id, EsiaFault("007023", code, detail), report)
    address = reverse("esia:console_diagnosis", args=[kept])
    todo = precise.todo(Diagnosis.objects.get(pk=kept))
    assert Browser().get(address, params={"format": "json"}).json()["advice"] == todo
    assert Browser().get(address).status_code == 200
    return todo


def test_a_missing_parameter_is_named_in_the_advice_and_in_the_json():
    assert "access_type" in advised("parameter_missing", "access_type")
    address = reverse("esia:console_diagnosis", args=[Diagnosis.objects.get().pk])
    assert "access_type" in Browser().get(address, params={"format": "json"}).json()["what"]


@pytest.mark.parametrize("given", ["testis", "TestIS", " TESTIS "])
def test_a_mnemonic_that_differs_by_its_case_alone_is_named(given):
    registered()
    assert "TESTIS" in advised("client_unknown", client_id=given)
    assert "TESTIS" not in advised("client_unknown", client_id="TESTIS2")


def test_any_of_the_scopes_that_would_do_is_named():
    told = advised("rs_scope", "email | contacts")
    assert "email, contacts" in told
    assert "PLN" in advised("rs_scope", "contacts (PLN)")


REGISTERED = "http://127.0.0.1:9/cb?from=esia"
ADDRESSES = {
    "a slash more": f"{REGISTERED}/",
    "a slash before the question": "http://127.0.0.1:9/cb/?from=esia",
    "a slash less": "http://127.0.0.1:9/back",
    "encoded twice": "http%3A%2F%2F127.0.0.1%3A9%2Fcb%3Ffrom%3Desia",
    "other letters": "http://127.0.0.1:9/CB?from=esia",
    "another scheme": "https://127.0.0.1:9/cb?from=esia",
    "another address": "http://example.org/",
}


def test_what_alone_makes_an_address_another_one_is_said(settings):
    settings.ESIA_OFFERS_PEOPLE = False
    known = [REGISTERED, "http://127.0.0.1:9/back/"]
    told = {
        name: advised("redirect_unregistered", redirect_uri={"given": given, "registered": known})
        for name, given in ADDRESSES.items()
    }
    assert len(set(told.values())) == len(ADDRESSES)
    assert not any("--redirect-uri" in one for one in told.values())


def test_on_the_stand_in_it_is_said_how_to_register_an_address(settings):
    settings.ESIA_OFFERS_PEOPLE = True
    assert "--redirect-uri" in advised("redirect_unregistered", redirect_uri={"given": "", "registered": []})


def test_the_page_marks_where_the_address_given_parts_from_the_nearest():
    report = {"redirect_uri": {"given": f"{REGISTERED}/", "registered": [REGISTERED]}}
    kept = diagnosis.record("v2/ac", "TESTIS", EsiaFault("007023", "redirect_unregistered"), report)
    text = Browser().get(reverse("esia:console_diagnosis", args=[kept])).text
    assert f'{REGISTERED}<mark class="esia-other">/</mark>' in text


@pytest.mark.parametrize(
    ("code", "detail", "given"),
    [
        ("scope_unknown", "openid+fullname", ["openid+fullname"]),
        ("scope_form", "scope", ["openid+fullname+birthdate+email+mobile+snils"]),
    ],
)
def test_pluses_between_scopes_are_seen(code, detail, given):
    assert "+" in advised(code, detail, scope={"given": given, "granted": []})
    assert "fullname" in advised(code, "fulname", scope={"given": ["fulname"], "granted": []})


def test_of_an_unknown_scope_the_known_ones_are_shown():
    kept = diagnosis.record("v2/ac", "TESTIS", EsiaFault("007006", "scope_unknown", "fio"), {})
    text = Browser().get(reverse("esia:console_diagnosis", args=[kept])).text
    assert "<code>birthplace</code>" in text


# ── clocks ──


def clock_of(difference: int, timestamp: str = "2026.11.22 14:36:11 +0300") -> Any:
    """The page of a request whose clock was looked at."""
    clock = {
        "timestamp": timestamp,
        "difference_seconds": difference,
        "tolerance_seconds": 300,
        "server_time": "2026.11.22 14:36:12 +0300",
    }
    kept = diagnosis.record("v1/ac", "TESTIS", None, {"clock": clock})
    return Client().get(reverse("esia:console_diagnosis", args=[kept]))


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_clocks_equal_but_for_the_parts_of_a_second_are_said_to_agree(seconds):
    assert clock_of(seconds).context["clock"]["difference"] == clock_of(0).context["clock"]["difference"]
    assert clock_of(2).context["clock"]["difference"] != clock_of(0).context["clock"]["difference"]


@pytest.mark.parametrize(("millis", "seconds"), [(0, 0), (999, 0), (1000, 1), (-1, -1)])
def test_our_clock_counts_whole_seconds_as_a_timestamp_does(millis, seconds):
    stamp = stamps.read("2026.11.22 14:36:11 +0300", lenient=False)
    assert stamps.late(stamp, stamp.moment + timedelta(milliseconds=millis)) == seconds


def test_the_lost_plus_is_seen_in_the_timestamp_and_our_times_have_their_zone():
    text = clock_of(0, "2026.11.22 14:36:11  0300").content.decode()
    assert text.count('<span class="esia-space"> </span>') >= 3
    assert re.search(r"\d\d:\d\d:\d\d \+0300", text)
    assert re.search(
        r"\d\d:\d\d:\d\d \+0300", Client().get(reverse("esia:console"), {"only": "all"}).content.decode()
    )


# ── what is worth telling of an accepted request ──


@pytest.mark.parametrize("generation", [1, 2])
def test_another_scope_at_te_and_a_state_that_is_no_uuid_are_noted(generation):
    registered()
    esia = Esia(generation)
    assert esia.post(esia.te(esia.code(), scope="openid", state="mine")).status_code == 200
    kept = {one.endpoint: one for one in Diagnosis.objects.filter(code="")}
    assert kept.pop(f"v{generation}/ac").report["notes"] == []
    (te,) = kept.values()
    assert te.report["notes"] == ["note_state", "note_scope"]
    assert "note_scope" in Browser().get(reverse("esia:console_diagnosis", args=[te.pk])).text


def test_of_an_ordinary_request_there_is_nothing_to_note():
    registered()
    esia = Esia()
    esia.post(esia.te(esia.code(scope="openid snils"), scope="snils openid"))
    assert [one.report["notes"] for one in Diagnosis.objects.filter(code="")] == [[], []]
    Browser().get(esia.ac(state="mine"))
    assert Diagnosis.objects.latest("at").report["notes"] == ["note_state"]


# ── lists ──


def test_the_console_opens_with_the_refused_alone_and_leads_to_all():
    browser, console = Browser(), reverse("esia:console")
    accepted = diagnosis.record("v1/ac", "TESTIS", None, {})
    assert "?only=all" in browser.get(console).text
    refused = diagnosis.record("v1/ac", "TESTIS", EsiaFault("007014", "parameter_missing", "state"), {})
    opened, everything = browser.get(console).text, browser.get(console, params={"only": "all"}).text
    assert (str(refused) in opened, str(accepted) in opened) == (True, False)
    assert (str(refused) in everything, str(accepted) in everything) == (True, True)
    assert 'value="all"' in opened
    assert len(browser.get(console, params={"format": "json"}).json()["diagnoses"]) == 2


def test_quotes_within_quotes_are_of_the_other_kind(settings):
    registered()
    models.Client.objects.update(name="Система «MYSYSTEM»")
    forget()
    page = Browser().get(reverse("esia:people"), params={"next": Esia().ac()})
    text = " ".join(page.text.split())
    assert "«Система „MYSYSTEM“». Этих" in text
    english = Client()
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = english.get(reverse("esia:people"), {"next": Esia().ac()})
    assert "“Система «MYSYSTEM»”" in answer.content.decode()
