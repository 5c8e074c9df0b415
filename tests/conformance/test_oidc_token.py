"""The token endpoint: one code, one token, to its own service, in its minute."""

import base64
import json

import pytest
from django.db import connection
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import register
from dopusk.portal.oidc.models import Token
from dopusk.portal.tests.browser import (
    CALLBACK,
    CLIENT,
    PORTAL,
    SECRET,
    VERIFIER,
    Browser,
    authorization,
    cabinet_is_registered,
    check_of,
    code_for,
    exchange,
    parameters,
    userinfo,
)
from dopusk.web.journal.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
OTHER, OTHER_SECRET = "pharmacy", "p" * 40


@pytest.fixture
def pharmacy():
    register(
        OTHER, name="Аптека", secret=OTHER_SECRET, redirect_uris=[CALLBACK], signed_out_uris=[],
        scopes=["openid", "profile"],
    )  # fmt: skip


def test_a_code_gives_both_tokens_once():
    answer = exchange(code_for(Browser()))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert userinfo(told["access_token"]).status_code == 200


def test_a_second_use_of_the_code_revokes_what_the_first_one_gave():
    code = code_for(Browser())
    token = exchange(code).json()["access_token"]
    again = exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert check_of(again.json()) == "code_reused"
    assert userinfo(token).status_code == 401
    assert Entry.objects.filter(act="oidc.code_reused").count() == 1


def test_a_third_use_writes_nothing_more():
    code = code_for(Browser())
    for _ in range(3):
        exchange(code)
    assert Entry.objects.filter(act="oidc.code_reused").count() == 1


def test_a_code_is_good_for_sixty_seconds():
    for seconds, status in ((59, 200), (61, 400)):
        code = code_for(Browser())
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE oidc_grant SET code_expires_at = given_at + interval '60 seconds' - %s * interval '1 second'",
                [seconds],
            )
        assert exchange(code).status_code == status


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": VERIFIER + "v"},
        {"code_verifier": "short"},
        {"code_verifier": "v" * 129},
        {"code_verifier": "v" * 42 + "!"},
        {"code_verifier": None},
        {"redirect_uri": "http://localhost:8001/signin/signed-out/"},
        {"redirect_uri": "http://evil.example/"},
        {"code": "x" * 43},
        {"code": "x" * 9000},
    ],
)
def test_what_does_not_belong_to_the_code_gives_nothing_and_leaves_it_whole(changes):
    code = code_for(Browser())
    refused = exchange(**{"code": code, **changes})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert exchange(code).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unauthorized_client"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"code": None}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"client_secret": SECRET}, "invalid_request"),
        ({"client_id": "pharmacy"}, "invalid_request"),
        ({"client_assertion": "x"}, "invalid_request"),
    ],
)
def test_a_request_out_of_form_is_refused(changes, error):
    refused = exchange(**{"code": "x" * 43, **changes})
    assert (refused.status_code, refused.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "auth",
    [None, (CLIENT, "wrong"), (CLIENT, ""), ("nobody", SECRET), (CLIENT, SECRET + "s"), ("", "")],
)
def test_a_service_that_does_not_prove_itself_gets_401_with_a_challenge(auth):
    code = code_for(Browser())
    refused = exchange(code, auth=auth)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert exchange(code).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic 0J/RgNC4", "Bearer abc", "Basic " + "A" * 9999]
)
def test_a_header_that_cannot_be_read_is_no_proof(header):
    answer = Browser().post(
        "/oidc/token", data={"grant_type": "authorization_code"}, headers={"Authorization": header}
    )
    assert answer.status_code == 401


def test_the_secret_in_the_body_instead_of_the_header_is_not_taken():
    refused = exchange(code_for(Browser()), auth=None, client_id=CLIENT, client_secret=SECRET)
    assert refused.status_code == 401


@pytest.mark.usefixtures("pharmacy")
def test_another_services_code_is_worth_nothing_and_stays_good_for_its_own():
    code = code_for(Browser())
    stolen = exchange(code, auth=(OTHER, OTHER_SECRET))
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    token = exchange(code).json()["access_token"]
    exchange(code, auth=(OTHER, OTHER_SECRET))  # a stranger who has seen a used code cannot revoke by it
    assert userinfo(token).status_code == 200


