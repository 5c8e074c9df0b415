"""What a service may say for our pages (OIDC Core §3.1.2.1): `login_hint`, `ui_locales`, `acr_values`, `display`."""

import re

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.oidc.rules.authorize import Asked, language_of
from dopusk.portal.tests.browser import (
    Browser,
    authorization,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def page_for(browser: Browser, **changes: str):
    """The sign-in page a request leads to."""
    sent = browser.get(authorization(**changes))
    assert path_of(sent) == "/signin/"
    return browser.get(sent.headers["location"])


def field(page) -> str:
    """What stands in the identifier's field."""
    tag = re.search(r'<input[^>]*name="identifier"[^>]*>', page.text)
    assert tag
    value = re.search(r'value="([^"]*)"', tag[0])
    return value[1] if value else ""


@pytest.mark.parametrize("hint", ["anna@example.org", "+7 900 000-00-03", "000-000-600 03"])
def test_a_hint_stands_in_the_field(hint):
    assert field(page_for(Browser(), login_hint=hint)) == hint


def test_without_a_hint_the_field_is_empty():
    assert field(page_for(Browser())) == ""


@pytest.mark.parametrize("hint", ["x" * 255, "a\nb", "a\x00b"])
def test_a_hint_nobody_could_type_is_passed_over(hint):
    assert field(page_for(Browser(), login_hint=hint)) == ""


@pytest.mark.parametrize(
    "hint", ['"><script>alert(1)</script>', "@@csrf-goes-here@@", "@@next-goes-here@@", "&quot;"]
)
def test_a_hint_is_a_text_and_nothing_else(hint):
    from html import escape

    page = page_for(Browser(), login_hint=hint)
    assert field(page) == escape(hint)
    assert "<script>alert" not in page.text


def test_a_hint_signs_nobody_in_and_chooses_nobody():
    browser = Browser()
    code_for(browser, "anna")
    assert "code" in parameters(browser.get(authorization(login_hint="boris@example.org")))
    told = parameters(Browser().get(authorization(login_hint="anna@example.org", prompt="none")))
    assert told["error"] == "login_required"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("en", "en"), ("ru", "ru"), ("en-GB ru", "en"), ("fr de en", "en"), ("fr", "ru"), ("", "ru")],
)
def test_pages_speak_the_first_language_of_the_services_that_we_speak(wanted, language):
    assert f'lang="{language}"' in page_for(Browser(), ui_locales=wanted).text


def test_what_she_has_chosen_herself_stands():
    browser = Browser()
    browser.cookies.set("portal_language", "ru")
    assert 'lang="ru"' in page_for(browser, ui_locales="en").text


@pytest.mark.parametrize("wanted", ["x" * 5000, "../../etc", "en;q=1", "EN", "\x00", "-", "en_US"])
def test_no_language_tag_is_ever_repeated_to_the_browser(wanted):
    sent = Browser().get(authorization(ui_locales=wanted))
    assert path_of(sent) == "/signin/"
    cookie = sent.headers.get("set-cookie", "")
    assert not cookie or cookie.startswith("portal_language=en;")
    asked = Asked({"ui_locales": wanted}, frozenset(), None)
    assert language_of(asked, frozenset({"ru", "en"})) in {"", "en"}


def test_acr_values_are_a_wish_and_the_token_says_what_was():
    """OIDC Core §5.5.1.1: a voluntary claim; a service compares `acr` itself."""
    answer = exchange(code_for(Browser(), acr_values="urn:dopusk:acr:passkey urn:dopusk:acr:mfa"))
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    claims = jwt.decode(answer.json()["id_token"], keys, ["ES256"]).claims
    assert (claims["acr"], claims["amr"]) == ("urn:dopusk:acr:password", ["pwd"])


@pytest.mark.parametrize(
    "wish",
    [
        {"display": "popup"},
        {"claims_locales": "ru"},
        {"claims": '{"userinfo":{"snils":null}}'},
        {"ours": "x"},
    ],
)
def test_other_wishes_are_passed_over(wish):
    known("anna")
    told = exchange(code_for(Browser(), scope="openid", **wish)).json()
    assert told["scope"] == "openid"
