"""Introspection (RFC 7662): who may ask, and what she who is asked about keeps to herself."""

import time

import pytest
from django.db import connection

from dopusk.portal.tests.browser import (
    CALLBACK,
    CLIENT,
    PORTAL,
    Browser,
    cabinet_is_registered,
    known,
    statements,
)
from dopusk.portal.tests.browser import SECRET as CABINETS
from tests.conformance.party import (
    EC,
    INTROSPECT,
    PHARMACY,
    SECRET,
    TOKEN,
    ask,
    code,
    exchange,
    fault,
    lasting,
    pharmacy,
    proof,
    refresh,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
INACTIVE = {"active": False}


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def told(token: str, **more):
    answer = ask(INTROSPECT, token=token, **more)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return answer.json()


def test_a_service_learns_of_the_token_it_was_given():
    token = exchange(code(scope="openid profile")).json()["access_token"]
    known_of = told(token)
    left = known_of.pop("exp") - time.time()
    assert 590 < left <= 600
    assert known_of == {
        "active": True,
        "client_id": PHARMACY,
        "sub": str(known("anna").sub),
        "iss": PORTAL,
        "scope": "openid profile",
        "token_type": "Bearer",
    }


def test_nothing_of_the_person_but_her_key_is_told():
    """Who wants her data asks userinfo."""
    token = exchange(code(scope="openid profile snils")).json()["access_token"]
    assert set(told(token)) == {"active", "client_id", "sub", "iss", "exp", "scope", "token_type"}


def test_a_persons_token_given_to_another_service_is_inactive():
    """It opens nothing at a service that was handed it, and who holds it by chance learns nothing."""
    token = exchange(code()).json()["access_token"]
    assert told(token, auth=(CLIENT, CABINETS)) == INACTIVE
    refreshing = lasting()["refresh_token"]
    assert told(refreshing, auth=(CLIENT, CABINETS)) == INACTIVE


def test_a_services_own_token_is_known_to_every_service():
    """So that one service can let another in."""
    token = ask(TOKEN, grant_type="client_credentials", scope="prescriptions.read").json()["access_token"]
    for auth in ((PHARMACY, SECRET), (CLIENT, CABINETS)):
        known_of = told(token, auth=auth)
        assert 0 <= known_of.pop("exp") - known_of.pop("iat") - 600 < 2
        assert known_of == {
            "active": True,
            "client_id": PHARMACY,
            "sub": PHARMACY,
            "iss": PORTAL,
            "scope": "prescriptions.read",
            "token_type": "Bearer",
        }


def test_a_refresh_token_is_active_until_it_is_used():
    first = lasting()["refresh_token"]
    assert told(first)["active"] is True
    assert "token_type" not in told(first)
    second = refresh(first).json()["refresh_token"]
    assert (told(first), told(second)["active"]) == (INACTIVE, True)


def test_a_token_bound_to_a_key_names_it():
    token = exchange(code(), headers=proof()).json()["access_token"]
    assert (told(token)["token_type"], told(token)["cnf"]) == ("DPoP", {"jkt": EC.thumbprint()})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE oidc_token SET expires_at = now()",
        "DELETE FROM oidc_token",
        "UPDATE oidc_grant SET revoked_at = now()",
        "UPDATE sessions_session SET ended_at = now()",
        "UPDATE sessions_session SET expires_at = now()",
        "UPDATE consents_consent SET revoked_at = now()",
        "UPDATE accounts_account SET locked_at = now()",
    ],
)
def test_a_token_is_inactive_when_what_it_rests_on_is_over(change):
    token = exchange(code()).json()["access_token"]
    assert told(token)["active"] is True
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert told(token) == INACTIVE


@pytest.mark.parametrize("token", ["x" * 43, "x", "ы", "e30.e30.AAAA", "\x7f", "x" * 8000])
def test_what_is_no_token_of_ours_is_inactive(token):
    assert told(token) == INACTIVE


def test_an_id_token_and_a_code_are_no_access_tokens():
    given = code()
    assert told(given) == INACTIVE
    assert told(exchange(given).json()["id_token"]) == INACTIVE


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "anything"])
def test_the_hint_of_a_type_changes_nothing(hint):
    """RFC 7662 §2.1: we look everywhere."""
    assert told(exchange(code()).json()["access_token"], token_type_hint=hint)["active"] is True
    assert told(lasting()["refresh_token"], token_type_hint=hint)["active"] is True


@pytest.mark.parametrize("auth", [None, (PHARMACY, "wrong"), ("nobody", SECRET)])
def test_only_services_may_ask(auth):
    """RFC 7662 §2.1: else anybody could try tokens out."""
    token = exchange(code()).json()["access_token"]
    assert fault(ask(INTROSPECT, auth=auth, token=token)) == (401, "invalid_client", "client_authentication")


def test_a_token_is_no_way_to_authenticate():
    token = exchange(code()).json()["access_token"]
    answer = ask(INTROSPECT, auth=None, token=token, headers={"Authorization": f"Bearer {token}"})
    assert fault(answer)[:2] == (401, "invalid_client")


def test_a_request_has_a_form():
    assert fault(ask(INTROSPECT, token_type_hint="access_token")) == (400, "invalid_request", "token_missing")
    assert fault(ask(INTROSPECT, token="x\x00")) == (400, "invalid_request", "body_form")
    twice = Browser().post(
        INTROSPECT,
        content="token=a&token=b",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        auth=(PHARMACY, SECRET),
    )
    assert fault(twice) == (400, "invalid_request", "body_form")
    assert Browser().get(INTROSPECT, params={"token": "x"}).status_code == 405


def test_it_costs_one_statement():
    token = exchange(code()).json()["access_token"]
    with statements() as sent:
        assert told(token)["active"] is True
    assert len(sent) == 1


def test_the_cabinet_asks_of_its_own_tokens():
    from dopusk.portal.tests.browser import code_for
    from dopusk.portal.tests.browser import exchange as cabinets

    cabinet_is_registered(redirect_uris=[CALLBACK])
    token = cabinets(code_for(Browser())).json()["access_token"]
    assert told(token, auth=(CLIENT, CABINETS))["active"] is True
    assert told(token) == INACTIVE
