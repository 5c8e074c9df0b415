"""What services learn of a sign-in by a signature."""

import pytest

from dopusk.portal.certificates import actions, rules
from dopusk.portal.certificates.tests.people import added, sign_in
from dopusk.portal.esia.markers import method_of
from dopusk.portal.oidc import keys
from dopusk.portal.oidc.claims import ACR_PASSWORD, ACR_SIGNATURE, ACR_TWO_FACTORS, acr
from dopusk.portal.sessions.rules import together
from dopusk.portal.tests.browser import (
    CALLBACK,
    Browser,
    authorization,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
    userinfo,
)
from dopusk.trust import certificates

pytestmark = pytest.mark.django_db


def claims_of(browser: Browser, **changes: str) -> tuple[dict, dict]:
    """The ID token's and userinfo's of the cabinet."""
    tokens = exchange(code_for(browser, **changes)).json()
    return keys.opened(tokens["id_token"]), userinfo(tokens["access_token"]).json()


def test_the_service_learns_of_the_certificate_of_this_session(office, cabinet):
    card, one = added(office, organisation="Тверская больница", ogrn="1026900000017", title="Медсестра")
    browser = Browser()
    sign_in(browser, card)
    told, info = claims_of(browser)
    assert (told["acr"], told["amr"]) == (ACR_SIGNATURE, ["pop"])
    assert info["certificate"] == {
        "serial": one.serial,
        "issuer": "Учебный УЦ",
        "not_after": one.not_after.isoformat(),
        "organisation": "Тверская больница",
        "ogrn": "1026900000017",
        "title": "Медсестра",
    }
    assert certificates.read(one.der).serial == one.serial


def test_a_service_that_asks_for_a_fresh_sign_in_gets_it_by_a_signature(office, cabinet):
    card, _one = added(office)
    browser = Browser()
    code_for(browser)  # by a password, and agreed
    asked = browser.get(authorization(prompt="login"))
    assert path_of(asked) == "/signin/"
    signed = sign_in(browser, card, parameters(asked)["next"])
    answer = browser.get(signed.headers["location"])
    assert path_of(answer) == CALLBACK
    tokens = exchange(parameters(answer)["code"]).json()
    assert keys.opened(tokens["id_token"])["acr"] == ACR_SIGNATURE
    assert userinfo(tokens["access_token"]).json()["certificate"]["issuer"] == "Учебный УЦ"


def test_a_session_by_password_has_no_such_claim(office, cabinet):
    added(office)
    told, info = claims_of(Browser())
    assert told["acr"] == ACR_PASSWORD
    assert "certificate" not in info


def test_without_the_scope_nothing_is_told(office, cabinet):
    card, _one = added(office)
    browser = Browser()
    sign_in(browser, card)
    assert "certificate" not in claims_of(browser, scope="openid snils")[1]


def test_what_was_blocked_since_is_told_no_more(office, cabinet):
    card, one = added(office)
    browser = Browser()
    sign_in(browser, card)
    tokens = exchange(code_for(browser)).json()
    sid = one.uses.get().sid
    actions.block(known("anna").pk, one.pk, rules.Reason.LOST, session="", but=sid)
    assert "certificate" not in userinfo(tokens["access_token"]).json()


@pytest.mark.parametrize(
    ("amr", "word", "method"),
    [
        (["pop"], ACR_SIGNATURE, "DS"),
        (["otp", "pop", "mfa"], ACR_SIGNATURE, "DS"),
        (["pop", "pwd", "mfa"], ACR_TWO_FACTORS, "PWD"),
        (["pwd"], ACR_PASSWORD, "PWD"),
    ],
)
def test_how_she_was_proved_in_one_word(amr, word, method):
    assert (acr(amr), method_of(tuple(amr))) == (word, method)


@pytest.mark.parametrize(
    ("before", "now", "together_"),
    [
        (["pop"], ["otp"], ["otp", "pop", "mfa"]),
        (["pop"], ["pwd"], ["pop", "pwd", "mfa"]),
        (["pop"], ["pop"], ["pop"]),
    ],
)
def test_a_signature_and_something_of_another_kind_are_two_factors(before, now, together_):
    assert sorted(together(before, now)) == sorted(together_)
