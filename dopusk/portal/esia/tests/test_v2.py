"""Анна signs in at a system of the second generation: raw signatures at v2/ac and v3/te, PKCE where it is wished."""

import base64
import hashlib
import uuid

import pytest

from dopusk.portal.esia import numbers, signing
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.tests.esia_client import (
    MNEMONIC,
    SCOPE,
    Esia,
    entered,
    forget,
    gost_pair,
    registered,
    said,
    stamp,
)
from dopusk.portal.oidc.models import ServiceToken
from dopusk.portal.tests.browser import Browser, known, parameters
from dopusk.trust.tests.signers import openssl

pytestmark = pytest.mark.django_db
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def refusal(answer):
    assert answer.status_code == 400, answer.text
    return said(answer.json())


def test_anna_signs_in_with_an_rsa_key_for_development():
    registered()
    told = Esia(2).markers(scope_org="")
    assert signing.verify(told["id_token"])["aud"] == "TESTIS"


@pytest.mark.usefixtures("gost_engine")
@pytest.mark.parametrize("generation", [1, 2])
def test_gost_from_end_to_end_and_openssl_agrees_from_outside(generation, tmp_path):
    """Her system signs by GOST, a CMS or bare; the markers are GOST too, checked by the published key alone."""
    registered(gost_pair()[1], token_alg=signing.GOST)
    told = Esia(generation, pair=gost_pair()).markers()
    public_key, given = tmp_path / "esia.pub", tmp_path / "signature"
    public_key.write_text(signing.public(signing.GOST)[1])
    for marker in (told["access_token"], told["id_token"]):
        said, _, signature = marker.rpartition(".")
        given.write_bytes(base64.urlsafe_b64decode(signature + "=="))
        arguments = ("dgst", "-engine", "gost", "-md_gost12_256", "-verify", public_key, "-signature", given)
        assert openssl(*arguments, given=said.encode()).returncode == 0
        assert openssl(*arguments, given=f"{said}x".encode()).returncode != 0


def test_pkce_holds_when_it_is_asked_for():
    registered()
    esia = Esia(2)
    answer = esia.post(esia.te(esia.code(**PKCE), code_verifier=VERIFIER))
    assert answer.status_code == 200


@pytest.mark.parametrize("verifier", ["w" * 43, "short", None])
def test_another_verifier_or_none_gives_nothing(verifier):
    registered()
    esia = Esia(2)
    answer = esia.post(esia.te(esia.code(**PKCE), code_verifier=verifier))
    assert refusal(answer) == ("invalid_grant", "ESIA-007040")


def test_a_verifier_without_a_challenge_gives_nothing():
    registered()
    esia = Esia(2)
    answer = esia.post(esia.te(esia.code(), code_verifier=VERIFIER))
    assert refusal(answer) == ("invalid_grant", "ESIA-007039")


@pytest.mark.parametrize(
    "changes", [{"code_challenge_method": "plain"}, {"code_challenge": "x"}, {"code_challenge": ""}]
)
def test_a_challenge_is_s256_and_whole(changes):
    registered()
    answer = Browser().get(Esia(2).ac(**{**PKCE, **changes}))
    assert said(parameters(answer)) == ("invalid_request", "ESIA-007003")


def test_a_system_refreshes_a_consent_for_itself():
    registered()
    esia = Esia(2)
    esia.code()
    oid = numbers.oid_of(known("anna").sub)
    form = esia.service(oid)
    answer = esia.post(form)
    assert answer.status_code == 200, answer.text
    content = signing.verify(answer.json()["access_token"])
    assert (content["scope"], content["urn:esia:sbj_id"]) == (f"prm_chg?oid={oid}", oid)
    assert "urn:esia:sid" not in content
    assert ServiceToken.objects.get().scopes == [f"prm_chg?oid={oid}"]
    assert refusal(esia.post(form)) == ("invalid_grant", "ESIA-007011")


def test_a_consent_nobody_gave_cannot_be_refreshed():
    registered()
    oid = numbers.oid_of(known("anna").sub)
    assert refusal(Esia(2).post(Esia(2).service(oid))) == ("access_denied", "ESIA-007019")
    assert refusal(Esia(2).post(Esia(2).service(1))) == ("access_denied", "ESIA-007019")


