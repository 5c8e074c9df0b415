"""Every refusal of ac: its ESIA code, where it is told, and its diagnosis."""

import base64
import json
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.core import signing as django_signing
from django.utils import timezone

from dopusk.portal.accounts.rules import Level
from dopusk.portal.esia import ac, actions
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.rules.ac import Organisation
from dopusk.portal.esia.tests.esia_client import (
    CALLBACK,
    Esia,
    entered,
    next_of,
    registered,
    rsa_pair,
    said,
    stamp,
)
from dopusk.portal.oidc.models import Grant
from dopusk.portal.sessions.actions import end_all
from dopusk.portal.tests.browser import Browser, known, parameters, path_of

pytestmark = pytest.mark.django_db


def told(answer):
    """`error` and ESIA code of a refusal that came to the redirect address, with the state of the request."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(CALLBACK + "&")
    values = parameters(answer)
    assert "code" not in values
    return said(values)


def on_page(answer, code):
    """The refusal is on a page of ours, with no way to where the request wanted to lead."""
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert f"ESIA-{code}" in answer.text
    assert Diagnosis.objects.get().esia_code == code


BY_PARAMETERS = {
    "no scope": ({"scope": None}, "invalid_scope", "007013"),
    "no type": ({"response_type": None}, "invalid_request", "007014"),
    "no access": ({"access_type": None}, "invalid_request", "007014"),
    "no state": ({"state": None}, "invalid_request", "007014"),
    "no time": ({"timestamp": None}, "invalid_request", "007014"),
    "no secret": ({"client_secret": None}, "invalid_request", "007014"),
    "a malformed time": ({"timestamp": "yesterday"}, "invalid_request", "007014"),
    "an old time": ({"timestamp": stamp(timedelta(minutes=-20))}, "invalid_request", "007015"),
    "a time to come": ({"timestamp": stamp(timedelta(minutes=20))}, "invalid_request", "007015"),
    "an endless state": ({"state": "s" * 1025}, "invalid_request", "007003"),
    "a token at once": ({"response_type": "token"}, "unsupported_response_type", "007009"),
    "some access": ({"access_type": "always"}, "invalid_request", "007003"),
    "an unknown scope": ({"scope": "openid everything"}, "invalid_scope", "007006"),
    "a scope of no form": ({"scope": "openid snils?oid=x"}, "invalid_scope", "007006"),
    "a scope of te": ({"scope": "prm_chg?oid=1"}, "invalid_scope", "007006"),
    "a scope not granted": ({"scope": "openid vehicles"}, "access_denied", "007019"),
    "an organisation's, not granted": ({"scope_org": "org_kpp"}, "access_denied", "007019"),
    "an unknown role": ({"roles": "QUEEN"}, "invalid_request", "007060"),
    "an unknown type": ({"obj_type": "X"}, "invalid_request", "007061"),
    "unreadable consents": ({"permissions": "!"}, "invalid_request", "007038"),
    "unreadable text": ({"nonce": "\0"}, "invalid_request", "007038"),
    "a foreign signature": ({"client_secret": "bm90aGluZw"}, "access_denied", "007053"),
}


@pytest.mark.parametrize("name", BY_PARAMETERS)
def test_refused_at_the_redirect_address(name):
    changes, error, code = BY_PARAMETERS[name]
    registered()
    answer = Browser().get(Esia().ac(**changes))
    assert told(answer) == (error, f"ESIA-{code}")
    kept = Diagnosis.objects.get()
    assert (kept.endpoint, kept.client_id, kept.esia_code) == ("v1/ac", "TESTIS", code)
    assert kept.code
    assert answer.headers["x-diagnosis"].endswith(f"/esia/console/{kept.pk}/")
    assert not Grant.objects.exists()


def test_a_certificate_of_nobody():
    registered()
    answer = Browser().get(Esia(pair=rsa_pair("Другая система")).ac())
    assert told(answer) == ("unauthorized_client", "ESIA-007002")


def test_the_hash_of_the_certificate_is_mandatory_at_v2():
    registered()
    answer = Browser().get(Esia(2).ac(client_certificate_hash=None))
    assert told(answer) == ("invalid_request", "ESIA-007014")
    assert "[client_certificate_hash]" in parameters(answer)["error_description"]


@pytest.mark.parametrize(("generation", "off"), [(1, {"v1": False}), (2, {"v2": False})])
def test_a_generation_can_be_switched_off(generation, off):
    registered(**off)
    answer = Browser().get(Esia(generation).ac())
    assert told(answer) == ("unauthorized_client", "ESIA-007005")


def test_a_request_of_v1_is_none_at_v2():
    registered()
    address = Esia().ac(client_certificate_hash="0" * 64).replace("/oauth2/ac", "/oauth2/v2/ac")
    assert told(Browser().get(address)) == ("access_denied", "ESIA-007053")


def test_a_parameter_comes_once():
    registered()
    assert told(Browser().get(Esia().ac() + "&scope=openid")) == ("invalid_request", "ESIA-007003")


def test_bytes_that_are_no_text_cannot_be_read():
    registered()
    assert told(Browser().get(Esia().ac() + "&nonce=%ff")) == ("invalid_request", "ESIA-007038")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_recipient_named_twice_is_none(name):
    registered()
    on_page(Browser().get(Esia().ac() + f"&{name}=x"), "007003")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_recipient_not_named_is_none(name):
    registered()
    on_page(Browser().get(Esia().ac(**{name: None})), "007014")


def test_an_unknown_system_is_told_on_a_page():
    registered()
    on_page(Browser().get(Esia(mnemonic="STRANGER").ac()), "007023")


@pytest.mark.parametrize("path", ["v1/ac", "v2/ac"])
@pytest.mark.parametrize(
    "address", ["https://evil.example/", f"{CALLBACK}&x=1", CALLBACK.replace("http:", "https:"), "//evil"]
)
def test_an_address_that_was_not_registered_is_never_gone_to(path, address):
    registered()
    esia = Esia(1 if path == "v1/ac" else 2)
    on_page(Browser().get(esia.ac(redirect_uri=address)), "007023")


def test_anna_says_no():
    registered()
    values = entered(Browser(), Esia().ac(state="s-1"), decision="deny")
    assert said(values) == ("access_denied", "ESIA-007004")
    assert values["state"] == "s-1"
    assert Diagnosis.objects.get(esia_code="007004").code == "consent_denied"


def test_an_account_that_is_not_confirmed_is_led_to_be_and_may_leave_instead():
    registered(required_level=Level.CONFIRMED)
    anna = known("anna")
    anna.level = "standard"
    anna.save()
    browser = Browser()
    answer = browser.get(Esia().ac())
    answer = browser.sign_in("anna@example.org", next_path=next_of(answer))
    answer = browser.get(answer.headers["location"])
    assert path_of(answer) == "/proofing/missing/"
    page = browser.get(answer.headers["location"])
    assert page.status_code == 403
    assert "Тестовая система" in page.text
    assert told(browser.get(f"{next_of(answer)}&consent=denied")) == ("access_denied", "ESIA-007055")


def test_scopes_of_another_person_give_nothing():
    registered()
    browser = Browser()
    Esia().code(browser)
    answer = browser.get(Esia().ac(scope="openid snils?oid=1"))
    assert told(answer) == ("access_denied", "ESIA-007019")


def test_an_organisation_has_to_be_hers():
    registered()
    browser = Browser()
    Esia().code(browser)
    answer = browser.get(Esia().ac(scope_org="org_shortname?org_oid=1000400009"))
    assert told(answer) == ("access_denied", "ESIA-007194")


@pytest.mark.parametrize(
    "changes", [{"obj_type": "L"}, {"roles": "AGENCY"}, {"obj_type": "P", "roles": "BUSINESS"}]
)
def test_a_person_of_another_kind_is_not_let_in(changes, monkeypatch):
    registered()
    browser = Browser()
    Esia().code(browser)
    assert told(browser.get(Esia().ac(**changes))) == ("access_denied", "ESIA-007062")
    kinds = [Organisation(1, "LEGAL"), Organisation(2, "AGENCY"), Organisation(3, "BUSINESS")]
    monkeypatch.setattr(actions, "ORGANISATIONS", [lambda _sub: kinds])
    assert "code" in parameters(browser.get(Esia().ac(**changes)))


def test_a_request_that_waited_too_long_is_over():
    registered()
    browser = Browser()
    next_path = next_of(browser.get(Esia().ac()))
    assert path_of(browser.get(next_path)) == "/signin/"
    old = timezone.now() - timedelta(seconds=ac.AGAIN_SECONDS + 60)
    values = dict(item.split("=", 1) for item in next_path.partition("?")[2].split("&"))
    content = django_signing.loads(values["again"].replace("%3A", ":"), salt="esia.again")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", old.timestamp)
        stale = django_signing.dumps(content, salt="esia.again", compress=False)
    address = next_path.replace(values["again"], stale)
    assert told(browser.get(address)) == ("invalid_request", "ESIA-007015")
    assert Diagnosis.objects.get(esia_code="007015").code == "request_stale"


def test_our_own_failure_is_told_by_its_code(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a secret of ours")

    registered()
    browser = Browser()
    Esia().code(browser)
    monkeypatch.setattr(actions, "authorize", broken)
    answer = browser.get(Esia().ac())
    assert told(answer) == ("server_error", "ESIA-007007")
    assert "secret" not in answer.headers["location"]


def test_a_database_that_fails_is_told_on_a_page(monkeypatch):
    def broken(*_, **__):
        raise psycopg.OperationalError

    registered()
    browser = Browser()
    monkeypatch.setattr(actions, "authorize", broken)
    answer = browser.get(Esia().ac())
    assert answer.status_code == 503
    assert "ESIA-007008" in answer.text


def test_a_session_that_ended_meanwhile_signs_in_again():
    registered()
    browser = Browser()
    Esia().code(browser)
    end_all(known("anna").sub, actor="system", words="Все сеансы завершены: вход в учётную запись закрыт")
    assert path_of(browser.get(Esia().ac())) == "/signin/"


# ── consents asked for along with the sign-in (§3.5) ──

CONSENT = {
    "sysname": "DOPUSK_REGISTER",
    "responsibleObject": "Допуск",
    "expire": 525600,
    "actions": [{"sysname": "ALL_ACTIONS_TO_DATA"}],
    "purposes": [{"sysname": "ACCREDITATION"}],
    "scopes": [{"sysname": "fullname"}, {"sysname": "snils"}],
}


def permissions(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def named(*names):
    return [{"sysname": name} for name in names]


BY_CONSENT = {
    "036700": {"sysname": ""},
    "036701": {"sysname": "NOBODY_KNOWS"},
    "036702": {"scopes": []},
    "036703": {"scopes": named("vehicles")},
    "036704": {"scopes": named("openid")},
    "036705": {"actions": "none"},
    "036706": {"actions": named("ANY")},
    "036707": {"purposes": [1]},
    "036716": {"expire": 0},
    "036726": {"purposes": named("FUN")},
    "036727": {"purposes": named("ACCREDITATION", "FUN")},
}


@pytest.mark.parametrize("code", BY_CONSENT)
def test_a_consent_that_cannot_be(code):
    registered()
    answer = Browser().get(
        Esia().ac(scope="openid", permissions=permissions([{**CONSENT, **BY_CONSENT[code]}]))
    )
    assert told(answer) == ("invalid_request", f"ESIA-{code}")
    assert Diagnosis.objects.get().esia_code == code


def test_what_a_consent_names_is_asked_and_opened():
    from dopusk.portal.esia import signing

    registered()
    esia, browser = Esia(2), Browser()
    code = esia.code(browser, scope="openid", permissions=permissions([CONSENT]))
    answer = esia.post(esia.te(code, scope="openid")).json()
    opened = signing.verify(answer["access_token"])["scope"].split()
    assert [one.split("?")[0] for one in opened] == ["openid", "fullname", "snils"]


def test_anna_reads_for_whom_what_for_and_how_long_and_it_ends_then():
    from dopusk.portal.esia.models import Entry

    registered()
    esia, browser = Esia(), Browser()
    asked = {"scope": "openid", "permissions": permissions([CONSENT]), "access_type": "offline"}
    answer = browser.get(esia.ac(**asked))
    known("anna")
    answer = browser.sign_in("anna@example.org", next_path=next_of(answer))
    page = browser.get(browser.get(answer.headers["location"]).headers["location"])
    assert "«Допуск»" in page.text
    assert "365" in page.text
    assert "после Вашего выхода" in page.text
    answer = browser.submit(page, "/consents/give/", decision="allow")
    code = parameters(browser.get(answer.headers["location"]))["code"]
    given = esia.post(esia.te(code)).json()
    assert actions.holder_of(given["access_token"])
    assert Entry.objects.get().until > timezone.now() + timedelta(days=364)
    Entry.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert actions.holder_of(given["access_token"]) is None
    refused = esia.post(esia.refresh(given["refresh_token"]))
    assert said(refused.json()) == ("invalid_grant", "ESIA-007011")


@pytest.mark.parametrize("empty", ["bnVsbA", permissions([]), ""])
def test_no_consents_are_none(empty):
    registered()
    assert Esia().code(scope="openid", permissions=empty)


@pytest.mark.parametrize("odd", [{}, [1], 5, "x"])
def test_what_is_no_list_of_consents_cannot_be_read(odd):
    registered()
    answer = Browser().get(Esia().ac(state=str(uuid.uuid4()), permissions=permissions(odd)))
    assert told(answer) == ("invalid_request", "ESIA-007038")
