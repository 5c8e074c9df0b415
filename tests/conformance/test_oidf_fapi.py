"""OIDF's plan `fapi2-security-profile-final-test-plan`, one test a module, by the module's own name.

Variant: plain_fapi, openid_connect, private_key_jwt, dpop, unsigned requests by PAR, plain_response. The service is the
pharmacy, registered so that it must push its requests and bind its tokens.
"""

import secrets
import time
from typing import Any

import httpx
import pytest
from django.db import connection
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.clients.actions import register
from dopusk.portal.tests.browser import (
    CALLBACK,
    CHALLENGE,
    PORTAL,
    VERIFIER,
    Browser,
    known,
    parameters,
    path_of,
)
from tests.conformance.party import (
    ABSENT,
    EC,
    EVERY_GRANT,
    OTHER_EC,
    PAR,
    PHARMACY,
    RSA,
    TOKEN,
    USERINFO,
    ask,
    assertion,
    pharmacy,
    proof,
    public_set,
    refresh,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
OPTICIAN = "optician"
REQUEST: dict[str, str | None] = {
    "response_type": "code",
    "redirect_uri": CALLBACK,
    "scope": "openid profile",
    "state": "s-1",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture(autouse=True)
def _services(db) -> None:
    """The pharmacy, and another service by the same profile."""
    strict = {"auth_method": "private_key_jwt", "secret": "", "par_required": True, "dpop_required": True}
    pharmacy(**strict)
    register(
        OPTICIAN,
        name="Оптика",
        redirect_uris=[CALLBACK],
        signed_out_uris=[],
        scopes=["openid", "profile"],
        grant_types=EVERY_GRANT,
        jwks=public_set(OTHER_EC),
        **strict,
    )


def as_optician() -> dict[str, str]:
    return assertion(key=OTHER_EC, iss=OPTICIAN, sub=OPTICIAN)


def pushed(headers: dict[str, str] | None = None, **changes: str | None) -> httpx.Response:
    """A request pushed by the pharmacy; it shows who it is unless an assertion is among the changes."""
    shown: dict[str, Any] = {} if "client_assertion" in changes else assertion()
    return ask(PAR, auth=None, headers=headers, **{**REQUEST, **shown, **changes})


def reference(**changes: str | None) -> str:
    answer = pushed(**changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_uri"])


def browsed(uri: str, browser: Browser | None = None, decision: str = "allow", **more: str) -> dict[str, str]:
    """Анна follows a reference; what the pharmacy is told in the end."""
    browser = browser or Browser()
    answer = browser.get("/oidc/authorize", params={"client_id": PHARMACY, "request_uri": uri, **more})
    if answer.status_code != 303:
        return {"page": str(answer.status_code)}
    if path_of(answer) == "/signin/":
        known("anna")
        signed_in = browser.sign_in("anna@example.org", next_path=parameters(answer)["next"])
        answer = browser.get(signed_in.headers["location"])
    if path_of(answer) == "/consents/give/":
        page = browser.get(answer.headers["location"])
        given = browser.submit(page, "/consents/give/", decision=decision)
        answer = browser.get(given.headers["location"])
    assert path_of(answer) == CALLBACK
    return parameters(answer)


def code(**changes: str | None) -> str:
    told = browsed(reference(**changes))
    assert "code" in told, told
    return told["code"]


def redeemed(given: str, headers: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
    """The code at the token endpoint, with an assertion and a proof unless told otherwise."""
    values = {
        "grant_type": "authorization_code",
        "code": given,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **({} if "client_assertion" in changes else assertion()),
        **changes,
    }
    return ask(TOKEN, auth=None, headers=proof() if headers is None else headers, **values)


def claims_of(answer: httpx.Response) -> dict[str, Any]:
    """The ID token as FAPI 2.0 and OIDC Core have it checked."""
    assert answer.status_code == 200, answer.text
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    claims = dict(jwt.decode(answer.json()["id_token"], keys, ["ES256"]).claims)
    assert (claims["iss"], claims["aud"]) == (PORTAL, PHARMACY)
    return claims


def opens(token: str, headers: dict[str, str] | None = None, scheme: str = "DPoP") -> int:
    shown = proof(USERINFO, "GET", token=token) if headers is None else headers
    return Browser().get(USERINFO, headers={"Authorization": f"{scheme} {token}", **shown}).status_code


def refused(answer: httpx.Response, *errors: str) -> bool:
    return answer.status_code in {400, 401} and answer.json()["error"] in errors


# well-behaved services


def test_fapi2_security_profile_final_discovery_end_point_verification():
    there = Browser().get("/.well-known/openid-configuration").json()
    assert there["issuer"] == PORTAL
    for name in ("authorization", "token", "userinfo", "pushed_authorization_request"):
        assert there[f"{name}_endpoint"].startswith(PORTAL)
    assert "private_key_jwt" in there["token_endpoint_auth_methods_supported"]
    assert {"PS256", "ES256"} & set(there["token_endpoint_auth_signing_alg_values_supported"])
    assert {"PS256", "ES256"} & set(there["dpop_signing_alg_values_supported"])
    assert there["authorization_response_iss_parameter_supported"] is True
    assert there["code_challenge_methods_supported"] == ["S256"]
    assert "authorization_code" in there["grant_types_supported"]
    assert there["response_types_supported"] == ["code"]


def test_fapi2_security_profile_final_happy_flow():
    answer = pushed()
    told = answer.json()
    assert (answer.status_code, 0 < told["expires_in"] < 600) == (201, True)
    assert len(told["request_uri"].rpartition(":")[2]) >= 22  # 128 bits at least, RFC 9126 §2.2
    back = browsed(told["request_uri"])
    assert (back["state"], back["iss"]) == ("s-1", PORTAL)
    tokens = redeemed(back["code"])
    assert claims_of(tokens)["nonce"] == "n-1"
    assert tokens.json()["token_type"] == "DPoP"
    assert opens(tokens.json()["access_token"]) == 200


def test_fapi2_security_profile_final_user_rejects_authentication():
    told = browsed(reference(), decision="deny")
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "s-1", PORTAL)


def test_fapi2_security_profile_final_ensure_authorization_request_without_state_success():
    told = browsed(reference(state=None))
    assert "state" not in told
    assert claims_of(redeemed(told["code"]))


def test_fapi2_security_profile_final_ensure_authorization_request_without_nonce_success():
    assert "nonce" not in claims_of(redeemed(code(nonce=None)))


def test_fapi2_security_profile_final_ensure_authorization_request_with_64_char_nonce_success():
    nonce = "n" * 64
    assert claims_of(redeemed(code(nonce=nonce)))["nonce"] == nonce


def test_fapi2_security_profile_final_ensure_other_scope_order_succeeds():
    assert claims_of(redeemed(code(scope="profile openid")))


def test_fapi2_security_profile_final_access_token_type_header_case_sensitivity():
    """RFC 9110 §11.1: the name of the scheme is not case-sensitive."""
    token = redeemed(code()).json()["access_token"]
    assert [opens(token, scheme=scheme) for scheme in ("DPoP", "dpop", "DPOP")] == [200, 200, 200]


# DPoP


def test_fapi2_security_profile_final_check_dpop_proof_nbf_exp():
    """The suite lets a server ignore these two; a proof that says them well passes."""
    now = int(time.time())
    assert redeemed(code(), headers=proof(nbf=now - 5, exp=now + 60)).status_code == 200


def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds():
    assert redeemed(code(), headers=proof(iat=int(time.time()) - 10)).status_code == 200


def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds():
    assert redeemed(code(), headers=proof(iat=int(time.time()) + 10)).status_code == 200


def test_fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails():
    """RFC 9449 §10.1: at PAR the named key and the shown one are one."""
    answer = pushed(headers=proof(PAR), dpop_jkt=OTHER_EC.thumbprint())
    assert refused(answer, "invalid_request", "invalid_dpop_proof")


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt():
    """The request was pushed with a proof by one key, the code is brought with another."""
    answer = pushed(headers=proof(PAR))
    given = browsed(answer.json()["request_uri"])["code"]
    assert refused(redeemed(given, headers=proof(key=OTHER_EC)), "invalid_grant", "invalid_dpop_proof")


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt():
    given = code(dpop_jkt=OTHER_EC.thumbprint())
    assert refused(redeemed(given), "invalid_grant", "invalid_dpop_proof")


def test_fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success():
    answer = pushed(headers=proof(PAR))
    assert claims_of(redeemed(browsed(answer.json()["request_uri"])["code"]))


def test_fapi2_security_profile_final_ensure_dpop_auth_code_binding_success():
    assert claims_of(redeemed(code(dpop_jkt=EC.thumbprint())))


def test_fapi2_security_profile_final_dpop_negative_tests():
    """RFC 9449 §4.3, one wrong thing at a time; at the token endpoint and at userinfo."""
    now = int(time.time())
    none = proof()["DPoP"].split(".")
    wrong = {
        "another address": {"htu": f"{PORTAL}/oidc/userinfo2"},
        "no address": {"htu": ABSENT},
        "another method": {"htm": "PUT"},
        "no method": {"htm": ABSENT},
        "no identifier": {"jti": ABSENT},
        "no moment": {"iat": ABSENT},
        "an hour ago": {"iat": now - 3600},
        "in an hour": {"iat": now + 3600},
        "another type": {"header": {"typ": "JWT"}},
        "no type": {"header": {"typ": ABSENT}},
        "no key": {"header": {"jwk": ABSENT}},
        "somebody's key": {"header": {"jwk": OTHER_EC.as_dict(private=False)}},
        "the private key": {"header": {"jwk": EC.as_dict(private=True)}},
    }
    given = code()
    for what, changes in wrong.items():
        assert refused(redeemed(given, headers=proof(**changes)), "invalid_dpop_proof"), what
    for text in ("", "x", "a.b.c", f"{none[0]}.{none[1]}.", f"{proof()['DPoP']}, {proof()['DPoP']}"):
        assert refused(redeemed(given, headers={"DPoP": text}), "invalid_dpop_proof", "invalid_request"), text
    token = redeemed(given).json()["access_token"]
    for what, changes in wrong.items():
        shown = proof(USERINFO, "GET", token=token, **changes)
        assert opens(token, headers=shown) == 401, what
    for what, ath in {"no hash": ABSENT, "of another": "x" * 43}.items():
        assert opens(token, headers=proof(USERINFO, "GET", ath=ath)) == 401, what
    assert opens(token, headers=proof(USERINFO, "GET", token=token, key=OTHER_EC)) == 401
    assert opens(token, headers={}) == 401
    assert opens(token, headers={}, scheme="Bearer") == 401
    used = proof(USERINFO, "GET", token=token)
    assert [opens(token, headers=used), opens(token, headers=used)] == [200, 401]


# requests that say more than they should, or less


def test_fapi2_security_profile_final_ensure_different_nonce_inside_and_outside_request_object():
    told = browsed(reference(), nonce="outside")
    assert claims_of(redeemed(told["code"]))["nonce"] == "n-1"


def test_fapi2_security_profile_final_ensure_different_state_inside_and_outside_request_object():
    assert browsed(reference(), state="outside")["state"] == "s-1"


def test_fapi2_security_profile_final_state_only_outside_request_object_not_used():
    assert "state" not in browsed(reference(state=None), state="outside")


def test_fapi2_security_profile_final_ensure_authorization_request_with_long_nonce():
    nonce = secrets.token_hex(192)
    assert claims_of(redeemed(code(nonce=nonce)))["nonce"] == nonce


def test_fapi2_security_profile_final_ensure_authorization_request_with_long_state():
    state = secrets.token_hex(192)
    assert browsed(reference(state=state))["state"] == state


def test_fapi2_security_profile_final_ensure_request_object_without_redirect_uri_fails():
    assert refused(pushed(redirect_uri=None), "invalid_request")


def test_fapi2_security_profile_final_ensure_redirect_uri_in_authorization_request():
    """FAPI 2.0 §5.3.2.2: it is pushed; one that comes with the browser does not count."""
    assert refused(pushed(redirect_uri=None), "invalid_request")
    assert "code" in browsed(reference(), redirect_uri="http://evil.example/")


def test_fapi2_security_profile_final_ensure_registered_redirect_uri():
    assert refused(pushed(redirect_uri=f"{CALLBACK}unregistered"), "invalid_request")


def test_fapi2_security_profile_final_plain_fapi_tolerate_unregistered_redirect_uri():
    """A server may take an unregistered address from a service that has shown who it is; this one does not."""
    assert refused(pushed(redirect_uri="http://localhost:9/never/registered"), "invalid_request")


def test_fapi2_security_profile_final_ensure_unsigned_authorization_request_without_using_par_fails():
    answer = Browser().get("/oidc/authorize", params={**REQUEST, "client_id": PHARMACY})
    assert parameters(answer)["error"] in {"invalid_request", "invalid_request_object"}


@pytest.mark.parametrize(
    "response_type",
    ["code id_token", "token"],
    ids=[
        "fapi2-security-profile-final-ensure-response-type-code-idtoken-fails",
        "fapi2-security-profile-final-ensure-response-type-token-fails",
    ],
)
def test_fapi2_security_profile_final_response_type(response_type):
    assert refused(pushed(response_type=response_type), "unsupported_response_type", "invalid_request")


# the token endpoint


def test_fapi2_security_profile_final_ensure_client_id_in_token_endpoint():
    """A `client_id` of another beside our own assertion."""
    given = code()
    assert refused(redeemed(given, client_id=OPTICIAN), "invalid_client", "invalid_request")


def test_fapi2_security_profile_final_ensure_holder_of_key_required():
    assert refused(redeemed(code(), headers={}), "invalid_request", "invalid_dpop_proof", "invalid_grant")


def test_fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client():
    given = code()
    stolen = redeemed(given, headers=proof(key=OTHER_EC), **as_optician())
    assert refused(stolen, "invalid_grant")


def test_fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second():
    given = code()
    token = redeemed(given).json()["access_token"]
    assert opens(token) == 200
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oidc_grant SET code_used_at = code_used_at - interval '1 second'")
    assert refused(redeemed(given), "invalid_grant")
    assert opens(token) == 401


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code():
    given = code()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oidc_grant SET code_expires_at = now() - interval '1 second'")
    assert refused(redeemed(given), "invalid_grant")


# assertions


def test_fapi2_security_profile_final_ensure_signed_client_assertion_with_rs256_fails():
    """FAPI 2.0 §5.4.1: RS256 is out. A key registered for PS256 does not sign by it."""
    key = {**RSA.as_dict(private=False), "kid": RSA.thumbprint(), "alg": "PS256"}
    pharmacy(
        auth_method="private_key_jwt",
        jwks={"keys": [key]},
        par_required=True,
        dpop_required=True,
    )
    assert pushed(**assertion("PS256")).status_code == 201
    assert refused(pushed(**assertion("RS256")), "invalid_client")


def test_fapi2_security_profile_final_ensure_client_assertion_in_token_endpoint():
    given = code()
    without = redeemed(given, client_assertion=None, client_assertion_type=None, client_id=PHARMACY)
    assert refused(without, "invalid_client", "invalid_request")


def test_fapi2_security_profile_final_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails():
    given = code()
    assert refused(redeemed(given, **assertion(exp=int(time.time()) - 300)), "invalid_client")


def test_fapi2_security_profile_final_ensure_client_assertion_with_wrong_aud_fails():
    given = code()
    assert refused(redeemed(given, **assertion(aud="https://another.example")), "invalid_client")


def test_fapi2_security_profile_final_ensure_client_assertion_with_no_sub_fails():
    given = code()
    assert refused(redeemed(given, **assertion(sub=ABSENT)), "invalid_client")


def test_fapi2_security_profile_final_ensure_invalid_client_assertions_fail():
    now = int(time.time())
    good = assertion()
    head, body, signature = good["client_assertion"].split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    none = "eyJhbGciOiJub25lIn0"
    wrong: dict[str, dict[str, str | None]] = {
        "none": {"client_assertion": None, "client_assertion_type": None, "client_id": PHARMACY},
        "no type": {**good, "client_assertion_type": None},
        "another type": {**good, "client_assertion_type": f"{good['client_assertion_type']}2"},
        "no sub": assertion(sub=ABSENT),
        "another sub": assertion(sub=OPTICIAN),
        "no iss": assertion(iss=ABSENT),
        "another iss": assertion(iss=OPTICIAN),
        "no aud": assertion(aud=ABSENT),
        "an unrelated aud": assertion(aud="https://another.example"),
        "the address of PAR": assertion(aud=PAR),
        "the address of token": assertion(aud=TOKEN),
        "a list": assertion(aud=[PORTAL, "https://another.example"]),
        "expired": assertion(exp=now - 300),
        "too early": assertion(iat=now + 75, nbf=now + 75, exp=now + 135),
        "alg none": {**good, "client_assertion": f"{none}.{body}."},
        "a wrong signature": {**good, "client_assertion": f"{head}.{body}.{flipped}"},
    }
    for what, shown in wrong.items():
        assert refused(pushed(**shown), "invalid_client", "invalid_request"), what
    assert pushed(**assertion(iat=now + 8, nbf=now + 8)).status_code == 201
    assert pushed(**good).status_code == 201


# refresh


def test_fapi2_security_profile_final_refresh_token():
    """FAPI 2.0 §5.3.2.1 wants no rotation of those bound to a key; it is allowed, and a lost answer costs a sign-in."""
    given = code(scope="openid profile offline_access", prompt="consent")
    first = redeemed(given).json()
    renewed = refresh(first["refresh_token"], auth=None, headers=proof(), **assertion())
    assert (renewed.status_code, renewed.json()["token_type"]) == (200, "DPoP")
    assert opens(renewed.json()["access_token"]) == 200
    stolen = refresh(renewed.json()["refresh_token"], auth=None, headers=proof(key=OTHER_EC), **as_optician())
    assert refused(stolen, "invalid_grant")
    unproved = refresh(renewed.json()["refresh_token"], auth=None, **assertion())
    assert refused(unproved, "invalid_grant", "invalid_request", "invalid_dpop_proof")


# PAR


def test_fapi2_security_profile_final_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds():
    uri = reference()
    browser = Browser()
    for _ in range(2):
        answer = browser.get("/oidc/authorize", params={"client_id": PHARMACY, "request_uri": uri})
        assert path_of(answer) == "/signin/"
    assert claims_of(redeemed(browsed(uri, browser)["code"]))


def test_fapi2_security_profile_final_par_attempt_reuse_request_uri():
    uri = reference()
    browser = Browser()
    assert "code" in browsed(uri, browser)
    assert browsed(uri, browser).get("error", "invalid_request_uri") == "invalid_request_uri"
    assert "code" not in browsed(uri, browser)


def test_fapi2_security_profile_final_par_attempt_to_use_expired_request_uri():
    uri = reference()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oidc_pushedrequest SET expires_at = now() - interval '1 second'")
    assert "code" not in browsed(uri)


def test_fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client():
    uri = reference()
    answer = Browser().get("/oidc/authorize", params={"client_id": OPTICIAN, "request_uri": uri})
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_fapi2_security_profile_final_par_authorization_request_containing_request_uri_form_param():
    assert refused(pushed(request_uri=reference()), "invalid_request")


def test_fapi2_security_profile_final_par_attempt_invalid_http_method():
    assert Browser().get("/oidc/par").status_code == 405
    assert Browser().put("/oidc/par").status_code == 405


def test_fapi2_security_profile_final_par_without_duplicate_parameters():
    """The suite sends every parameter once and expects success; each of them twice is refused here."""
    assert pushed().status_code == 201
    body = httpx.QueryParams({**REQUEST, **assertion()})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Browser().post("/oidc/par", content=f"{body}&scope=openid", headers=headers)
    assert refused(answer, "invalid_request")


# PKCE


def test_fapi2_security_profile_final_par_ensure_pkce_required():
    assert refused(pushed(code_challenge=None, code_challenge_method=None), "invalid_request")


def test_fapi2_security_profile_final_par_plain_pkce_rejected():
    assert refused(pushed(code_challenge=VERIFIER, code_challenge_method="plain"), "invalid_request")


def test_fapi2_security_profile_final_ensure_pkce_code_verifier_required():
    assert refused(redeemed(code(), code_verifier=None), "invalid_grant", "invalid_request")


def test_fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected():
    assert refused(redeemed(code(), code_verifier="w" * 43), "invalid_grant")