def test_a_consent_is_refreshed_by_its_scope_alone_and_by_systems_that_may():
    registered(scopes=("openid",))
    esia = Esia(2)
    assert refusal(esia.post(esia.service(1))) == ("access_denied", "ESIA-007019")
    assert refusal(esia.post(esia.service(1, scope="openid"))) == ("invalid_scope", "ESIA-007006")


def test_v1_knows_no_credentials_of_its_own():
    registered()
    esia = Esia()
    assert refusal(esia.post(esia.service(1))) == ("unsupported_grant_type", "ESIA-007012")


def test_the_state_of_te_is_another_than_that_of_ac():
    registered()
    esia, state = Esia(2), str(uuid.uuid4())
    answer = esia.post(esia.te(esia.code(state=state), state=state))
    assert refusal(answer) == ("invalid_request", "ESIA-007003")
    assert answer.json()["state"] == state


def test_a_state_works_at_te_once():
    registered()
    esia, state, browser = Esia(2), str(uuid.uuid4()), Browser()
    assert esia.post(esia.te(esia.code(browser), state=state)).status_code == 200
    answer = esia.post(esia.te(esia.code(browser), state=state))
    assert refusal(answer) == ("invalid_request", "ESIA-007003")


def test_a_lenient_system_may_repeat_its_state():
    registered(lenient=True)
    esia, state = Esia(2), str(uuid.uuid4())
    assert esia.post(esia.te(esia.code(state=state), state=state)).status_code == 200


def test_a_lenient_system_may_put_te_into_the_address_and_a_strict_one_may_not():
    made = registered(lenient=True)
    esia = Esia(2)
    form = esia.te(esia.code(browser := Browser()))
    assert Browser().post(esia.te_path, params=form).status_code == 200
    made.lenient = False
    made.save()
    forget()
    form = esia.te(esia.code(browser))
    assert refusal(Browser().post(esia.te_path, params=form)) == ("invalid_request", "ESIA-007038")


def test_an_address_encoded_twice_is_for_lenient_systems():
    made = registered(lenient=True)
    esia, browser = Esia(2), Browser()
    twice = "http%3A%2F%2F127.0.0.1%3A9%2Fcb%3Ffrom%3Desia"
    assert esia.post(esia.te(esia.code(browser), redirect_uri=twice)).status_code == 200
    made.lenient = False
    made.save()
    forget()
    answer = esia.post(esia.te(esia.code(browser), redirect_uri=twice))
    assert refusal(answer) == ("invalid_grant", "ESIA-007011")


def test_a_refresh_token_beside_a_code_is_for_lenient_systems():
    made = registered(lenient=True)
    esia, browser = Esia(2), Browser()
    assert esia.post(esia.te(esia.code(browser), refresh_token="x")).status_code == 200
    made.lenient = False
    made.save()
    forget()
    answer = esia.post(esia.te(esia.code(browser), refresh_token="x"))
    assert refusal(answer) == ("invalid_request", "ESIA-007003")


def test_a_code_of_v2_is_none_at_v1_and_the_other_way():
    registered()
    browser = Browser()
    new, old = Esia(2), Esia()
    assert refusal(old.post(old.te(new.code(browser)))) == ("invalid_grant", "ESIA-007011")
    assert refusal(new.post(new.te(entered(browser, old.ac())["code"]))) == ("invalid_grant", "ESIA-007011")


@pytest.mark.parametrize("door", ["ac", "te"])
def test_pkcs7_without_a_hash_is_for_lenient_systems(door):
    """Quirk 11 (§10): PKCS#7 names its signer itself."""
    made = registered(lenient=True)
    browser, esia = Browser(), Esia(2)
    code = esia.code(browser)

    def ask():
        said = {"timestamp": stamp(), "state": str(uuid.uuid4()), "client_id": MNEMONIC, "scope": SCOPE}
        secret = Esia().signed(said)["client_secret"]
        said |= {"client_secret": secret, "client_certificate_hash": None}
        if door == "te":
            answer = esia.post(esia.te(code, **said))
            return answer.json()
        return parameters(browser.get(esia.ac(**said)))

    assert {"code", "access_token"} & set(ask())
    kept = Diagnosis.objects.latest("at")
    assert "cms_on_v2" in kept.report["forgiven"]
    made.lenient = False
    made.save()
    forget()
    refused = ask()
    assert refused["error_description"].startswith("ESIA-007014")
    assert "[client_certificate_hash]" in refused["error_description"]
