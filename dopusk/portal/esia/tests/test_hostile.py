"""What a stranger tries at the doors of the dialect: forged, foreign, endless and unreadable requests."""

import base64
import json
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from dopusk.portal.clients.models import Client
from dopusk.portal.consents.models import Consent
from dopusk.portal.esia import actions, allowance, signing
from dopusk.portal.esia.models import Diagnosis, MarkerKey
from dopusk.portal.esia.tests.esia_client import CALLBACK, Esia, entered, forget, next_of, registered, said
from dopusk.portal.oidc.rules.token import challenge_of
from dopusk.portal.tests.browser import Browser, known, parameters, path_of
from dopusk.trust import gost

pytestmark = pytest.mark.django_db
DOORS = ["/aas/oauth2/ac", "/aas/oauth2/v2/ac", "/idp/ext/Logout"]
COUNTERS = ["/aas/oauth2/te", "/aas/oauth2/v3/te"]


def signed_in(browser, who):
    known(who)
    browser.sign_in(f"{who}@example.org")
    return browser


# ── what ends with the system ──


def test_a_marker_of_a_disabled_system_opens_nothing():
    registered()
    marker = Esia().markers()["access_token"]
    assert actions.holder_of(marker)
    Client.objects.update(disabled_at=timezone.now())
    assert actions.holder_of(marker) is None


def test_a_scope_taken_from_a_system_opens_nothing_from_then_on():
    registered()
    esia = Esia()
    told = esia.markers(access_type="offline")
    Client.objects.update(scopes=["openid", "fullname"])
    forget()
    oid = signing.verify(told["access_token"])["urn:esia:sbj_id"]

    def person(marker):
        return Browser().get(f"/rs/prns/{oid}", headers={"Authorization": f"Bearer {marker}"}).json()

    assert "lastName" in person(told["access_token"])
    assert "snils" not in person(told["access_token"])
    renewed = esia.post(esia.refresh(told["refresh_token"])).json()["access_token"]
    assert signing.verify(renewed)["scope"] == f"openid fullname?oid={oid}"


# ── markers of nobody ──


@pytest.mark.parametrize("alg", signing.ALGS)
def test_a_strangers_marker_makes_no_key(alg, monkeypatch):
    def missing():
        raise gost.EngineMissing

    monkeypatch.setattr(gost, "new_key", missing)
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg}).encode()).decode().rstrip("=")
    answer = Browser().get("/rs/prns/1", headers={"Authorization": f"Bearer {head}.e30.AAAA"})
    assert (answer.status_code, answer.json()["code"]) == (401, "ESIA-005013")
    assert not MarkerKey.objects.exists()


# ── our own signature for the system's ──


def test_a_demand_of_consent_that_boris_met_is_not_met_for_anna():
    registered()
    anna, boris = signed_in(Browser(), "anna"), signed_in(Browser(), "boris")
    entered(anna, Esia().ac())
    address = next_of(boris.get(Esia().ac(approval_prompt="force")))
    assert path_of(anna.get(address)) == "/consents/give/"


def test_a_request_no_system_signed_is_shown_to_nobody_for_consent():
    registered()
    anna = signed_in(Browser(), "anna")
    forged = (
        f"{Esia().ac_path}?{urlencode({'client_id': 'TESTIS', 'scope': 'id_doc', 'redirect_uri': CALLBACK})}"
    )
    assert anna.get("/consents/give/", params={"next": forged}).status_code == 404
    true = next_of(anna.get(Esia().ac()))
    assert anna.get("/consents/give/", params={"next": true}).status_code == 200
    changed = true.replace("snils", "id_doc")
    assert changed != true
    assert anna.get("/consents/give/", params={"next": changed}).status_code == 404
    assert not Consent.objects.exists()


# ── codes of the one dialect at the other ──


