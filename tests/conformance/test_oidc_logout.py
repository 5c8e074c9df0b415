"""OpenID Connect RP-Initiated Logout 1.0."""

import pytest
from django.urls import reverse

from dopusk.portal.clients.actions import register
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import (
    CALLBACK,
    CLIENT,
    SIGNED_OUT,
    Browser,
    code_for,
    exchange,
    known,
    path_of,
    userinfo,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
LOGOUT = "/oidc/logout"


def test_the_addresses_are_where_discovery_says():
    assert (reverse("oidc:logout"), reverse("oidc:confirm")) == (LOGOUT, "/oidc/logout/confirm/")


def signed_in(who: str = "anna") -> tuple[Browser, dict[str, str]]:
    browser = Browser()
    return browser, exchange(code_for(browser, who)).json()


def living_sessions() -> int:
    return Session.objects.filter(ended_at=None).count()


def test_with_a_hint_of_this_session_it_ends_and_the_person_comes_back_with_state():
    browser, tokens = signed_in()
    answer = browser.get(
        LOGOUT,
        params={
            "id_token_hint": tokens["id_token"],
            "post_logout_redirect_uri": SIGNED_OUT,
            "state": "s & t",
        },
    )
    assert (answer.status_code, path_of(answer)) == (303, SIGNED_OUT)
    assert answer.headers["location"].endswith("?state=s+%26+t")
    assert living_sessions() == 0
    assert userinfo(tokens["access_token"]).status_code == 401
    assert path_of(browser.get("/journal/")) == "/signin/"


def test_by_post_likewise():
    browser, tokens = signed_in()
    answer = browser.post(
        LOGOUT, data={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": SIGNED_OUT}
    )
    assert (path_of(answer), living_sessions()) == (SIGNED_OUT, 0)


@pytest.mark.parametrize("with_client", [True, False])
def test_without_a_hint_the_person_is_asked_first(with_client):
    browser, _ = signed_in()
    asked = {"client_id": CLIENT, "post_logout_redirect_uri": SIGNED_OUT, "state": "s"} if with_client else {}
    page = browser.get(LOGOUT, params=asked)
    assert (page.status_code, living_sessions()) == (200, 1)
    answer = browser.submit(page, "/oidc/logout/confirm/")
    assert path_of(answer) == (SIGNED_OUT if with_client else "/")
    assert living_sessions() == 0


def test_confirming_needs_the_form_of_our_own_page():
    browser, _ = signed_in()
    assert browser.post("/oidc/logout/confirm/").status_code == 403
    assert living_sessions() == 1


def test_a_hint_of_another_session_does_not_end_this_one():
    _, borises = signed_in("boris")
    browser, _ = signed_in("anna")
    page = browser.get(LOGOUT, params={"id_token_hint": borises["id_token"]})
    assert (page.status_code, living_sessions()) == (200, 2)


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/",
        CALLBACK,
        SIGNED_OUT + "?x=1",
        SIGNED_OUT.rstrip("/"),
        SIGNED_OUT + "#evil",
        "http://localhost:8001@evil.example/signin/signed-out/",
        "javascript:alert(1)",
        "//evil.example",
    ],
)
def test_an_unregistered_way_back_is_refused_and_nobody_is_signed_out(address):
    browser, tokens = signed_in()
    answer = browser.get(
        LOGOUT, params={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": address}
    )
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert "redirect_unregistered" in answer.text
    assert living_sessions() == 1


def test_on_a_stand_the_developer_sees_where_one_may_come_back_to_after_signing_out(settings):
    browser, tokens = signed_in()
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://localhost:8001/other/"}
    page = browser.get(LOGOUT, params=asked).text
    assert "http://localhost:8001/other/" in page
    assert SIGNED_OUT in page
    settings.SANDBOX = False
    assert SIGNED_OUT not in browser.get(LOGOUT, params=asked).text


def test_a_way_back_without_saying_who_asks_is_refused():
    browser, _ = signed_in()
    answer = browser.get(LOGOUT, params={"post_logout_redirect_uri": SIGNED_OUT})
    assert (answer.status_code, "redirect_unregistered" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"id_token_hint": "x.y.z"}, "hint_invalid"),
        ({"client_id": "nobody"}, "client_unknown"),
        ({"client_id": CLIENT, "state": "\x01"}, "state_form"),
    ],
)
def test_a_faulty_request_is_explained_and_changes_nothing(values, code):
    browser, _ = signed_in()
    answer = browser.get(LOGOUT, params=values)
    assert (answer.status_code, code in answer.text, living_sessions()) == (400, True, 1)


def test_a_service_cannot_leave_with_another_services_hint():
    register(
        "pharmacy", name="Аптека", secret="p" * 40, redirect_uris=[CALLBACK],
        signed_out_uris=["http://localhost:9/out"], scopes=["openid"],
    )  # fmt: skip
    browser, tokens = signed_in()
    answer = browser.get(
        LOGOUT,
        params={
            "id_token_hint": tokens["id_token"],
            "client_id": "pharmacy",
            "post_logout_redirect_uri": "http://localhost:9/out",
        },
    )
    assert (answer.status_code, "hint_foreign" in answer.text, living_sessions()) == (400, True, 1)


def test_whoever_is_signed_out_already_simply_comes_back():
    browser, tokens = signed_in()
    known("anna")
    browser.submit(browser.get("/"), "/signout/")
    answer = browser.get(
        LOGOUT, params={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": SIGNED_OUT}
    )
    assert path_of(answer) == SIGNED_OUT
