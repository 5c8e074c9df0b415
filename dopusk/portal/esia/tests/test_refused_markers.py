"""Every refusal of te: its ESIA code, its form, and its diagnosis; what reuse of codes and refresh tokens undoes."""

from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from dopusk.portal.consents import actions as consents
from dopusk.portal.consents.models import Consent
from dopusk.portal.esia import actions, markers
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.tests.esia_client import Esia, registered, rsa_pair, said, stamp
from dopusk.portal.oidc.models import Grant, RefreshToken, Token
from dopusk.portal.sessions.actions import sign_out
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, known
from dopusk.trust import gost
from dopusk.web.journal.models import Entry as Journal

pytestmark = pytest.mark.django_db


def told(answer, state=None):
    """`error` and ESIA code of a refusal of te."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/json"
    values = answer.json()
    if state:
        assert values["state"] == state
    assert not {"access_token", "id_token", "refresh_token"} & set(values)
    return said(values)


BY_PARAMETERS = {
    "no grant": ({"grant_type": None}, "invalid_request", "007014"),
    "another grant": ({"grant_type": "password"}, "unsupported_grant_type", "007012"),
    "no code": ({"code": None}, "invalid_request", "007014"),
    "no address": ({"redirect_uri": None}, "invalid_request", "007014"),
    "no state": ({"state": None}, "invalid_request", "007014"),
    "no time": ({"timestamp": None}, "invalid_request", "007014"),
    "no scope": ({"scope": None}, "invalid_scope", "007013"),
    "no secret": ({"client_secret": None}, "invalid_request", "007014"),
    "no kind of token": ({"token_type": None}, "invalid_request", "007014"),
    "another kind of token": ({"token_type": "MAC"}, "invalid_request", "007003"),
    "an old time": ({"timestamp": stamp(timedelta(minutes=-20))}, "invalid_request", "007015"),
    "rubbish for a secret": ({"client_secret": "clientSecret"}, "access_denied", "007053"),
    "unreadable text": ({"note": "\x07"}, "invalid_request", "007038"),
    "an invented code": ({"code": "invented"}, "invalid_grant", "007011"),
    "another address": ({"redirect_uri": "http://127.0.0.1:9/other"}, "invalid_grant", "007011"),
    "no system": ({"client_id": None}, "invalid_request", "007014"),
    "an unknown system": ({"client_id": "STRANGER"}, "invalid_client", "008010"),
}


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("name", BY_PARAMETERS)
def test_refused(name, generation):
    changes, error, code = BY_PARAMETERS[name]
    registered()
    esia = Esia(generation)
    answer = esia.post(esia.te(esia.code(), **{"state": "s-1", **changes}))
    assert told(answer, "" if "state" in changes else "s-1") == (error, f"ESIA-{code}")
    kept = Diagnosis.objects.exclude(code="").get()
    assert (kept.endpoint, kept.esia_code) == ("v1/te" if generation == 1 else "v3/te", code)
    assert answer.headers["x-diagnosis"].endswith(f"/esia/console/{kept.pk}/")
    assert not Token.objects.exists()


def test_a_certificate_of_nobody():
    registered()
    thief = Esia(pair=rsa_pair("Другая система"))
    assert told(thief.post(thief.te(Esia().code()))) == ("unauthorized_client", "ESIA-007002")


def test_the_hash_of_the_certificate_is_mandatory_at_v3():
    registered()
    esia = Esia(2)
    answer = esia.post(esia.te(esia.code(), client_certificate_hash=None))
    assert told(answer) == ("invalid_request", "ESIA-007014")


def test_te_is_a_form():
    registered()
    esia = Esia()
    answer = Browser().post(esia.te_path, json=esia.te(esia.code()))
    assert told(answer) == ("invalid_request", "ESIA-007038")


def test_te_takes_each_parameter_once():
    registered()
    esia = Esia()
    form = esia.te(esia.code())
    answer = Browser().post(esia.te_path, data={**form, "state": [form["state"], "x"]})
    assert told(answer) == ("invalid_request", "ESIA-007003")


@pytest.mark.parametrize(("generation", "off"), [(1, {"v1": False}), (2, {"v2": False})])
def test_a_generation_can_be_switched_off(generation, off):
    registered(**off)
    esia = Esia(generation)
    assert told(esia.post(esia.te("any"))) == ("unauthorized_client", "ESIA-007005")


def test_te_is_asked_by_post():
    registered()
    assert Browser().get(Esia().te_path).status_code == 405


def test_a_code_of_another_system_gives_nothing_and_stays_good():
    registered()
    registered(rsa_pair("Другая система")[1], mnemonic="OTHER")
    code = Esia().code()
    other = Esia(mnemonic="OTHER", pair=rsa_pair("Другая система"))
    assert told(other.post(other.te(code))) == ("invalid_grant", "ESIA-007011")
    assert Esia().post(Esia().te(code)).status_code == 200


def test_a_code_lives_a_minute():
    registered()
    code = Esia().code()
    Grant.objects.update(code_expires_at=timezone.now() - timedelta(seconds=1))
    assert told(Esia().post(Esia().te(code))) == ("invalid_grant", "ESIA-007011")
    assert Diagnosis.objects.exclude(code="").get().code == "code_expired"


def test_a_code_used_twice_ends_what_it_gave():
    registered()
    esia = Esia()
    code = esia.code()
    marker = esia.post(esia.te(code)).json()["access_token"]
    assert actions.holder_of(marker).sub == known("anna").sub
    assert told(esia.post(esia.te(code))) == ("invalid_grant", "ESIA-007011")
    assert actions.holder_of(marker) is None
    assert Journal.objects.filter(act="esia.code_reused").count() == 1


def test_a_request_sent_twice_is_a_code_used_twice():
    registered()
    esia = Esia(2)
    form = esia.te(esia.code())
    assert esia.post(form).status_code == 200
    assert told(esia.post(form)) == ("invalid_grant", "ESIA-007011")
    assert Grant.objects.get().revoked_at is not None


def test_a_stolen_code_without_the_key_ends_nothing():
    registered()
    esia = Esia()
    code = esia.code()
    marker = esia.post(esia.te(code)).json()["access_token"]
    assert told(esia.post(esia.te(code, client_secret="bm90aGluZw"))) == ("access_denied", "ESIA-007053")
    assert actions.holder_of(marker) is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": "simplified"}, "not_admitted"),
        ({"locked_at": "2026-01-01T00:00:00Z"}, "not_admitted"),
    ],
)
def test_a_person_no_longer_let_in_gets_no_marker(change, code):
    from dopusk.portal.accounts.models import Account
    from dopusk.portal.accounts.rules import Level

    registered(required_level=Level.STANDARD)
    given = Esia().code()
    Account.objects.update(**change)
    assert told(Esia().post(Esia().te(given))) == ("invalid_grant", "ESIA-007011")
    assert Diagnosis.objects.exclude(code="").get().code == code


def test_codes_and_markers_end_with_the_session():
    registered()
    browser = Browser()
    marker = Esia().markers(browser)["access_token"]
    code = Esia().code(browser)
    assert actions.holder_of(marker)
    sign_out(Session.objects.get().pk)
    assert actions.holder_of(marker) is None
    assert told(Esia().post(Esia().te(code))) == ("invalid_grant", "ESIA-007011")


def test_codes_and_markers_end_with_the_consent():
    registered()
    browser = Browser()
    marker = Esia().markers(browser)["access_token"]
    code = Esia().code(browser)
    consents.revoke(known("anna").sub, Consent.objects.get().pk, session="")
    assert actions.holder_of(marker) is None
    assert told(Esia().post(Esia().te(code))) == ("invalid_grant", "ESIA-007011")


# ── refresh tokens ──


def offline(generation=1):
    registered()
    esia = Esia(generation)
    return esia, esia.markers(access_type="offline")


@pytest.mark.parametrize(("generation", "variant"), [(1, "A"), (1, "B"), (2, "A"), (2, "B")])
def test_a_refresh_token_gives_markers_and_the_next_one(generation, variant):
    esia, first = offline(generation)
    answer = esia.post(esia.refresh(first["refresh_token"], variant=variant, state="s-2"))
    assert answer.status_code == 200, answer.text
    second = answer.json()
    assert second["state"] == "s-2"
    assert second["refresh_token"] != first["refresh_token"]
    assert actions.holder_of(second["access_token"]).client_id == "TESTIS"
    assert esia.post(esia.refresh(second["refresh_token"], variant=variant)).status_code == 200


def test_online_access_gives_no_refresh_token():
    registered()
    assert "refresh_token" not in Esia().markers()
    assert not RefreshToken.objects.exists()


@pytest.mark.parametrize("generation", [1, 2])
def test_a_refresh_token_used_twice_ends_the_whole_family(generation):
    esia, first = offline(generation)
    second = esia.post(esia.refresh(first["refresh_token"])).json()
    assert told(esia.post(esia.refresh(first["refresh_token"]))) == ("invalid_grant", "ESIA-007011")
    assert actions.holder_of(second["access_token"]) is None
    assert told(esia.post(esia.refresh(second["refresh_token"]))) == ("invalid_grant", "ESIA-007011")
    assert Journal.objects.filter(act="esia.refresh_reused").count() == 1


def test_offline_outlives_the_session_but_not_the_consent():
    esia, first = offline()
    sign_out(Session.objects.get().pk)
    assert actions.holder_of(first["access_token"])
    second = esia.post(esia.refresh(first["refresh_token"])).json()
    consents.revoke(known("anna").sub, Consent.objects.get().pk, session="")
    assert actions.holder_of(second["access_token"]) is None
    assert told(esia.post(esia.refresh(second["refresh_token"]))) == ("invalid_grant", "ESIA-007011")


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"refresh_token": "invented"}, "invalid_grant", "007011"),
        ({"refresh_token": None}, "invalid_request", "007014"),
        ({"scope": None}, "invalid_scope", "007013"),
        ({"redirect_uri": "http://127.0.0.1:9/other"}, "invalid_grant", "007011"),
    ],
)
@pytest.mark.parametrize("generation", [1, 2])
def test_a_refresh_that_cannot_be(changes, error, code, generation):
    esia, first = offline(generation)
    answer = esia.post(esia.refresh(first["refresh_token"], **changes))
    assert told(answer) == (error, f"ESIA-{code}")


def test_a_refresh_token_of_another_system_or_generation_gives_nothing():
    esia, first = offline()
    registered(rsa_pair("Другая система")[1], mnemonic="OTHER")
    other = Esia(mnemonic="OTHER", pair=rsa_pair("Другая система"))
    assert told(other.post(other.refresh(first["refresh_token"]))) == ("invalid_grant", "ESIA-007011")
    newer = Esia(2)
    assert told(newer.post(newer.refresh(first["refresh_token"]))) == ("invalid_grant", "ESIA-007011")
    assert esia.post(esia.refresh(first["refresh_token"])).status_code == 200


def test_a_refresh_token_expires():
    esia, first = offline()
    RefreshToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert told(esia.post(esia.refresh(first["refresh_token"]))) == ("invalid_grant", "ESIA-007011")


def test_a_family_of_refresh_tokens_lives_a_year_however_often_it_is_used():
    esia, first = offline()
    Grant.objects.update(given_at=timezone.now() - timedelta(days=364))
    second = esia.post(esia.refresh(first["refresh_token"])).json()
    last = RefreshToken.objects.get(used_at=None)
    assert last.expires_at < timezone.now() + timedelta(days=1, minutes=1)
    Grant.objects.update(given_at=timezone.now() - timedelta(days=365, seconds=1))
    assert told(esia.post(esia.refresh(second["refresh_token"]))) == ("invalid_grant", "ESIA-007011")
    assert Diagnosis.objects.exclude(code="").get().code == "refresh_expired"


# ── our own failures ──


def test_the_database_fails(monkeypatch):
    def broken(*_):
        raise psycopg.OperationalError

    registered()
    form = Esia().te(Esia().code(), state="s-1")
    monkeypatch.setattr(actions, "exchange", broken)
    answer = Esia().post(form)
    assert (answer.status_code, answer.json()["state"]) == (503, "s-1")
    assert said(answer.json()) == ("temporarily_unavailable", "ESIA-007008")


@pytest.mark.parametrize("failure", [RuntimeError("a secret of ours"), gost.EngineMissing("none here")])
def test_we_fail_and_the_code_stays_good(monkeypatch, failure):
    def broken(*_):
        raise failure

    registered()
    code = Esia().code()
    with monkeypatch.context() as patch:
        patch.setattr(markers, "access_marker", broken)
        answer = Esia().post(Esia().te(code))
    assert answer.status_code == 500
    assert said(answer.json()) == ("server_error", "ESIA-007007")
    assert "secret" not in answer.text
    assert Esia().post(Esia().te(code)).status_code == 200


def test_we_fail_and_the_refresh_token_stays_good(monkeypatch):
    def broken(*_):
        raise gost.EngineMissing("none here")

    esia, first = offline()
    with monkeypatch.context() as patch:
        patch.setattr(markers, "access_marker", broken)
        answer = esia.post(esia.refresh(first["refresh_token"]))
    assert said(answer.json()) == ("server_error", "ESIA-007007")
    assert esia.post(esia.refresh(first["refresh_token"])).status_code == 200
