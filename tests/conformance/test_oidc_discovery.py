"""Discovery and keys: the document tells the truth, and Authlib accepts it."""

import pytest
from authlib.oidc.discovery import OpenIDProviderMetadata
from django.urls import reverse

from dopusk.portal.oidc.models import SigningKey
from dopusk.portal.tests.browser import (
    PORTAL,
    Browser,
    authorization,
    code_for,
    exchange,
    parameters,
    statements,
    userinfo,
)

SCOPE = "openid profile birthdate snils inn email phone identity_document"  # as the cabinet asks
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def test_the_document_is_well_formed_but_for_https():
    """This machine has no https."""
    document = Browser().get("/.well-known/openid-configuration").json()
    secure = {
        name: value.replace("http://", "https://") if isinstance(value, str) else value
        for name, value in document.items()
    }
    OpenIDProviderMetadata(secure).validate()
    assert document["id_token_signing_alg_values_supported"] == ["ES256", "RS256"]
    assert document["issuer"] == PORTAL
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True


def test_every_address_of_the_document_answers():
    document = Browser().get("/.well-known/openid-configuration").json()
    for name in (
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
    ):
        assert Browser().get(document[name]).status_code != 404, name
    assert document["end_session_endpoint"] == PORTAL + reverse("oidc:logout")


def test_every_endpoint_that_is_there_is_told_of():
    from dopusk.portal.oidc.endpoints import ROUTES

    document = Browser().get("/.well-known/openid-configuration").json()
    told = {value for value in document.values() if isinstance(value, str)}
    assert {PORTAL + path for path in ROUTES if path.startswith("/oidc/")} <= told


def test_services_learn_how_to_prove_themselves_and_what_for():
    document = Browser().get("/.well-known/openid-configuration").json()
    assert document["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert "offline_access" in document["scopes_supported"]
    for endpoint in ("token", "introspection", "revocation"):
        methods = document[f"{endpoint}_endpoint_auth_methods_supported"]
        assert methods == ["client_secret_basic", "private_key_jwt"]
        algs = document[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert {"ES256", "PS256", "EdDSA"} < set(algs)
        assert not {"none", "HS256", "HS384", "HS512"} & set(algs)


def test_only_public_parts_of_the_keys_are_shown():
    keys = Browser().get("/oidc/jwks").json()["keys"]
    assert [(key["kty"], key["alg"], key["use"]) for key in keys] == [("EC", "ES256", "sig")]
    assert all("d" not in key for key in keys)


def test_the_key_is_made_once_rests_sealed_and_is_opened_again():
    from dopusk.portal.oidc import keys

    first = Browser().get("/oidc/jwks").json()
    keys.forget()
    assert Browser().get("/oidc/jwks").json() == first
    assert SigningKey.objects.count() == 1
    assert bytes(SigningKey.objects.get().sealed).startswith(b"DPK1")


@pytest.mark.parametrize(
    "path", ["/oidc/jwks", "/oidc/authorize", "/oidc/userinfo", "/.well-known/openid-configuration"]
)
def test_every_answer_carries_the_trace_and_the_headers_of_safety(path):
    trace = "0123456789abcdef" * 2
    answer = Browser().get(path, headers={"X-Trace-Id": trace})
    assert answer.headers["x-trace-id"] == trace
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_trace_id_of_another_shape_is_replaced():
    answer = Browser().get("/oidc/jwks", headers={"X-Trace-Id": "<script>"})
    assert len(answer.headers["x-trace-id"]) == 32


def test_the_endpoint_asked_through_django_alone_explains_itself(client):
    assert client.get(reverse("oidc:authorize")).status_code == 400


def test_a_failure_of_ours_is_told_in_the_protocols_form(monkeypatch):
    from dopusk.portal.oidc import actions

    def fail(*_args, **_named):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(actions, "userinfo", fail)
    answer = Browser().get("/oidc/userinfo", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert "secret detail" not in answer.text
    assert answer.headers["x-trace-id"] in answer.text


@pytest.mark.parametrize(("more", "cost"), [("", 5), (" education qualification employment", 6)])
def test_the_whole_login_costs_five_statements_and_what_a_profile_says_one_more(more, cost):
    address = authorization(scope=SCOPE + more)
    exchange(code_for(Browser()))  # she has agreed; registration and key are remembered
    browser = Browser()
    with statements() as sent:
        browser.get(address)
        signed_in = browser.sign_in("anna@example.org", next_path=address)
        code = parameters(browser.get(signed_in.headers["location"]))["code"]
        token = exchange(code).json()["access_token"]
        assert userinfo(token).status_code == 200
    assert len(sent) == cost
