"""Pushed authorization requests (RFC 9126): checked before the browser is sent, read by reference, worth one code."""

import pytest
from django.db import connection

from dopusk.portal.oidc.models import Grant, PushedRequest
from dopusk.portal.tests.browser import (
    CALLBACK,
    CLIENT,
    PORTAL,
    Browser,
    authorization,
    check_of,
    known,
    parameters,
    path_of,
    statements,
)
from tests.conformance.party import (
    EC,
    OTHER_EC,
    PAR,
    PHARMACY,
    REQUEST,
    SECRET,
    ask,
    exchange,
    fault,
    opens,
    pharmacy,
    proof,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def push(**more):
    return ask(PAR, **{**REQUEST, **more})


def pushed(**more) -> str:
    answer = push(**more)
    assert answer.status_code == 201, answer.text
    return answer.json()["request_uri"]


def by_reference(reference: str, client_id: str = PHARMACY, **beside: str) -> str:
    """The address of an authorization request that names a pushed one."""
    from urllib.parse import urlencode

    return "/oidc/authorize?" + urlencode({"client_id": client_id, "request_uri": reference, **beside})


def annas_browser() -> Browser:
    known("anna")
    browser = Browser()
    browser.sign_in("anna@example.org")
    return browser


def through(browser: Browser, address: str):
    """Past consent, if it is asked for: the answer that leads to the service."""
    answer = browser.get(address)
    if path_of(answer) == "/consents/give/":
        page = browser.get(answer.headers["location"])
        agreed = browser.submit(page, "/consents/give/", decision="allow")
        answer = browser.get(agreed.headers["location"])
    return answer


def test_a_pushed_request_is_kept_and_named():
    answer = push()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    told = answer.json()
    assert told["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert 0 < told["expires_in"] < 600
    kept = PushedRequest.objects.get()
    assert told["request_uri"][-43:].encode() not in bytes(kept.hash)


def test_anna_signs_in_by_a_pushed_request_and_nothing_of_it_passes_through_her_browser():
    known("anna")
    reference = pushed(state="secret-state", login_hint="anna@example.org", scope="openid snils")
    browser = Browser()
    sent = browser.get(by_reference(reference))
    assert path_of(sent) == "/signin/"
    assert "secret-state" not in sent.headers["location"]
    page = browser.get(sent.headers["location"])
    assert "Аптека" in page.text
    onward = parameters(sent)["next"]
    signed_in = browser.sign_in("anna@example.org", next_path=onward)
    asked = browser.get(signed_in.headers["location"])
    assert path_of(asked) == "/consents/give/"
    page = browser.get(asked.headers["location"])
    assert "СНИЛС" in page.text
    agreed = browser.submit(page, "/consents/give/", decision="allow")
    back = browser.get(agreed.headers["location"])
    assert (path_of(back), parameters(back)["state"], parameters(back)["iss"]) == (
        CALLBACK,
        "secret-state",
        PORTAL,
    )
    told = exchange(parameters(back)["code"]).json()
    assert opens(told["access_token"]).json()["snils"] == "00000060003"


def test_a_refused_consent_is_told_to_the_service_of_a_pushed_request_too():
    browser = annas_browser()
    asked = browser.get(by_reference(pushed()))
    page = browser.get(asked.headers["location"])
    denied = browser.submit(page, "/consents/give/", decision="deny")
    assert parameters(browser.get(denied.headers["location"]))["error"] == "access_denied"


def test_a_reference_gives_one_code():
    browser, reference = annas_browser(), pushed()
    assert "code" in parameters(through(browser, by_reference(reference)))
    again = parameters(browser.get(by_reference(reference)))
    assert (again["error"], check_of(again)) == ("invalid_request_uri", "pushed_used")
    assert Grant.objects.count() == 1


def test_pages_may_be_loaded_again_until_the_code_is_given():
    """Browsers load ahead and again: looking uses nothing up (FAPI 2.0 §5.3.2.2, note)."""
    browser, reference = Browser(), pushed()
    for _ in range(3):
        assert path_of(browser.get(by_reference(reference))) == "/signin/"


def test_a_reference_ends_in_time():
    browser, reference = annas_browser(), pushed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oidc_pushedrequest SET expires_at = now()")
    told = parameters(browser.get(by_reference(reference)))
    assert (told["error"], check_of(told)) == ("invalid_request_uri", "pushed_expired")


def test_references_are_forgotten_a_day_later():
    from dopusk.portal.oidc import actions

    pushed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oidc_pushedrequest SET expires_at = now() - interval '23 hours'")
        assert (actions.purge(), PushedRequest.objects.count()) == (0, 1)
        cursor.execute("UPDATE oidc_pushedrequest SET expires_at = now() - interval '25 hours'")
    assert (actions.purge(), PushedRequest.objects.count()) == (1, 0)


def test_prompt_login_is_asked_once_within_a_pushed_request():
    browser = annas_browser()
    sent = browser.get(by_reference(pushed(prompt="login")))
    assert path_of(sent) == "/signin/"
    signed_in = browser.sign_in("anna@example.org", next_path=parameters(sent)["next"])
    assert "code" in parameters(through(browser, signed_in.headers["location"]))


@pytest.mark.parametrize(
    "reference",
    [
        "urn:ietf:params:oauth:request_uri:" + "x" * 43,
        "urn:ietf:params:oauth:request_uri:",
        "urn:ietf:params:oauth:request_uri:\x00",
    ],
)
def test_an_unknown_reference_leads_nowhere(reference):
    answer = Browser().get(by_reference(reference))
    assert (answer.status_code, "pushed_unknown" in answer.text, "location" in answer.headers) == (
        400,
        True,
        False,
    )


def test_another_services_reference_leads_nowhere():
    """RFC 9126 §4: bound to the client that pushed it."""
    answer = annas_browser().get(by_reference(pushed(), client_id=CLIENT))
    assert (answer.status_code, "pushed_unknown" in answer.text) == (400, True)


def test_what_comes_with_the_browser_beside_a_reference_counts_for_nothing():
    browser = annas_browser()
    reference = pushed(scope="openid", state="pushed")
    answer = through(
        browser,
        by_reference(
            reference,
            scope="openid snils inn",
            state="altered",
            redirect_uri="http://evil.example/",
            nonce="x",
        ),
    )
    assert (path_of(answer), parameters(answer)["state"]) == (CALLBACK, "pushed")
    told = exchange(parameters(answer)["code"]).json()
    assert told["scope"] == "openid"


def test_a_reference_given_twice_is_refused():
    answer = annas_browser().get(by_reference(pushed()) + "&request_uri=x")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"redirect_uri": "http://evil.example/"}, (400, "invalid_request", "redirect_unregistered")),
        ({"redirect_uri": None}, (400, "invalid_request", "redirect_unregistered")),
        ({"code_challenge": None}, (400, "invalid_request", "challenge_missing")),
        ({"code_challenge_method": "plain"}, (400, "invalid_request", "challenge_method")),
        ({"response_type": "token"}, (400, "unsupported_response_type", "response_type")),
        ({"scope": "snils"}, (400, "invalid_scope", "scope_without_openid")),
        ({"prompt": "none login"}, (400, "invalid_request", "prompt_none_not_alone")),
        (
            {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
            (400, "invalid_request", "reference_pushed"),
        ),
        ({"request": "e30.e30."}, (400, "request_not_supported", "request_not_supported")),
        ({"client_id": "somebody-else"}, (400, "invalid_request", "authentication_twice")),
        ({"client_secret": SECRET}, (400, "invalid_request", "authentication_twice")),
        ({"dpop_jkt": "short"}, (400, "invalid_request", "dpop_jkt_form")),
        ({"auth": None}, (401, "invalid_client", "client_authentication")),
        ({"auth": (PHARMACY, "wrong")}, (401, "invalid_client", "client_authentication")),
    ],
)
def test_what_would_be_refused_later_is_refused_at_once(changes, expected):
    assert fault(push(**changes)) == expected
    assert PushedRequest.objects.count() == 0


