"""The OpenID Foundation's plan `oidcc-basic-certification-test-plan`, one test a module, by the module's own name.

The modules' conditions are ported, not their code. Which do not apply, and why: `oidf.py`, docs/conformance.md.
"""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.oidc.models import Grant
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import (
    ALL_SCOPES,
    CALLBACK,
    CLIENT,
    PORTAL,
    SECRET,
    Browser,
    authorization,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
    userinfo,
)
from tests.conformance import party

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def verified(answer: httpx.Response, *, nonce: str | None = "n-1") -> dict[str, object]:
    """Claims of the ID token, checked as OIDC Core §3.1.3.7 has a client check them."""
    token = answer.json()["id_token"]
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    opened = jwt.decode(token, keys, ["ES256", "RS256"])
    assert opened.header["kid"] in {key.kid for key in keys.keys}
    claims = dict(opened.claims)
    assert (claims["iss"], claims["aud"], claims.get("nonce")) == (PORTAL, CLIENT, nonce)
    assert claims["iat"] <= claims["exp"]
    assert str(claims["sub"])
    return claims


def annas(**changes: str | None) -> httpx.Response:
    """Анна's token answer after a request with these changes."""
    return exchange(code_for(Browser(), "anna", **changes))


def anew(browser: Browser, sent: httpx.Response) -> httpx.Response:
    """Анна, sent to sign in, does so and comes back to the request."""
    assert path_of(sent) == "/signin/"
    back = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
    signed_in = browser.sign_in("anna@example.org", next_path=back)
    return browser.get(signed_in.headers["location"])


def test_oidcc_server():
    answer = annas()
    claims = verified(answer)
    told = answer.json()
    assert (told["token_type"], answer.headers["content-type"]) == ("Bearer", "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert userinfo(told["access_token"]).json()["sub"] == claims["sub"]


def test_oidcc_response_type_missing():
    told = parameters(Browser().get(authorization(response_type=None)))
    assert told["error"] in {"invalid_request", "unsupported_response_type"}
    assert told["state"] == "a state & its tail"


def test_oidcc_idtoken_signature():
    header = jwt.decode(
        annas().json()["id_token"], KeySet.import_key_set(Browser().get("/oidc/jwks").json()), ["ES256"]
    ).header
    assert (header["alg"], bool(header["kid"])) == ("ES256", True)


def test_oidcc_idtoken_unsigned():
    there = Browser().get("/.well-known/openid-configuration").json()
    assert "none" not in there["id_token_signing_alg_values_supported"]


def test_oidcc_userinfo_get():
    token = annas().json()["access_token"]
    answer = Browser().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["sub"]) == (200, str(known("anna").sub))


