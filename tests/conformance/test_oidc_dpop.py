"""DPoP (RFC 9449): a token that is worth nothing without the key it was given to."""

import hmac
import json
import time
from base64 import urlsafe_b64encode

import pytest
from joserfc.jwk import ECKey, RSAKey

from dopusk.portal.oidc.models import SeenProof, Token
from dopusk.portal.tests.browser import (
    PORTAL,
    Browser,
    authorization,
    check_of,
    code_for,
    known,
    parameters,
    statements,
)
from dopusk.portal.tests.browser import exchange as cabinets
from tests.conformance.party import (
    ABSENT,
    EC,
    ED,
    INTROSPECT,
    OTHER_EC,
    PHARMACY,
    RSA,
    TOKEN,
    USERINFO,
    ask,
    code,
    exchange,
    fault,
    opens,
    pharmacy,
    proof,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
NOW = int(time.time())


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def own(headers):
    return ask(TOKEN, grant_type="client_credentials", headers=headers)


def bound() -> str:
    """An access token of Анна's, bound to EC."""
    return exchange(code(), headers=proof()).json()["access_token"]


def by_key(token: str, **changes):
    """Userinfo with the token and a proof; changes: of the proof."""
    shown = proof(**{"address": USERINFO, "method": "GET", "token": token, **changes})
    return opens(token, scheme="DPoP", headers=shown)


@pytest.mark.parametrize(
    ("alg", "key"), [("ES256", EC), ("RS256", RSA), ("PS256", RSA), ("EdDSA", ED), ("Ed25519", ED)]
)
def test_a_token_is_bound_to_the_key_shown_when_it_is_given(alg, key):
    answer = exchange(code(), headers=proof(alg=alg))
    assert answer.json()["token_type"] == "DPoP"
    assert Token.objects.get().jkt == key.thumbprint()


def test_anna_is_told_of_to_who_holds_the_key():
    assert by_key(bound()).json()["sub"] == str(known("anna").sub)


def test_post_and_any_case_of_the_scheme_will_do():
    token = bound()
    shown = proof(USERINFO, "POST", token=token)
    answer = Browser().post(USERINFO, headers={"Authorization": f"dpop {token}", **shown})
    assert answer.status_code == 200


def test_without_the_key_the_token_opens_nothing():
    token = bound()
    for answer in (
        opens(token),
        by_key(token, key=OTHER_EC),
        opens(token, headers=proof(USERINFO, "GET", token=token)),
    ):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
        assert "DPoP " in answer.headers["www-authenticate"]
    assert check_of(opens(token, scheme="DPoP").json()) == "proof_form"


def test_a_token_bound_to_no_key_is_not_presented_with_one():
    token = exchange(code()).json()["access_token"]
    assert by_key(token).json()["error"] == "invalid_token"
    assert opens(token).status_code == 200


def test_who_asks_without_a_token_learns_both_ways_and_the_algorithms():
    """RFC 9449 §7.1."""
    told = Browser().get(USERINFO).headers["www-authenticate"]
    assert 'Bearer realm="dopusk"' in told
    assert 'DPoP realm="dopusk", algs="ES256 PS256 RS256 Ed25519 EdDSA"' in told


PRIVATE = {"jwk": EC.as_dict(private=True)}
WRONG = [
    ({"header": {"typ": "JWT"}}, "proof_type"),
    ({"header": {"typ": ABSENT}}, "proof_type"),
    ({"header": {"typ": "DPOP+JWT"}}, "proof_type"),
    ({"header": {"jwk": ABSENT}}, "proof_key"),
    ({"header": {"jwk": {}}}, "proof_key"),
    ({"header": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}}, "proof_key"),
    ({"header": {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}}, "proof_key"),
    ({"header": {"jwk": ECKey.generate_key("P-384").as_dict(private=False)}}, "proof_key"),
    ({"header": PRIVATE}, "proof_key"),
    ({"header": {"jwk": OTHER_EC.as_dict(private=False)}}, "proof_signature"),
    ({"header": {"jwk": RSA.as_dict(private=False)}}, "proof_signature"),
    ({"htm": ABSENT}, "proof_method"),
    ({"htm": "PUT"}, "proof_method"),
    ({"htm": "post"}, "proof_method"),
    ({"htu": ABSENT}, "proof_address"),
    ({"htu": "https://evil.example/oidc/token"}, "proof_address"),
    ({"htu": f"{PORTAL}/oidc/userinfo"}, "proof_address"),
    ({"htu": f"{PORTAL}/oidc/token/"}, "proof_address"),
    ({"htu": "/oidc/token"}, "proof_address"),
    ({"htu": "http://user@localhost:8000/oidc/token"}, "proof_address"),
    ({"htu": 7}, "proof_address"),
    ({"iat": ABSENT}, "proof_time"),
    ({"iat": "now"}, "proof_time"),
    ({"iat": True}, "proof_time"),
    ({"iat": NOW - 400}, "proof_old"),
    ({"iat": NOW + 3600}, "proof_early"),
    ({"iat": 1e300}, "proof_time"),
    ({"jti": ABSENT}, "proof_jti"),
    ({"jti": ""}, "proof_jti"),
    ({"jti": "x" * 257}, "proof_jti"),
    ({"jti": 5}, "proof_jti"),
]


