"""Attacks on the OpenID provider that the tests of its single endpoints do not make.

Those they make: a code used twice, by another service, without its verifier (test_oidc_token.py); a refresh token used
twice (test_oidc_refresh.py); a proof or an assertion sent again, a public key as a secret, `none`
(test_oidc_dpop.py, test_oidc_private_key_jwt.py); requests that shun PAR (test_oidc_par.py); a hundred hostile
addresses (test_attacks_redirects.py). State is the service's own: the cabinet takes an answer once, in the browser
that asked (dopusk/cabinet/signin/tests).
"""

import base64
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, RSAKey

from dopusk.portal.esia.tests import esia_client
from dopusk.portal.oidc import backchannel
from dopusk.portal.tests.browser import (
    CALLBACK,
    CHALLENGE,
    CLIENT,
    PORTAL,
    SECRET,
    SIGNED_OUT,
    VERIFIER,
    Browser,
    authorization,
    check_of,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
    userinfo,
)
from tests.conformance import party

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def coded(content: bytes | dict[str, Any]) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# mix-up


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"prompt": "none"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge": None},
        {"request": "x.y.z"},
        {"max_age": "soon"},
        {"response_mode": "fragment"},
        {"id_token_hint": "x.y.z"},
    ],
    ids=lambda changes: next(iter(changes), "good"),
)
def test_every_answer_says_who_gives_it(changes):
    """RFC 9207 §2, codes and errors alike: who speaks to several providers mistakes none for another."""
    browser = Browser()
    if not changes:
        code_for(browser)
    told = parameters(browser.get(authorization(**changes)))
    assert told["iss"] == PORTAL
    assert ("code" in told) is not ("error" in told)


def test_a_code_of_one_service_in_the_answer_to_another_opens_nothing():
    """The cabinet is handed the pharmacy's code: it is nobody's there, and stays good where it belongs."""
    party.pharmacy()
    browser = Browser()
    foreign = party.code(browser)
    refused = exchange(foreign)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert party.exchange(foreign).status_code == 200


def test_a_code_of_boris_brought_into_annas_sign_in_opens_nothing():
    """RFC 9700 §4.5, code injection: hers was asked for with another challenge."""
    stolen = code_for(Browser(), "boris")
    injected = exchange(stolen, code_verifier="a" * 43)
    assert injected.json()["error"] == "invalid_grant"


# downgrade


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": ""},
    ],
    ids=["none", "no-method", "plain", "case", "empty"],
)
def test_pkce_is_not_bargained_down(changes):
    browser = Browser()
    code_for(browser)
    told = parameters(browser.get(authorization(**changes)))
    assert (told["error"], "code" in told) == ("invalid_request", False)


@pytest.mark.parametrize("verifier", [None, "", CHALLENGE], ids=["none", "empty", "the-challenge-itself"])
def test_a_verifier_once_promised_cannot_be_left_out(verifier):
    code = code_for(Browser())
    assert exchange(code, code_verifier=verifier).status_code == 400
    assert exchange(code).status_code == 200


def test_a_service_with_keys_is_not_let_in_by_a_secret():
    """It had a secret before it had keys; that one opens nothing any more."""
    party.pharmacy()
    code = party.code()
    party.pharmacy(auth_method="private_key_jwt")
    for secret in (party.SECRET, ""):
        refused = party.exchange(code, auth=(party.PHARMACY, secret))
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert party.exchange(code, auth=None, **party.assertion()).status_code == 200


def test_a_service_with_a_secret_is_not_let_in_by_a_key_of_its_own_making():
    party.pharmacy()
    refused = party.exchange(party.code(), auth=None, **party.assertion())
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


# algorithm confusion


def published(kind: type[ECKey] | type[RSAKey]) -> list[bytes]:
    """Our public keys as an attacker could feed them to an HMAC: PEM, DER, the JWK."""
    found = []
    for key in Browser().get("/oidc/jwks").json()["keys"]:
        if key["kty"] == {"ECKey": "EC", "RSAKey": "RSA"}[kind.__name__]:
            whole = kind.import_key({name: value for name, value in key.items() if name != "use"})
            pem = whole.as_pem(private=False)
            found += [pem, pem.strip(), whole.as_der(private=False), json.dumps(key).encode()]
    return found


