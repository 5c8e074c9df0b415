"""The rules alone: what is read of others' signatures, how addresses are compared, which reason is named first."""

import json
import math
from base64 import urlsafe_b64encode
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc.rules import signed
from dopusk.portal.oidc.rules.authorize import Asked
from dopusk.portal.oidc.rules.dpop import normal
from dopusk.portal.oidc.rules.pushed import PushedState, pushed_fault
from dopusk.portal.oidc.rules.token import (
    CodeState,
    Presented,
    RefreshState,
    code_fault,
    own_scopes,
    refresh_fault,
    token_fault,
)

KEY = ECKey.generate_key("P-256")


def part(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@given(some.text(max_size=200) | some.from_regex(r"[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*){0,4}", fullmatch=True))
def test_whatever_comes_is_read_or_not_and_breaks_nothing(text):
    whole = signed.read(text)
    assert whole is None or isinstance(whole.claims, dict)


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(some.dictionaries(some.sampled_from(["alg", "typ", "jwk", "kid", "crit"]), VALUES), VALUES)
def test_a_header_and_claims_of_any_values_are_no_proof_of_anything(header, claims):
    whole = signed.read(f"{part(header)}.{part(claims)}.AAAA")
    if whole is not None:
        assert not signed.is_signed_by(whole, KEY)
        assert (whole.moment("x") or 0.0) < math.inf
        assert isinstance(whole.alg + whole.jti, str)


@given(VALUES)
def test_what_is_no_public_key_is_none(value):
    assert signed.public_key(value) is None
    assert list(signed.registered(json.dumps({"keys": [value]}))) == []


@pytest.mark.parametrize("jwks", ["", "{}", "[]", '{"keys": {}}', '{"keys": []}', "5"])
def test_a_registration_without_keys_verifies_nothing(jwks):
    whole = signed.read(jwt.encode({"alg": "ES256"}, {"a": 1}, KEY))
    assert not signed.is_signed_by_one_of(whole, jwks)


def test_private_and_secret_keys_are_no_public_ones():
    for key in (KEY, RSAKey.generate_key(2048)):
        assert signed.public_key(key.as_dict(private=True)) is None
        assert signed.public_key(key.as_dict(private=False)) is not None
    assert signed.public_key(OctKey.generate_key(256).as_dict()) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://localhost:8000/oidc/token", "HTTP://LOCALHOST:8000/oidc/token"),
        ("https://portal.example/oidc/token", "https://portal.example:443/oidc/token"),
        ("http://portal.example/oidc/token", "http://portal.example:80/oidc/token?x=1#y"),
        ("https://portal.example", "https://portal.example/"),
        ("https://portal.example/a%7Eb", "https://portal.example/a~b"),
        ("https://portal.example/a%2fb", "https://portal.example/a%2Fb"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_one_address_written_in_two_ways_is_one(one, other):
    assert normal(one) == normal(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://portal.example/oidc/token", "http://portal.example/oidc/token"),
        ("https://portal.example/oidc/token", "https://portal.example/oidc/Token"),
        ("https://portal.example/oidc/token", "https://portal.example/oidc/token/"),
        ("https://portal.example/a%2Fb", "https://portal.example/a/b"),
        ("https://portal.example/oidc/token", "https://portal.example:8443/oidc/token"),
        ("https://portal.example/oidc/token", "https://portal.example.evil.example/oidc/token"),
    ],
)
def test_two_addresses_are_two(one, other):
    assert normal(one) != normal(other)


@given(some.text(max_size=60))
def test_any_text_is_compared_without_breaking(text):
    assert isinstance(normal(text), str)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "//portal.example/",
        "ftp://portal.example/",
        "http://",
        "http://a@b/",
        "http://a:99999/",
        "http://[/",
    ],
)
def test_what_is_no_address_equals_none_of_ours(text):
    assert normal(text) == ""


REFRESH_REASONS = [
    "refresh_foreign", "refresh_reused", "refresh_revoked", "refresh_expired", "refresh_key", "session_over",
    "consent_withdrawn", "not_admitted", "refresh_scope",
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(REFRESH_REASONS)))
def test_the_first_condition_that_fails_is_the_reason(place):
    names = [one.name for one in fields(RefreshState)]
    state = RefreshState(**{name: index < place for index, name in enumerate(names)})
    assert refresh_fault(state).code == REFRESH_REASONS[place]


def test_when_all_holds_there_is_no_reason():
    assert refresh_fault(RefreshState(**{one.name: True for one in fields(RefreshState)})) is None
    assert code_fault(CodeState(**{one.name: True for one in fields(CodeState)})) is None
    assert pushed_fault(PushedState(unused=True, in_time=True)) is None


def test_a_stranger_with_a_used_token_is_told_that_it_is_not_his_and_not_that_it_was_used():
    """So he cannot end the family of somebody else's token by showing it."""
    everything = {one.name: True for one in fields(RefreshState)}
    assert (
        refresh_fault(RefreshState(**{**everything, "own": False, "unused": False})).code == "refresh_foreign"
    )


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, "pushed_unknown"),
        (PushedState(unused=False, in_time=True), "pushed_used"),
        (PushedState(unused=False, in_time=False), "pushed_used"),
        (PushedState(unused=True, in_time=False), "pushed_expired"),
    ],
)
def test_a_reference_that_opens_nothing_says_why(state, code):
    assert (pushed_fault(state).error, pushed_fault(state).code) == ("invalid_request_uri", code)


def service(**changes) -> Registration:
    values = {
        "client_id": "pharmacy", "name": "Аптека", "secret_hash": b"", "redirect_uris": frozenset(),
        "signed_out_uris": frozenset(), "scopes": frozenset({"openid", "snils", "offline_access", "stock.read"}),
    }  # fmt: skip
    return Registration(**{**values, **changes})


def test_a_service_may_ask_for_itself_what_opens_nobodys_data():
    assert own_scopes(service()) == {"stock.read"}


@pytest.mark.parametrize(
    ("grants", "prompt", "lasts"),
    [
        ({"authorization_code", "refresh_token"}, "consent", True),
        ({"authorization_code", "refresh_token"}, "login consent", True),
        ({"authorization_code", "refresh_token"}, "", False),
        ({"authorization_code", "refresh_token"}, "login", False),
        ({"authorization_code"}, "consent", False),
    ],
)
def test_lasting_access_is_asked_for_by_who_may_with_consent(grants, prompt, lasts):
    asked = Asked(
        {"scope": "openid offline_access", "prompt": prompt},
        frozenset(),
        service(grant_types=frozenset(grants)),
    )
    assert ("offline_access" in asked.scopes) is lasts


@given(some.dictionaries(some.sampled_from(["grant_type", "code", "scope", "token"]), some.text(max_size=30)))
def test_a_token_request_of_anything_is_judged(values):
    client = service(grant_types=frozenset({"authorization_code", "refresh_token", "client_credentials"}))
    fault = token_fault(Presented(values, frozenset(), is_form=True, authenticated=client))
    assert fault is None or fault.error.startswith(("invalid_", "unsupported_", "unauthorized_"))
