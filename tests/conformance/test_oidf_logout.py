"""OIDF's plans `oidcc-rp-initiated-logout-certification-test-plan` and the back-channel one, by module names."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import httpx
import pytest

from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import (
    SIGNED_OUT,
    Browser,
    authorization,
    code_for,
    exchange,
    parameters,
    path_of,
)

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