def test_a_body_that_is_not_a_form_is_refused():
    answer = Browser().post("/oidc/token", json={"grant_type": "authorization_code"}, auth=(CLIENT, SECRET))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    twice = Browser().post(
        "/oidc/token",
        content="grant_type=authorization_code&grant_type=authorization_code",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        auth=(CLIENT, SECRET),
    )
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


def test_get_is_not_a_way_to_ask_for_tokens():
    answer = Browser().get("/oidc/token")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_signing_out_before_the_exchange_ends_the_code():
    browser = Browser()
    code = code_for(browser)
    browser.submit(browser.get("/"), "/signout/")
    told = exchange(code).json()
    assert (told["error"], check_of(told)) == ("invalid_grant", "session_over")


# the ID token, OIDC Core §2 and §3.1.3.6


def id_token_of(answer) -> tuple[dict, dict]:
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    token = jwt.decode(answer.json()["id_token"], keys, ["ES256"])
    return token.header, token.claims


def test_the_id_token_says_who_when_how_and_for_whom():
    browser = Browser()
    answer = exchange(code_for(browser, nonce="a nonce"))
    header, claims = id_token_of(answer)
    assert (header["alg"], "kid" in header) == ("ES256", True)
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (PORTAL, CLIENT, "a nonce")
    assert claims["exp"] - claims["iat"] == 600
    assert abs(claims["auth_time"] - claims["iat"]) < 60
    assert (claims["amr"], claims["acr"]) == (["pwd"], "urn:dopusk:acr:password")
    assert len(claims["sid"]) == 36


@pytest.mark.parametrize(
    ("amr", "acr"),
    [
        (["pwd"], "urn:dopusk:acr:password"),
        (["pwd", "otp", "mfa"], "urn:dopusk:acr:mfa"),
        (["pwd", "sms", "mfa"], "urn:dopusk:acr:mfa"),
        (["hwk", "user", "mfa"], "urn:dopusk:acr:passkey"),
        (["swk", "user", "mfa"], "urn:dopusk:acr:passkey"),
    ],
)
def test_the_id_token_says_how_she_proved_who_she_is(amr, acr):
    """RFC 8176 for `amr`; what a service demands it compares with `acr` (OIDC Core §2)."""
    from dopusk.portal.sessions.models import Session

    browser = Browser()
    code = code_for(browser)
    Session.objects.update(amr=amr)
    _, claims = id_token_of(exchange(code))
    assert (claims["amr"], claims["acr"]) == (amr, acr)
    assert acr in Browser().get("/.well-known/openid-configuration").json()["acr_values_supported"]


def test_the_id_token_is_tied_to_the_access_token():
    import hashlib

    answer = exchange(code_for(Browser()))
    half = hashlib.sha256(answer.json()["access_token"].encode()).digest()[:16]
    assert id_token_of(answer)[1]["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def test_without_a_nonce_there_is_none():
    assert "nonce" not in id_token_of(exchange(code_for(Browser(), nonce=None)))[1]


@pytest.mark.parametrize(("who", "level"), [("anna", "confirmed"), ("ksenia", "standard")])
def test_the_level_of_the_account_is_carried(who, level):
    cabinet_is_registered(required_level=Level.STANDARD)
    answer = exchange(code_for(Browser(), who))
    assert id_token_of(answer)[1]["assurance_level"] == level
    assert userinfo(answer.json()["access_token"]).json()["assurance_level"] == level


def test_a_token_with_a_changed_byte_or_without_a_signature_is_not_ours():
    from dopusk.portal.oidc import keys

    token = exchange(code_for(Browser())).json()["id_token"]
    assert keys.opened(token)["aud"] == CLIENT
    head, body, signature = token.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (
        f"{head}.{body}.{flipped}",
        f"{none}.{body}.",
        f"{head}.{body[:-4]}AAAA.{signature}",
        "",
        "..",
        "я",
    ):
        assert keys.opened(forged) is None


def test_tokens_rest_as_hashes_only():
    told = exchange(code_for(Browser())).json()
    kept = bytes(Token.objects.get().hash)
    assert (len(kept), told["access_token"].encode() in kept) == (32, False)


def test_each_login_gives_tokens_of_its_own():
    browser = Browser()
    first = exchange(code_for(browser)).json()
    second = exchange(parameters(browser.get(authorization()))["code"]).json()
    assert first["access_token"] != second["access_token"]
    assert userinfo(first["access_token"]).status_code == userinfo(second["access_token"]).status_code == 200