def test_a_code_of_the_dialect_is_none_at_the_openid_endpoint():
    registered()
    verifier = "v" * 43
    code = Esia(2).code(code_challenge=challenge_of(verifier), code_challenge_method="S256")
    secret = "s" * 43
    Client.objects.update(auth_method="client_secret_basic", secret_hash=actions._hashed(secret))
    forget()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": verifier,
    }
    basic = base64.b64encode(f"TESTIS:{secret}".encode()).decode()
    answer = Browser().post("/oidc/token", data=form, headers={"Authorization": f"Basic {basic}"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


# ── what nobody can read ──

ODD = ["\0\ud7ff\uffff\x85\u2028", "я" * 1500, "٢%'\"<>..%2f\r\nSet-Cookie: a=b"]
NAMES = [
    "client_id", "client_secret", "client_certificate_hash", "redirect_uri", "scope", "scope_org", "state",
    "timestamp", "response_type", "access_type", "grant_type", "code", "refresh_token", "token_type", "permissions",
    "code_challenge", "code_challenge_method", "code_verifier", "nonce", "approval_prompt", "roles", "obj_type",
    "again", "consent", "redirect_url",
]  # fmt: skip


@pytest.mark.parametrize("generation", [1, 2])
def test_no_value_of_a_parameter_makes_us_fail(generation):
    registered()
    esia = Esia(generation)
    for name in NAMES:
        for odd in ODD:
            answer = Browser().get(esia.ac(**{name: odd}))
            assert answer.status_code in {302, 400}, (name, odd)
            answer = esia.post(esia.te("any", **{name: odd}))
            assert answer.status_code == 400, (name, odd, answer.text)
            assert Browser().get(DOORS[2], params={name: odd}).status_code in {302, 400}, (name, odd)
    assert not set(Diagnosis.objects.values_list("esia_code", flat=True)) & {"007007", "007008"}


@pytest.mark.parametrize(
    "moment",
    [
        "0001.01.01 00:00:00 +0300",
        "9999.12.31 23:59:59 -0300",
        "0000.00.00 00:00:00 +0000",
        "2026.11.22 14:36:11 +9999",
    ],
)
@pytest.mark.parametrize("generation", [1, 2])
def test_no_moment_makes_us_fail(moment, generation):
    registered()
    esia = Esia(generation)
    answer = Browser().get(
        esia.ac(timestamp=moment, client_secret=esia.signed({"scope": "x"})["client_secret"])
    )
    assert said(parameters(answer))[1] in {"ESIA-007014", "ESIA-007015"}


@pytest.mark.parametrize("body", [b"", b"\0", b"[]", b"{}", b"=", b"&&&", b"a=" + b"%ff" * 100, b"a&" * 60])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
def test_no_body_makes_us_fail(body, kind):
    for path in (*DOORS[:2], *COUNTERS):
        answer = Browser().post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 400, (path, answer.text)
    assert "007007" not in set(Diagnosis.objects.values_list("esia_code", flat=True))


# ── what costs us much ──


def test_an_allowance_comes_back_with_time():
    now = [0.0]
    given = allowance.Allowance(2, 5.0, clock=lambda: now[0])
    assert [given.take() for _ in range(3)] == [True, True, False]
    now[0] = 5.0
    assert [given.take() for _ in range(2)] == [True, False]
    now[0] = 1000.0
    assert [given.take() for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("sandbox", [True, False])
def test_outside_a_sandbox_the_mistake_is_not_looked_for_without_end(
    generation, sandbox, settings, monkeypatch
):
    settings.SANDBOX = sandbox
    monkeypatch.setattr(allowance, "SEARCHES", allowance.Allowance(1, 1000))
    registered()
    esia = Esia(generation)
    secret = esia.signed({"state": "signed in another way"})["client_secret"]
    for _ in range(3):
        answer = esia.post(esia.te("any", client_secret=secret))
        assert said(answer.json())[1] == "ESIA-007053"
    searched = [one.report["searched"] for one in Diagnosis.objects.order_by("at")]
    assert searched == ([True] * 3 if sandbox else [True, False, False])


def test_a_string_too_long_to_be_one_is_not_searched():
    registered()
    esia = Esia(2)
    secret = esia.signed({"state": "signed in another way"})["client_secret"]
    answer = esia.post(esia.te("any", scope="openid " * 1000, client_secret=secret))
    assert said(answer.json())[1] == "ESIA-007053"
    assert Diagnosis.objects.get().report["searched"] is False


def test_outside_a_sandbox_strangers_fill_no_table_and_push_nobody_out(settings, monkeypatch):
    settings.SANDBOX = False
    monkeypatch.setattr(allowance, "_ROWS_AT_ONCE", 2)
    registered()
    for turn in range(5):
        Browser().get("/rs/prns/1", headers={"Authorization": f"Bearer {turn}"})
        Browser().get(Esia(mnemonic=f"STRANGER{turn}").ac())
    assert Diagnosis.objects.count() == 2
    assert parameters(Browser().get(Esia().ac(response_type="token")))["error"]
    assert Diagnosis.objects.filter(client_id="TESTIS").count() == 1


def test_outside_a_sandbox_a_diagnosis_holds_no_number_of_a_person(settings, caplog):
    registered()
    marker = Esia().markers()["access_token"]
    Diagnosis.objects.all().delete()
    settings.SANDBOX = False
    oid = signing.verify(marker)["urn:esia:sbj_id"]
    Browser().get(f"/rs/prns/{oid}/docs", headers={"Authorization": f"Bearer {marker}"})
    Browser().get(Esia().ac(scope=f"openid inn?oid={oid}"))
    assert Diagnosis.objects.count() == 2
    kept = json.dumps([one.report for one in Diagnosis.objects.all()])
    assert str(oid) not in kept
    assert str(oid) not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/rs/prns/%00",
        "/rs/prns/1/docs/../../../orgs/1",
        f"/rs/prns/{'9' * 400}",
        "/rs/prns/{oid}/ctts/%00",
        "/rs/prns/{oid}/ctts/1/2/3",
        "/rs/prns/{oid}?embed=((((",
        "/rs/prns/{oid}/docs?embed=(elements.elements,elements)&embed=%00",
        "/rs/orgs/%00/emps",
        f"/rs/orgs/{'9' * 400}/emps/1/grps",
    ],
)
def test_no_path_makes_the_service_fail(path):
    registered()
    marker = Esia().markers()["access_token"]
    oid = signing.verify(marker)["urn:esia:sbj_id"]
    headers = {"Authorization": f"Bearer {marker}", "Accept": 'application/json; schema="\x01\x1b"'}
    assert Browser().get(path.replace("{oid}", str(oid)), headers=headers).status_code in {200, 403, 404}