@pytest.mark.parametrize(("changes", "code_"), WRONG)
def test_a_proof_that_does_not_hold_gets_no_token(changes, code_):
    assert fault(own(proof(**changes))) == (400, "invalid_dpop_proof", code_)
    assert SeenProof.objects.count() == 0


@pytest.mark.parametrize(("changes", "code_"), WRONG)
def test_nor_does_it_open_anything(changes, code_):
    if changes.get("htu") == USERINFO:
        changes = {"htu": TOKEN}
    answer = by_key(bound(), **changes)
    assert fault(answer) == (401, "invalid_dpop_proof", code_)
    assert 'error="invalid_dpop_proof"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30", "W10.W10.AAAA", "." * 9000])
def test_what_is_no_jwt_is_no_proof(text):
    answer = own({"DPoP": text})
    if text:
        assert fault(answer) == (400, "invalid_dpop_proof", "proof_form")
    else:  # an empty header is none
        assert answer.json()["token_type"] == "Bearer"


def test_two_proofs_are_none():
    """RFC 9449 §4.3 (1): as a server joins two headers of one name."""
    two = ", ".join([proof()["DPoP"], proof()["DPoP"]])
    assert fault(own({"DPoP": two}))[2] == "proof_form"


@pytest.mark.parametrize(
    "address", [f"{TOKEN}?a=b", f"{TOKEN}#c", "HTTP://LOCALHOST:8000/oidc/token", f"{PORTAL}/oidc/%74oken"]
)
def test_the_same_address_written_otherwise_is_the_same(address):
    """RFC 9449 §4.3: query and fragment aside, normalised as RFC 3986 §6.2."""
    assert own(proof(address)).status_code == 200


def test_a_proof_carries_the_hash_of_its_token():
    token = bound()
    assert fault(by_key(token, ath=ABSENT))[2] == "proof_token"
    assert fault(by_key(token, ath=token))[2] == "proof_token"
    assert (
        fault(opens(token, scheme="DPoP", headers=proof(USERINFO, "GET", token="other")))[2] == "proof_token"
    )


# once


def test_a_proof_works_once():
    shown = proof()
    assert own(shown).status_code == 200
    assert fault(own(shown)) == (400, "invalid_dpop_proof", "proof_replayed")
    token = bound()
    shown = proof(USERINFO, "GET", token=token)
    assert opens(token, scheme="DPoP", headers=shown).status_code == 200
    again = opens(token, scheme="DPoP", headers=shown)
    assert fault(again) == (401, "invalid_dpop_proof", "proof_replayed")


def test_a_jti_signed_anew_is_the_same_jti_and_another_keys_is_not():
    assert own(proof(jti="one")).status_code == 200
    assert fault(own(proof(jti="one", iat=int(time.time()) - 5)))[2] == "proof_replayed"
    assert own(proof(jti="one", key=OTHER_EC)).status_code == 200


def test_a_jti_is_remembered_as_long_as_the_proof_could_work_and_no_longer():
    from dopusk.portal.oidc import actions

    own(proof())
    left = SeenProof.objects.get().expires_at.timestamp() - time.time()
    assert 295 < left <= 300
    assert actions.purge() == 0
    SeenProof.objects.update(expires_at="2026-01-01T00:00Z")
    assert actions.purge() == 1