@pytest.mark.parametrize("kind", [ECKey, RSAKey], ids=["EC", "RSA"])
@pytest.mark.parametrize("alg", ["HS256", "none", "ES256", "RS256"])
def test_a_hint_under_a_forged_signature_is_nobodys(kind, alg):
    """The public key as a secret, no signature, and an algorithm that is not the key's."""
    browser = Browser()
    hint = exchange(code_for(browser)).json()["id_token"]
    head, body, signature = hint.split(".")
    kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
    tried = [(b"", signature)] if alg == "RS256" else [(b"", "")]
    for secret in published(kind):
        said = f"{coded({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{body}"
        tried.append((secret, coded(hmac.new(secret, said.encode(), "sha256").digest())))
    for _, forged in tried:
        one = f"{coded({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{body}.{forged}"
        told = parameters(browser.get(authorization(id_token_hint=one, prompt="none")))
        assert check_of(told) == "hint_invalid"
        leaving = browser.get("/oidc/logout", params={"id_token_hint": one, "client_id": CLIENT})
        assert (leaving.status_code, "hint_invalid" in leaving.text) == (400, True)
    assert "code" in parameters(browser.get(authorization(prompt="none")))


# one thing for another


def test_an_id_token_and_a_logout_token_open_nothing():
    answer = exchange(code_for(Browser())).json()
    told = backchannel.logout_token(CLIENT, "ES256", str(known("anna").sub), None)
    for token in (answer["id_token"], told):
        assert userinfo(token).status_code == 401
    assert userinfo(answer["access_token"]).status_code == 200


def test_a_logout_token_is_no_hint():
    """Back-Channel Logout §2.4 forbids the nonce and RFC 8725 §3.11 wants types told apart: this is how they are."""
    browser = Browser()
    code_for(browser)
    told = backchannel.logout_token(CLIENT, "ES256", str(known("anna").sub), None)
    answer = browser.get(
        "/oidc/logout", params={"id_token_hint": told, "post_logout_redirect_uri": SIGNED_OUT}
    )
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("generation", [1, 2], ids=["v1", "v2"])
def test_markers_of_the_esia_dialect_open_nothing_of_openid_connect(generation):
    """They lie in the same table; each opens its own door only (RFC 8725 §3.12)."""
    esia_client.registered()
    party.pharmacy()
    told = esia_client.Esia(generation).markers(access_type="offline")
    for token in (told["access_token"], told["id_token"], told["refresh_token"]):
        assert userinfo(token).status_code == 401
        assert party.ask(party.INTROSPECT, token=token).json() == {"active": False}
        assert party.refresh(token).json()["error"] == "invalid_grant"


def test_a_hint_made_by_the_esia_dialect_is_nobodys():
    esia_client.registered()
    browser = Browser()
    told = esia_client.Esia().markers(browser)
    answer = parameters(browser.get(authorization(id_token_hint=told["id_token"], prompt="none")))
    assert check_of(answer) == "hint_invalid"


# guessing and flooding


def test_a_code_cannot_be_guessed_from_another():
    """256 random bits each; a near miss is as good as nothing."""
    code = code_for(Browser())
    near = [code[:-1] + sign for sign in "AEIMQUYcgkosw048" if sign != code[-1]]
    for one in [*near, code.swapcase(), code[:-1], code + "A", f" {code}"]:
        assert exchange(one).status_code == 400
    assert exchange(code).status_code == 200


def test_who_sends_every_secret_at_once_is_not_let_in():
    """RFC 6749 §2.3: one way of authenticating a request."""
    code = code_for(Browser())
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    answer = Browser().post(
        "/oidc/token",
        data={**form, "code_verifier": VERIFIER, "client_id": CLIENT, "client_secret": SECRET},
        auth=httpx.BasicAuth(CLIENT, SECRET),
    )
    assert answer.status_code == 400
    assert exchange(code).status_code == 200


def test_a_stale_mark_of_having_signed_in_anew_does_not_outlast_its_quarter_of_an_hour(monkeypatch):
    browser = Browser()
    code_for(browser)
    sent = browser.get(authorization(prompt="login"))
    back = parameters(sent)["next"]
    signed_in = browser.sign_in("anna@example.org", next_path=back)
    later = time.time() + 901
    with monkeypatch.context() as clock:
        clock.setattr("django.core.signing.time.time", lambda: later)
        assert path_of(browser.get(signed_in.headers["location"])) == "/signin/"
