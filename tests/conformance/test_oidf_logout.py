"""OIDF's plans `oidcc-rp-initiated-logout-certification-test-plan` and the back-channel one, by module names."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.oidc import backchannel
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import (
    CLIENT,
    PORTAL,
    SIGNED_OUT,
    Browser,
    authorization,
    cabinet_is_registered,
    code_for,
    exchange,
    parameters,
    path_of,
)
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def signed_in() -> tuple[Browser, str]:
    """Анна's browser and the ID token the cabinet keeps of her."""
    browser = Browser()
    return browser, exchange(code_for(browser)).json()["id_token"]


def leaves(browser: Browser, **told: str) -> httpx.Response:
    answer = browser.get("/oidc/logout", params=told)
    if answer.status_code == 200:  # the portal asks: is it you who wants to leave?
        answer = browser.submit(answer, "/oidc/logout/confirm/")
    return answer


def is_out(browser: Browser) -> bool:
    """As the suite finds out: a request with prompt=none is refused for want of a session."""
    told = parameters(browser.get(authorization(prompt="none")))
    assert (told.get("error") == "login_required") is not Session.objects.filter(ended_at=None).exists()
    return told.get("error") == "login_required"


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification():
    there = Browser().get("/.well-known/openid-configuration").json()
    assert there["end_session_endpoint"] == f"{there['issuer']}/oidc/logout"


def test_oidcc_rp_initiated_logout():
    browser, hint = signed_in()
    answer = leaves(browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state="s-1")
    assert (path_of(answer), parameters(answer)) == (SIGNED_OUT, {"state": "s-1"})
    assert is_out(browser)


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri():
    browser, hint = signed_in()
    answer = leaves(browser, id_token_hint=hint, post_logout_redirect_uri=f"{SIGNED_OUT}bad", state="s-1")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_oidcc_rp_initiated_logout_modified_id_token_hint():
    """A claim is changed and the signature with it is wrong: the portal does not go back on such a word."""
    browser, hint = signed_in()
    head, body, signature = hint.split(".")
    claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    changed = urlsafe_b64encode(json.dumps({**claims, "sub": "another"}).encode()).rstrip(b"=").decode()
    answer = leaves(
        browser, id_token_hint=f"{head}.{changed}.{signature}", post_logout_redirect_uri=SIGNED_OUT, state="s"
    )
    assert (answer.status_code, "location" in answer.headers, is_out(browser)) == (400, False, False)


def test_oidcc_rp_initiated_logout_bad_id_token_hint():
    browser, _ = signed_in()
    answer = leaves(browser, id_token_hint="bad", post_logout_redirect_uri=SIGNED_OUT, state="s-1")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_oidcc_rp_initiated_logout_no_id_token_hint():
    browser, _ = signed_in()
    answer = leaves(browser, post_logout_redirect_uri=SIGNED_OUT, state="s-1")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_oidcc_rp_initiated_logout_no_params():
    browser, _ = signed_in()
    answer = leaves(browser)
    assert (path_of(answer), is_out(browser)) == ("/", True)


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri():
    browser, hint = signed_in()
    answer = leaves(browser, id_token_hint=hint, state="s-1")
    assert (path_of(answer), is_out(browser)) == ("/", True)


def test_oidcc_rp_initiated_logout_no_state():
    browser, hint = signed_in()
    answer = leaves(browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)
    assert (answer.headers["location"], is_out(browser)) == (SIGNED_OUT, True)


def test_oidcc_rp_initiated_logout_only_state():
    browser, _ = signed_in()
    answer = leaves(browser, state="s-1")
    assert (path_of(answer), is_out(browser)) == ("/", True)


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri():
    browser, hint = signed_in()
    answer = leaves(browser, id_token_hint=hint, post_logout_redirect_uri=f"{SIGNED_OUT}?foo=bar", state="s")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


# the back channel


def test_oidcc_backchannel_logout_discovery_endpoint_verification():
    there = Browser().get("/.well-known/openid-configuration").json()
    assert there["backchannel_logout_supported"] is True
    assert there["backchannel_logout_session_supported"] is True


def test_oidcc_backchannel_rp_initiated_logout(monkeypatch):
    """Back-Channel Logout §2.4: what the token says, and what it must not."""
    heard: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200)

    monkeypatch.setattr(backchannel, "_client", httpx.Client(transport=httpx.MockTransport(service)))
    cabinet_is_registered(backchannel_logout_uri="http://localhost:8001/signin/backchannel/")
    browser, hint = signed_in()
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    entered = jwt.decode(hint, keys, ["ES256"]).claims
    answer = leaves(browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state="s-1")
    assert (path_of(answer), parameters(answer)) == (SIGNED_OUT, {"state": "s-1"})
    for message in Message.objects.filter(kind=backchannel.KIND, state="waiting"):
        outbox.deliver(message.pk)
    [request] = heard
    assert (request.method, request.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    told = jwt.decode(parse_qs(request.content.decode())["logout_token"][0], keys, ["ES256"])
    assert told.header["typ"] == "logout+jwt"
    claims = told.claims
    assert (claims["iss"], claims["aud"]) == (PORTAL, CLIENT)
    assert (claims["sub"], claims["sid"]) == (entered["sub"], entered["sid"])
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["iat"] < claims["exp"] <= claims["iat"] + 120
    assert claims["jti"]
    assert "nonce" not in claims