def test_strangers_leave_nothing_behind():
    """A proof of somebody unknown, or with a token of nobody's, is not remembered: it would fill our memory."""
    ask(TOKEN, auth=(PHARMACY, "wrong"), grant_type="client_credentials", headers=proof())
    opens("x" * 43, scheme="DPoP", headers=proof(USERINFO, "GET", token="x" * 43))
    assert SeenProof.objects.count() == 0


# algorithms confused


def part(content: dict) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "HS512", "ES384", "RS512", "ES256K", "", 5])
def test_other_algorithms_are_not_taken(alg):
    head, body, signature = proof()["DPoP"].split(".")
    assert head
    forged = part({"typ": "dpop+jwt", "alg": alg, "jwk": EC.as_dict(private=False)})
    for tail in (signature, ""):
        assert fault(own({"DPoP": f"{forged}.{body}.{tail}"})) == (
            400,
            "invalid_dpop_proof",
            "proof_algorithm",
        )


def test_a_public_key_is_no_secret():
    _, body, _ = proof()["DPoP"].split(".")
    public = RSA.as_dict(private=False)
    said = f"{part({'typ': 'dpop+jwt', 'alg': 'HS256', 'jwk': public})}.{body}"
    for secret in (RSA.as_pem(private=False), json.dumps(public).encode()):
        mac = hmac.new(secret, said.encode(), "sha256").digest()
        forged = f"{said}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        assert fault(own({"DPoP": forged}))[2] == "proof_algorithm"


@pytest.mark.parametrize(
    "jwk", ["x", 5, [], None, {"kty": ["EC"]}, {"kty": "EC", "crv": "P-256", "x": 1, "y": 2}]
)
def test_a_key_is_a_jwk(jwk):
    _, body, signature = proof()["DPoP"].split(".")
    head = part({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk})
    assert fault(own({"DPoP": f"{head}.{body}.{signature}"}))[2] == "proof_key"


def test_a_short_rsa_key_is_no_key():
    weak = RSAKey.generate_key(1024)
    assert fault(own(proof(alg="RS256", key=weak)))[2] == "proof_key"


# a code bound to a key, RFC 9449 §10


def test_a_code_bound_to_a_key_is_worth_nothing_without_it():
    given = code(dpop_jkt=EC.thumbprint())
    assert fault(exchange(given)) == (400, "invalid_grant", "code_key")
    assert fault(exchange(given, headers=proof(key=OTHER_EC))) == (400, "invalid_grant", "code_key")
    assert exchange(given, headers=proof()).status_code == 200


def test_a_key_that_is_no_thumbprint_is_refused_at_once():
    answer = Browser().get(authorization(client_id=PHARMACY, dpop_jkt="short"))
    assert check_of(parameters(answer)) == "dpop_jkt_form"


# who has registered to show keys


def test_who_has_registered_so_gets_no_token_without_a_key():
    pharmacy(dpop_required=True)
    given = code()
    assert fault(exchange(given)) == (400, "invalid_dpop_proof", "proof_missing")
    assert fault(own({})) == (400, "invalid_dpop_proof", "proof_missing")
    assert exchange(given, headers=proof()).json()["token_type"] == "DPoP"


def test_who_has_not_may_still_show_one_or_none():
    assert own(proof()).json()["token_type"] == "DPoP"
    assert own({}).json()["token_type"] == "Bearer"


def test_discovery_names_the_algorithms():
    told = Browser().get("/.well-known/openid-configuration").json()
    assert told["dpop_signing_alg_values_supported"] == ["ES256", "PS256", "RS256", "Ed25519", "EdDSA"]


def test_a_proof_costs_one_statement_more_and_nobody_else_pays_for_it():
    token = bound()
    with statements() as sent:
        assert by_key(token).status_code == 200
    assert len(sent) == 2
    given = code_for(Browser())
    with statements() as sent:
        assert cabinets(given).status_code == 200
    assert len(sent) == 1


def test_introspection_is_asked_with_a_proof_or_without():
    """A service may always send one; it has to hold."""
    token = bound()
    assert ask(INTROSPECT, token=token).json()["cnf"] == {"jkt": EC.thumbprint()}
    assert ask(INTROSPECT, token=token, headers=proof(INTROSPECT)).json()["active"] is True
    assert fault(ask(INTROSPECT, token=token, headers=proof(TOKEN)))[2] == "proof_address"
