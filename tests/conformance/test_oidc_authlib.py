"""Authlib, a client we did not write, signs Анна in through the whole flow."""

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.tests.browser import (
    ALL_SCOPES,
    CALLBACK,
    CLIENT,
    PORTAL,
    SECRET,
    Browser,
    known,
    one_connection,
    path_of,
)


@pytest.mark.django_db
def test_authlib_signs_anna_in_and_reads_who_she_is(cabinet):
    anna = known("anna")
    browser = Browser()
    there = browser.get("/.well-known/openid-configuration").json()
    client = OAuth2Client(
        CLIENT, SECRET, scope=ALL_SCOPES, redirect_uri=CALLBACK, code_challenge_method="S256",
        transport=browser._transport,
    )  # fmt: skip
    verifier = "x" * 64
    address, state = client.create_authorization_url(
        there["authorization_endpoint"], nonce="n-0S6_WzA2Mj", code_verifier=verifier
    )
    sent_to_sign_in = browser.get(address)
    assert path_of(sent_to_sign_in) == "/signin/"
    page = browser.get(sent_to_sign_in.headers["location"])
    signed_in = browser.submit(page, "/signin/", identifier="000-000-600 03", password="Uchebnyy-stend-2026")
    asked = browser.get(signed_in.headers["location"])
    assert path_of(asked) == "/consents/give/"
    page = browser.get(asked.headers["location"])
    allowed = browser.submit(page, "/consents/give/", decision="allow")
    back = browser.get(allowed.headers["location"])
    assert path_of(back) == CALLBACK
    with one_connection():
        token = client.fetch_token(
            there["token_endpoint"],
            authorization_response=back.headers["location"],
            code_verifier=verifier,
            state=state,
        )
    keys = KeySet.import_key_set(browser.get(there["jwks_uri"]).json())
    claims = jwt.decode(token["id_token"], keys, ["ES256"]).claims
    assert claims["iss"] == there["issuer"] == PORTAL
    assert claims["sub"] == str(anna.sub)
    assert (claims["aud"], claims["nonce"], claims["assurance_level"]) == (
        CLIENT,
        "n-0S6_WzA2Mj",
        "confirmed",
    )
    with one_connection():
        about = client.get(there["userinfo_endpoint"]).json()
    assert about["sub"] == claims["sub"]
    assert (about["family_name"], about["snils"]) == ("Орлова", "00000060003")