def test_oidcc_userinfo_post_header():
    token = annas().json()["access_token"]
    answer = Browser().post("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["sub"]) == (200, str(known("anna").sub))


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow():
    assert verified(annas(nonce=None), nonce=None)["sub"] == str(known("anna").sub)


@pytest.mark.parametrize(
    ("scope", "opened", "shut"),
    [
        (
            "openid profile",
            {"name", "family_name", "given_name", "middle_name", "gender"},
            {"email", "snils"},
        ),
        ("openid email", {"email", "email_verified"}, {"name", "phone_number"}),
        ("openid phone", {"phone_number", "phone_number_verified"}, {"name", "email"}),
        (ALL_SCOPES, {"name", "email", "phone_number", "birthdate", "snils"}, set()),
    ],
    ids=["oidcc-scope-profile", "oidcc-scope-email", "oidcc-scope-phone", "oidcc-scope-all"],
)
def test_oidcc_scope(scope, opened, shut):
    about = userinfo(annas(scope=scope).json()["access_token"]).json()
    assert opened <= about.keys()
    assert not shut & about.keys()


def test_oidcc_scope_address():
    """No such scope here (discovery does not name it): it is ignored, and told so in the answer's scope."""
    answer = annas(scope="openid address")
    assert answer.json()["scope"] == "openid"
    assert "address" not in userinfo(answer.json()["access_token"]).json()
    assert "address" not in Browser().get("/.well-known/openid-configuration").json()["scopes_supported"]


def test_oidcc_ensure_other_scope_order_succeeds():
    assert verified(annas(scope="email openid"))


@pytest.mark.parametrize("display", ["page", "popup"], ids=["oidcc-display-page", "oidcc-display-popup"])
def test_oidcc_display(display):
    assert verified(annas(display=display))


def test_oidcc_prompt_login():
    browser = Browser()
    first = verified(exchange(code_for(browser)))
    Session.objects.update(created_at=Session.objects.get().created_at.replace(year=2025))
    answer = anew(browser, browser.get(authorization(prompt="login")))
    second = verified(exchange(parameters(answer)["code"]))
    assert (first["sub"], first["auth_time"] <= second["auth_time"]) == (second["sub"], True)
    assert first["sid"] != second["sid"]


def test_oidcc_prompt_none_not_logged_in():
    told = parameters(Browser().get(authorization(prompt="none")))
    assert told["error"] in {"login_required", "interaction_required"}
    assert (told["state"], "code" in told) == ("a state & its tail", False)


def test_oidcc_prompt_none_logged_in():
    browser = Browser()
    first = verified(exchange(code_for(browser)))
    second = verified(exchange(parameters(browser.get(authorization(prompt="none")))["code"]))
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def _an_hour_ago() -> None:
    from datetime import timedelta

    session = Session.objects.get(ended_at=None)
    Session.objects.filter(pk=session.pk).update(created_at=session.created_at - timedelta(hours=1))


def test_oidcc_max_age_1():
    browser = Browser()
    code_for(browser)
    _an_hour_ago()
    answer = anew(browser, browser.get(authorization(max_age="1")))
    claims = verified(exchange(parameters(answer)["code"]))
    assert claims["iat"] - claims["auth_time"] <= 1


def test_oidcc_max_age_10000():
    browser = Browser()
    code_for(browser)
    _an_hour_ago()
    claims = verified(exchange(parameters(browser.get(authorization(max_age="10000")))["code"]))
    assert 3600 <= claims["iat"] - claims["auth_time"] < 10000


def test_oidcc_ensure_request_with_unknown_parameter_succeeds():
    assert verified(annas(extra="foobar"))


def test_oidcc_id_token_hint():
    browser = Browser()
    answer = exchange(code_for(browser))
    hinted = authorization(prompt="none", id_token_hint=answer.json()["id_token"])
    second = verified(exchange(parameters(browser.get(hinted))["code"]))
    assert second["sub"] == verified(answer)["sub"]


def test_oidcc_login_hint():
    assert verified(annas(login_hint="anna@example.org"))


def test_oidcc_ui_locales():
    assert verified(annas(ui_locales="se"))


def test_oidcc_claims_locales():
    assert verified(annas(claims_locales="se"))


def test_oidcc_ensure_request_with_acr_values_succeeds():
    claims = verified(annas(acr_values="1 2"))
    there = Browser().get("/.well-known/openid-configuration").json()
    assert claims["acr"] in there["acr_values_supported"]


def test_oidcc_codereuse():
    code = code_for(Browser())
    exchange(code)
    again = exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_oidcc_codereuse_30seconds():
    """However late the second use comes, what the first one gave is worth nothing from then on."""
    code = code_for(Browser())
    token = exchange(code).json()["access_token"]
    grant = Grant.objects.get()
    Grant.objects.update(code_used_at=grant.code_used_at.replace(year=grant.code_used_at.year - 1))
    assert exchange(code).json()["error"] == "invalid_grant"
    assert userinfo(token).status_code == 401


def test_oidcc_ensure_registered_redirect_uri():
    answer = Browser().get(authorization(redirect_uri=f"{CALLBACK}unregistered"))
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_oidcc_ensure_post_request_succeeds():
    browser = Browser()
    code_for(browser)
    values = {name: value[0] for name, value in parse_qs(urlsplit(authorization()).query).items()}
    answer = browser.post("/oidc/authorize", data=values)
    assert verified(exchange(parameters(answer)["code"]))


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported():
    told = parameters(Browser().get(authorization(request_uri="http://localhost:9/request.jwt")))
    there = Browser().get("/.well-known/openid-configuration").json()
    assert there["request_uri_parameter_supported"] is False
    assert told["error"] in {"request_uri_not_supported", "invalid_request", "invalid_request_uri"}


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported():
    told = parameters(Browser().get(authorization(request="eyJhbGciOiJub25lIn0.e30.")))
    there = Browser().get("/.well-known/openid-configuration").json()
    assert there["request_parameter_supported"] is False
    assert (told["error"], "code" in told) == ("request_not_supported", False)


def test_oidcc_claims_essential():
    """Discovery says the parameter is not supported; then it is ignored and nothing more is told."""
    answer = annas(scope="openid", claims='{"userinfo": {"name": {"essential": true}}}')
    assert "name" not in userinfo(answer.json()["access_token"]).json()
    there = Browser().get("/.well-known/openid-configuration").json()
    assert there["claims_parameter_supported"] is False


def test_oidcc_ensure_request_with_valid_pkce_succeeds():
    """Here every request has PKCE; one that has none is refused."""
    assert verified(annas())
    assert parameters(Browser().get(authorization(code_challenge=None)))["error"] == "invalid_request"


def test_oidcc_refresh_token():
    """`offline_access` and consent give a refresh token; it gives new ones for the same person, and only here."""
    party.pharmacy()
    first = party.lasting()
    renewed = party.refresh(first["refresh_token"])
    assert (renewed.status_code, renewed.json()["refresh_token"] != first["refresh_token"]) == (200, True)
    assert userinfo(renewed.json()["access_token"]).json()["sub"] == str(known("anna").sub)
    stolen = party.refresh(renewed.json()["refresh_token"], auth=(CLIENT, SECRET))
    assert stolen.json()["error"] in {"invalid_grant", "unauthorized_client"}
