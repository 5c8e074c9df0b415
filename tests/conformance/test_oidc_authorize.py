"""The authorization endpoint: what is refused, to whom it is told, and when the person is asked again."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from dopusk.portal.accounts.models import Account
from dopusk.portal.oidc.models import Grant
from dopusk.portal.tests.browser import (
    ALL_SCOPES,
    CALLBACK,
    CHALLENGE,
    PORTAL,
    Browser,
    authorization,
    check_of,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def annas_browser(**scopes: str) -> Browser:
    """Анна is signed in and the cabinet has her consent."""
    browser = Browser()
    code_for(browser, "anna", **scopes)
    return browser


HOSTILE_REDIRECTS = [
    "",
    "http://evil.example/signin/callback/",
    "https://localhost:8001/signin/callback/",
    "http://localhost:8001/signin/callback",
    "http://localhost:8001/signin/callback/?",
    "http://localhost:8001/signin/callback/?next=//evil.example",
    "http://localhost:8001/signin/callback/#",
    "http://localhost:8001/signin/callback/#@evil.example",
    "http://localhost:8001/signin/callback//",
    "http://localhost:8001/signin/callback/../../evil",
    "http://localhost:8001/signin/callback/%2e%2e/",
    "http://localhost:8001/signin/%63allback/",
    "http://localhost:8001/SIGNIN/callback/",
    "http://localhost:8001//signin/callback/",
    "http://LOCALHOST:8001/signin/callback/",
    "HTTP://localhost:8001/signin/callback/",
    "http://localhost:80/signin/callback/",
    "http://localhost:08001/signin/callback/",
    "http://localhost:8001.evil.example/signin/callback/",
    "http://localhost:8001@evil.example/signin/callback/",
    "http://evil.example@localhost:8001/signin/callback/",
    "http://evil.example\\@localhost:8001/signin/callback/",
    "http://evil.example#localhost:8001/signin/callback/",
    "http://127.0.0.1:8001/signin/callback/",
    "http://[::1]:8001/signin/callback/",
    "http://localhost.:8001/signin/callback/",
    "http://localhost:8001/signin/signed-out/",
    "http://localhost:8001/",
    "//localhost:8001/signin/callback/",
    "/signin/callback/",
    "javascript:alert(1)",
    "data:text/html,hello",
    "http://localhost:8001/signin/callback/\x00",
    "http://localhost:8001/signin/callback/\r\nSet-Cookie: a=b",
    " http://localhost:8001/signin/callback/",
    "http://localhost:8001/signin/callback/ ",
    "http://localhost:8001/signin/callback/;x",
    "http:/localhost:8001/signin/callback/",
    "http:localhost:8001/signin/callback/",
    "http://loсalhost:8001/signin/callback/",
    "http://localhost:8001/signin/callback/&redirect_uri=http://evil.example",
    "*",
]


@pytest.mark.parametrize("address", HOSTILE_REDIRECTS)
def test_an_address_that_is_not_the_registered_one_is_never_gone_to(address):
    answer = annas_browser().get(authorization(redirect_uri=address))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "redirect_unregistered" in answer.text
    assert answer.headers["x-trace-id"] in answer.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "somebody-else"}, "client_unknown"),
        ({"client_id": None}, "client_unknown"),
        ({"client_id": "dopusk-cabinet\x00"}, "client_unknown"),
        ({"client_id": "x" * 5000}, "client_unknown"),
        ({"redirect_uri": None}, "redirect_unregistered"),
    ],
)
def test_an_unknown_service_is_told_to_the_person_and_not_by_a_redirect(changes, code):
    answer = Browser().get(authorization(**changes))
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert code in answer.text


@pytest.mark.parametrize("language", ["ru", "en"])
def test_on_a_stand_the_developer_sees_the_registered_address_beside_the_one_that_came(language):
    browser = Browser()
    browser.cookies.set("portal_language", language)
    came = "http://l\u043ecalhost:8001/signin/callback/<b>"
    page = browser.get(authorization(redirect_uri=came)).text
    assert "http://l\\u043ecalhost:8001/signin/callback/&lt;b&gt;" in page
    assert f'<li><code class="dk-breakable">{CALLBACK}</code></li>' in page
    assert "redirect_unregistered: the address" in page


def test_beyond_a_stand_nobody_is_told_the_registered_addresses(settings):
    settings.SANDBOX = False
    page = Browser().get(authorization(redirect_uri="http://localhost:8001/other/")).text
    assert "redirect_unregistered" in page
    assert CALLBACK not in page
    assert 'id="developer"' not in page


def test_of_a_service_nobody_knows_no_address_is_shown():
    page = Browser().get(authorization(client_id="somebody-else")).text
    assert "client_unknown: no service" in page
    assert CALLBACK not in page


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_the_recipient_is_named_once(name):
    twice = authorization() + f"&{name}=http%3A%2F%2Fevil.example"
    answer = Browser().get(twice)
    assert (answer.status_code, "recipient_repeated" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request", "challenge_missing"),
        ({"code_challenge": None}, "invalid_request", "challenge_missing"),
        ({"code_challenge_method": "plain"}, "invalid_request", "challenge_method"),
        ({"code_challenge_method": None}, "invalid_request", "challenge_method"),
        ({"code_challenge_method": "s256"}, "invalid_request", "challenge_method"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request", "challenge_form"),
        ({"code_challenge": "short"}, "invalid_request", "challenge_form"),
        ({"response_type": None}, "invalid_request", "response_type_missing"),
        ({"response_type": "token"}, "unsupported_response_type", "response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type", "response_type"),
        ({"response_mode": "fragment"}, "invalid_request", "response_mode"),
        ({"response_mode": "form_post"}, "invalid_request", "response_mode"),
        ({"scope": None}, "invalid_scope", "scope_without_openid"),
        ({"scope": "snils"}, "invalid_scope", "scope_without_openid"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported", "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported", "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported", "registration_not_supported"),
        ({"prompt": "none login"}, "invalid_request", "prompt_none_not_alone"),
        ({"prompt": "create"}, "invalid_request", "prompt_unknown"),
        ({"max_age": "-1"}, "invalid_request", "max_age_form"),
        ({"max_age": "soon"}, "invalid_request", "max_age_form"),
        ({"nonce": "n\x00"}, "invalid_request", "nonce_form"),
        ({"nonce": "n" * 1025}, "invalid_request", "nonce_form"),
        ({"id_token_hint": "not.a.token"}, "invalid_request", "hint_invalid"),
    ],
)
def test_other_faults_go_back_to_the_service_with_state_and_issuer(changes, error, code):
    answer = annas_browser().get(authorization(**changes))
    assert (answer.status_code, path_of(answer)) == (303, CALLBACK)
    told = parameters(answer)
    assert (told["error"], check_of(told)) == (error, code)
    assert (told["state"], told["iss"]) == ("a state & its tail", PORTAL)
    assert "code" not in told


def test_a_repeated_parameter_is_refused_and_a_doubtful_state_is_not_given_back():
    answer = annas_browser().get(authorization() + "&state=other")
    assert check_of(parameters(answer)) == "parameter_repeated"
    assert "state" not in parameters(answer)


def test_the_code_comes_with_state_as_it_was_and_issuer():
    state = "ы?&=#%20+ two  spaces".encode().hex() + " &=%"
    answer = annas_browser().get(authorization(state=state))
    told = parameters(answer)
    assert (told["state"], told["iss"], len(told["code"])) == (state, PORTAL, 43)


def test_a_request_by_post_is_answered_like_one_by_get():
    browser = annas_browser()
    query = urlsplit(authorization()).query
    values = {name: value[0] for name, value in parse_qs(query).items()}
    answer = browser.post("/oidc/authorize", data=values)
    assert (answer.status_code, path_of(answer), "code" in parameters(answer)) == (303, CALLBACK, True)


def test_a_registered_address_with_a_query_keeps_it():
    from dopusk.portal.tests.browser import cabinet_is_registered

    cabinet_is_registered(redirect_uris=[f"{CALLBACK}?tenant=1"])
    browser = Browser()
    browser.sign_in(known("anna") and "anna@example.org")
    answer = browser.get(authorization(redirect_uri=f"{CALLBACK}?tenant=1", prompt="none"))
    assert answer.headers["location"].startswith(f"{CALLBACK}?tenant=1&error=consent_required")


@pytest.mark.parametrize("changes", [{"grant_types": ["client_credentials"]}, {"auth_method": "esia"}])
def test_a_service_that_has_not_registered_for_codes_gets_none(changes):
    """RFC 6749 §4.1.2.1; one that speaks the other dialect could not exchange a code here."""
    from dopusk.portal.clients import models as clients

    browser = annas_browser()
    clients.Client.objects.update(**changes)
    clients.forget()
    told = parameters(browser.get(authorization()))
    assert (told["error"], check_of(told)) == ("unauthorized_client", "client_without_codes")


# prompt and max_age, OIDC Core §3.1.2.1


def test_prompt_none_never_shows_a_page():
    stranger = Browser().get(authorization(prompt="none"))
    assert parameters(stranger)["error"] == "login_required"
    browser = Browser()
    known("anna")
    browser.sign_in("anna@example.org")
    assert parameters(browser.get(authorization(prompt="none")))["error"] == "consent_required"
    assert "code" in parameters(annas_browser().get(authorization(prompt="none")))


def test_wider_scopes_are_asked_for_again_and_narrower_ones_are_not():
    browser = annas_browser(scope="openid profile")
    assert "code" in parameters(browser.get(authorization(scope="openid")))
    wider = browser.get(authorization(scope="openid profile snils"))
    assert path_of(wider) == "/consents/give/"


def test_prompt_login_asks_for_the_password_once_and_only_a_new_sign_in_will_do():
    browser = annas_browser()
    sent = browser.get(authorization(prompt="login"))
    assert path_of(sent) == "/signin/"
    back = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
    assert path_of(browser.get(back)) == "/signin/"  # without signing in anew it leads to sign-in again
    signed_in = browser.sign_in("anna@example.org", next_path=back)
    assert "code" in parameters(browser.get(signed_in.headers["location"]))


def test_the_mark_of_having_signed_in_anew_belongs_to_one_request_only():
    browser = annas_browser()
    sent = browser.get(authorization(prompt="login"))
    back = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
    mark = parse_qs(urlsplit(back).query)["again"][0]
    browser.sign_in("anna@example.org", next_path=back)
    other = browser.get(authorization(prompt="login", state="another request", again=mark))
    assert path_of(other) == "/signin/"
    forged = browser.get(authorization(prompt="login", again=mark[:-2] + "xx"))
    assert path_of(forged) == "/signin/"


def age_sessions(seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sessions_session SET created_at = created_at - %s * interval '1 second'", [seconds]
        )


def test_max_age_lets_a_fresh_sign_in_through_and_sends_an_old_one_to_sign_in():
    browser = annas_browser()
    age_sessions(100)
    assert "code" in parameters(browser.get(authorization(max_age="3600")))
    assert path_of(browser.get(authorization(max_age="60"))) == "/signin/"
    assert parameters(browser.get(authorization(max_age="60", prompt="none")))["error"] == "login_required"


def test_max_age_zero_ends_after_one_sign_in():
    browser = annas_browser()
    age_sessions(5)
    sent = browser.get(authorization(max_age="0"))
    back = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
    signed_in = browser.sign_in("anna@example.org", next_path=back)
    assert "code" in parameters(browser.get(signed_in.headers["location"]))


def test_prompt_consent_asks_again_although_she_has_agreed():
    browser = annas_browser()
    sent = browser.get(authorization(prompt="consent"))
    assert path_of(sent) == "/consents/give/"
    page = browser.get(sent.headers["location"])
    agreed = browser.submit(page, "/consents/give/", decision="allow")
    assert "code" in parameters(browser.get(agreed.headers["location"]))


def test_a_refused_consent_is_told_to_the_service():
    browser = Browser()
    known("anna")
    signed_in = browser.sign_in("anna@example.org", next_path=authorization())
    asked = browser.get(signed_in.headers["location"])
    page = browser.get(asked.headers["location"])
    denied = browser.submit(page, "/consents/give/", decision="deny")
    told = parameters(browser.get(denied.headers["location"]))
    assert (told["error"], told["state"]) == ("access_denied", "a state & its tail")


# id_token_hint


def test_a_hint_of_the_same_person_passes_and_of_another_does_not():
    browser = annas_browser()
    token = exchange(parameters(browser.get(authorization()))["code"]).json()["id_token"]
    assert "code" in parameters(browser.get(authorization(id_token_hint=token)))
    borises = Browser()
    code_for(borises, "boris")
    told = parameters(borises.get(authorization(id_token_hint=token)))
    assert (told["error"], check_of(told)) == ("login_required", "another_person")


# sessions


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sessions_session SET ended_at = now()",
        "UPDATE sessions_session SET expires_at = now() - interval '1 second'",
        "UPDATE sessions_session SET seen_at = now() - interval '2 hours'",
    ],
)
def test_a_session_that_is_over_is_no_session(change):
    browser = annas_browser()
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert path_of(browser.get(authorization())) == "/signin/"


def test_an_invented_cookie_signs_nobody_in():
    browser = Browser()
    browser.cookies.set("portal_session", "x" * 43)
    assert path_of(browser.get(authorization())) == "/signin/"


def test_the_code_rests_as_a_hash_only():
    code = code_for(Browser(), "anna")
    grant = Grant.objects.get()
    assert code.encode() not in bytes(grant.code_hash)
    assert len(bytes(grant.code_hash)) == 32


def test_entering_a_service_stands_in_the_journal_with_what_it_learns():
    from dopusk.web.journal.models import Entry

    code_for(Browser(), "anna", scope="openid snils")
    anna = Account.objects.get()
    entry = Entry.objects.about(str(anna.sub)).filter(act="oidc.entered").get()
    assert (entry.object, entry.subject) == ("client:dopusk-cabinet", str(anna.sub))
    assert "СНИЛС" in entry.words
    assert "паспорт" not in entry.words


def test_unknown_scopes_are_ignored():
    told = exchange(code_for(Browser(), "anna", scope="openid moon")).json()
    assert told["scope"] == "openid"
    assert set(ALL_SCOPES.split()) > {"openid"}


def an_hour_ago() -> Browser:
    """Anna signed in and agreed then."""
    browser = annas_browser()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sessions_session SET created_at = created_at - interval '1 hour'")
        cursor.execute("UPDATE consents_consent SET given_at = given_at - interval '1 hour'")
    return browser


def test_a_browser_without_a_session_earns_no_leave_for_another():
    """Whoever sits before Anna's open browser asks in a fresh one and brings here what it was sent back with."""
    annas = an_hour_ago()
    back = parameters(Browser().get(authorization(prompt="login")))["next"]
    assert "again=" in back
    assert path_of(annas.get(back)) == "/signin/"


def test_a_person_who_has_not_agreed_earns_no_leave_for_another():
    annas, borises = an_hour_ago(), Browser()
    known("boris")
    borises.sign_in("boris@example.org")
    back = parameters(borises.get(authorization(prompt="consent")))["next"]
    assert "again=" in back
    assert path_of(annas.get(back)) == "/consents/give/"
