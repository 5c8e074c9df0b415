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
from tests.conformance import party


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


@pytest.mark.django_db
def test_authlib_refreshes_asks_about_and_gives_up_what_it_was_given(cabinet):
    """Refresh, introspection and revocation by a client we did not write."""
    party.pharmacy()
    there = Browser().get("/.well-known/openid-configuration").json()
    given = party.lasting()
    client = OAuth2Client(party.PHARMACY, party.SECRET, token=given, transport=Browser()._transport)
    with one_connection():
        fresh = client.refresh_token(there["token_endpoint"], refresh_token=given["refresh_token"])
        asked = client.introspect_token(there["introspection_endpoint"], token=fresh["access_token"]).json()
        gone = client.revoke_token(there["revocation_endpoint"], token=fresh["refresh_token"])
        after = client.introspect_token(there["introspection_endpoint"], token=fresh["access_token"]).json()
    assert fresh["refresh_token"] != given["refresh_token"]
    assert (asked["active"], asked["sub"], asked["client_id"]) == (
        True,
        str(known("anna").sub),
        party.PHARMACY,
    )
    assert (gone.status_code, after) == (200, {"active": False})