def test_the_answer_of_our_own_page_cannot_be_pushed():
    browser = annas_browser()
    assert path_of(browser.get(by_reference(pushed(consent="denied")))) == "/consents/give/"


def test_who_has_registered_to_push_is_heard_no_other_way():
    pharmacy(par_required=True)
    browser = annas_browser()
    told = parameters(browser.get(authorization(client_id=PHARMACY)))
    assert (told["error"], check_of(told)) == ("invalid_request", "push_required")
    assert "code" in parameters(through(browser, by_reference(pushed())))


def test_a_key_shown_while_pushing_binds_the_code():
    """RFC 9449 §10.1."""
    browser = annas_browser()
    answer = push(headers=proof(PAR), dpop_jkt=EC.thumbprint())
    back = through(browser, by_reference(answer.json()["request_uri"]))
    given = parameters(back)["code"]
    assert fault(exchange(given)) == (400, "invalid_grant", "code_key")
    assert fault(exchange(given, headers=proof(key=OTHER_EC))) == (400, "invalid_grant", "code_key")
    assert exchange(given, headers=proof()).json()["token_type"] == "DPoP"


def test_two_different_keys_cannot_be_named_while_pushing():
    answer = push(headers=proof(PAR), dpop_jkt=OTHER_EC.thumbprint())
    assert fault(answer) == (400, "invalid_request", "dpop_jkt_differs")


def test_get_is_not_a_way_to_push():
    answer = Browser().get(PAR)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_pushed_login_costs_one_statement_to_push_and_one_more_to_read():
    browser = annas_browser()
    through(browser, by_reference(pushed()))
    with statements() as sent:
        reference = pushed()
    assert len(sent) == 1
    with statements() as sent:
        assert "code" in parameters(browser.get(by_reference(reference)))
    assert len(sent) == 2


@pytest.mark.parametrize(
    "changes",
    [{}, {"redirect_uri": "https://evil.example/"}, {"code_challenge": None}, {"prompt": "create"}],
    ids=["not_pushed", "another_address", "without_pkce", "unknown_prompt"],
)
def test_consent_is_not_asked_for_what_authorization_refuses(changes):
    """A link to the page of consent that somebody else made: the service never asked, or never could."""
    pharmacy(par_required=not changes)
    browser = Browser()
    known("anna")
    browser.sign_in("anna@example.org")
    address = authorization(client_id=PHARMACY, scope="openid snils", **changes)
    page = browser.get("/consents/give/", params={"next": address})
    assert page.status_code == 404
