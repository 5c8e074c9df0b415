"""Services that sign who they are (RFC 7523, OIDC Core §9): their own key, for us, in time, once."""

import hmac
import json
import time
from base64 import urlsafe_b64encode

import pytest
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, OctKey, RSAKey

from dopusk.portal.clients.actions import register
from dopusk.portal.oidc.models import SeenProof, Token
from dopusk.portal.tests.browser import CALLBACK, CLIENT, PORTAL, statements
from tests.conformance.party import (
    ABSENT,
    EC,
    INTROSPECT,
    OTHER_EC,
    PAR,
    PHARMACY,
    REQUEST,
    REVOKE,
    RSA,
    SECRET,
    TOKEN,
    ask,
    assertion,
    code,
    exchange,
    fault,
    pharmacy,
    public_set,
    signed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
NOW = int(time.time())


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy(auth_method="private_key_jwt")


def own_token(proof, **more):
    return ask(TOKEN, auth=None, grant_type="client_credentials", **proof, **more)


def part(content: dict) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256", "EdDSA", "Ed25519"])
def test_a_service_proves_itself_by_each_algorithm_of_discovery(alg):
    assert own_token(assertion(alg)).status_code == 200


def test_a_code_is_exchanged_by_a_signed_assertion():
    answer = exchange(code(), auth=None, **assertion())
    assert answer.status_code == 200
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "values"),
    [
        (TOKEN, {"grant_type": "client_credentials"}),
        (PAR, REQUEST),
        (INTROSPECT, {"token": "x" * 43}),
        (REVOKE, {"token": "x" * 43}),
    ],
)
def test_every_endpoint_of_services_takes_it(address, values):
    assert ask(address, auth=None, **assertion(), **values).status_code in {200, 201}
    assert fault(ask(address, auth=None, **assertion(exp=NOW - 1), **values))[2] == "assertion_expired"


@pytest.mark.parametrize(
    "audience", [PORTAL, f"{PORTAL}/oidc/token", [PORTAL], [PORTAL, f"{PORTAL}/oidc/token"]]
)
def test_it_is_addressed_to_the_issuer_or_the_token_endpoint(audience):
    assert own_token(assertion(aud=audience)).status_code == 200


def test_while_pushing_it_may_be_addressed_to_that_endpoint():
    """RFC 9126 §2."""
    assert ask(PAR, auth=None, **REQUEST, **assertion(aud=PAR)).status_code == 201
    assert fault(own_token(assertion(aud=PAR)))[2] == "assertion_audience"


@pytest.mark.parametrize(
    ("changes", "code_"),
    [
        ({"aud": ABSENT}, "assertion_audience"),
        ({"aud": []}, "assertion_audience"),
        ({"aud": "https://other.example"}, "assertion_audience"),
        ({"aud": f"{PORTAL}/"}, "assertion_audience"),
        ({"aud": [PORTAL, "https://other.example"]}, "assertion_audience"),
        ({"aud": {"a": PORTAL}}, "assertion_audience"),
        ({"aud": [[PORTAL]]}, "assertion_audience"),
        ({"iss": "nobody", "sub": "nobody"}, "assertion_client"),
        ({"iss": ABSENT}, "assertion_issuer"),
        ({"sub": ABSENT}, "assertion_issuer"),
        ({"sub": CLIENT}, "assertion_issuer"),
        ({"iss": CLIENT, "sub": CLIENT}, "assertion_client"),  # it shows a secret, and no other way
        ({"iss": 7, "sub": 7}, "assertion_issuer"),
        ({"iss": "a\x00", "sub": "a\x00"}, "assertion_issuer"),
        ({"exp": ABSENT}, "assertion_expired"),
        ({"exp": NOW - 1}, "assertion_expired"),
        ({"exp": "soon"}, "assertion_expired"),
        ({"exp": True}, "assertion_expired"),
        ({"exp": NOW + 7200}, "assertion_long_lived"),
        ({"exp": 1e300}, "assertion_expired"),
        ({"nbf": NOW + 3600}, "assertion_early"),
        ({"iat": NOW + 3600}, "assertion_early"),
        ({"iat": "now"}, "assertion_early"),
        ({"jti": ABSENT}, "assertion_jti"),
        ({"jti": ""}, "assertion_jti"),
        ({"jti": "x" * 257}, "assertion_jti"),
        ({"jti": 5}, "assertion_jti"),
    ],
)
def test_an_assertion_that_does_not_hold_is_refused(changes, code_):
    answer = own_token(assertion(**changes))
    assert fault(answer) == (401, "invalid_client", code_)
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert SeenProof.objects.count() == 0


def test_a_clock_a_minute_ahead_is_forgiven():
    """FAPI 2.0 §5.3.2.1."""
    now = int(time.time())
    assert own_token(assertion(iat=now + 50, nbf=now + 50, exp=now + 110)).status_code == 200


def test_the_form_is_that_of_rfc_7521():
    whole = assertion()
    assert fault(own_token({**whole, "client_assertion_type": "saml"}))[2] == "assertion_type"
    assert fault(own_token({"client_assertion": whole["client_assertion"]}))[2] == "assertion_type"
    assert fault(own_token(whole, client_id=CLIENT))[2] == "assertion_issuer"
    assert own_token(whole, client_id=PHARMACY).status_code == 200


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "a.b.c", "e30.e30.", "e30.e30.AAAA.e30", "W10.W10.AAAA", "я.я.я", "." * 9000]
)
def test_what_is_no_jwt_is_no_proof(text):
    answer = own_token(
        {"client_assertion_type": assertion()["client_assertion_type"], "client_assertion": text}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


# once


def test_an_assertion_works_once():
    whole = assertion()
    assert own_token(whole).status_code == 200
    assert fault(own_token(whole)) == (401, "invalid_client", "assertion_replayed")
    assert fault(ask(INTROSPECT, auth=None, token="x", **whole))[2] == "assertion_replayed"


def test_a_jti_signed_anew_is_the_same_jti():
    assert own_token(assertion(jti="one")).status_code == 200
    assert fault(own_token(assertion("RS256", jti="one")))[2] == "assertion_replayed"


def test_two_services_may_choose_one_jti():
    register(
        "library", name="Библиотека", secret="", redirect_uris=[CALLBACK], signed_out_uris=[], scopes=["openid"],
        grant_types=["authorization_code", "client_credentials"], auth_method="private_key_jwt",
        jwks=public_set(OTHER_EC),
    )  # fmt: skip
    assert own_token(assertion(jti="one")).status_code == 200
    theirs = assertion(key=OTHER_EC, iss="library", sub="library", jti="one")
    assert own_token(theirs).status_code == 200


# whose key


def test_a_strangers_key_proves_nothing():
    assert fault(own_token(assertion(key=OTHER_EC)))[2] == "assertion_signature"


def test_a_key_in_the_header_counts_for_nothing():
    """RFC 8725 §3.10: keys come from the registration."""
    for header in (
        {"jwk": OTHER_EC.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"kid": EC.thumbprint()},
    ):
        assert fault(own_token(assertion(key=OTHER_EC, header=header)))[2] == "assertion_signature"


def test_the_named_key_has_to_be_the_one_that_signed():
    assert own_token(assertion(header={"kid": EC.thumbprint()})).status_code == 200
    assert fault(own_token(assertion(header={"kid": RSA.thumbprint()})))[2] == "assertion_signature"
    assert fault(own_token(assertion(header={"kid": "unknown"})))[2] == "assertion_signature"


def test_a_key_registered_for_one_algorithm_signs_by_no_other():
    """RFC 8725 §3.1."""
    jwks = {"keys": [{**RSA.as_dict(private=False), "alg": "PS256"}]}
    pharmacy(auth_method="private_key_jwt", jwks=jwks)
    assert fault(own_token(assertion("RS256")))[2] == "assertion_signature"
    assert own_token(assertion("PS256")).status_code == 200


def test_a_key_for_encryption_proves_nothing():
    jwks = {"keys": [{**EC.as_dict(private=False), "use": "enc"}, RSA.as_dict(private=False)]}
    pharmacy(auth_method="private_key_jwt", jwks=jwks)
    assert fault(own_token(assertion()))[2] == "assertion_signature"


def test_the_bytes_of_the_signature_count():
    whole = assertion()
    head, body, signature = whole["client_assertion"].split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (f"{head}.{body}.{flipped}", f"{head}.{body}.", f"{head}.{body}.{signature}AA"):
        assert fault(own_token({**whole, "client_assertion": forged}))[2] == "assertion_signature"
    assert own_token(whole).status_code == 200


# algorithms confused (RFC 8725 §2.1)


def test_no_signature_is_no_signature():
    for alg in ("none", "None", "NONE", "nOnE", ""):
        _, body, signature = assertion()["client_assertion"].split(".")
        head = part({"alg": alg})
        for tail in ("", signature):
            forged = {**assertion(), "client_assertion": f"{head}.{body}.{tail}"}
            assert fault(own_token(forged)) == (401, "invalid_client", "assertion_algorithm")


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_public_key_is_no_secret(alg):
    """The registered public key, as PEM or as JWK, taken for the key of an HMAC."""
    public = RSA.as_dict(private=False)
    _, body, _ = assertion()["client_assertion"].split(".")
    said = f"{part({'alg': alg, 'kid': RSA.thumbprint()})}.{body}"
    for secret in (RSA.as_pem(private=False), json.dumps(public).encode(), str(public["n"]).encode()):
        mac = hmac.new(secret, said.encode(), f"sha{alg[2:]}").digest()
        forged = {**assertion(), "client_assertion": f"{said}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"}
        assert fault(own_token(forged)) == (401, "invalid_client", "assertion_algorithm")


def test_the_secret_of_a_service_signs_nothing():
    """`client_secret_jwt` is not offered: a secret that both sides hold proves less."""
    pharmacy()
    forged = assertion("HS256", key=OctKey.import_key(SECRET))
    assert fault(own_token(forged))[2] == "assertion_algorithm"


@pytest.mark.parametrize(
    ("alg", "key"),
    [("ES384", ECKey.generate_key("P-384")), ("RS512", RSA), ("ES512", ECKey.generate_key("P-521"))],
)
def test_other_algorithms_are_not_taken_though_the_signature_is_right(alg, key):
    assert fault(own_token(assertion(alg, key=key)))[2] == "assertion_algorithm"


def test_an_algorithm_of_another_kind_of_key_proves_nothing():
    _, body, signature = assertion("ES256")["client_assertion"].split(".")
    relabelled = part({"alg": "RS256"})
    forged = {**assertion(), "client_assertion": f"{relabelled}.{body}.{signature}"}
    assert fault(own_token(forged))[2] == "assertion_signature"


def test_a_short_rsa_key_is_not_used():
    from dopusk.portal.oidc.rules.signed import public_key

    assert public_key(RSAKey.generate_key(1024, auto_kid=False).as_dict(private=False)) is None
    assert public_key(RSA.as_dict(private=False)) is not None


def test_an_extension_that_must_be_understood_is_not():
    """RFC 7515 §4.1.11."""
    now = int(time.time())
    claims = {"iss": PHARMACY, "sub": PHARMACY, "aud": PORTAL, "exp": now + 60, "jti": "x"}
    text = signed({"alg": "ES256"}, claims, EC)
    _, body, signature = text.split(".")
    head = part({"alg": "ES256", "crit": ["exp"]})
    forged = {**assertion(), "client_assertion": f"{head}.{body}.{signature}"}
    assert fault(own_token(forged))[2] == "assertion_form"


def test_a_text_no_database_takes_is_no_name():
    head, _, signature = assertion()["client_assertion"].split(".")
    body = part({"iss": "\ud800", "sub": "\ud800"})
    forged = {**assertion(), "client_assertion": f"{head}.{body}.{signature}"}
    assert fault(own_token(forged))[2] == "assertion_issuer"


def test_a_name_said_twice_is_said_wrong():
    """RFC 7515 §4: two parsers could read two different claims."""
    head, _, signature = assertion()["client_assertion"].split(".")
    body = urlsafe_b64encode(b'{"iss":"pharmacy","iss":"dopusk-cabinet"}').rstrip(b"=").decode()
    forged = {**assertion(), "client_assertion": f"{head}.{body}.{signature}"}
    assert fault(own_token(forged))[2] == "assertion_form"


# one method a service


def test_who_has_registered_keys_is_not_believed_a_secret():
    answer = ask(TOKEN, grant_type="client_credentials")
    assert fault(answer) == (401, "invalid_client", "client_authentication")
    for secret in ("", "x"):
        assert fault(ask(TOKEN, auth=(PHARMACY, secret), grant_type="client_credentials"))[0] == 401


def test_two_ways_at_once_are_refused():
    pharmacy()
    answer = ask(TOKEN, grant_type="client_credentials", **assertion())
    assert fault(answer) == (400, "invalid_request", "authentication_twice")
    pharmacy(auth_method="private_key_jwt")
    answer = own_token(assertion(), client_secret=SECRET)
    assert fault(answer) == (400, "invalid_request", "authentication_twice")


def test_an_assertion_costs_one_statement_more():
    own_token(assertion())
    with statements() as sent:
        assert own_token(assertion()).status_code == 200
    assert len(sent) == 2


def test_authlib_makes_assertions_we_take():
    """A client we did not write."""
    made = PrivateKeyJWT(TOKEN).sign(
        type("Client", (), {"client_id": PHARMACY, "client_secret": RSA.as_pem(private=True)}), TOKEN
    )
    whole = {"client_assertion_type": assertion()["client_assertion_type"], "client_assertion": made}
    assert own_token(whole).status_code == 200
