"""Tokens of a service for itself (RFC 6749 §4.4)."""

import pytest
from authlib.integrations.httpx_client import OAuth2Client

from dopusk.portal.oidc.models import Grant, ServiceToken
from dopusk.portal.tests.browser import CLIENT, Browser, cabinet_is_registered, one_connection, statements
from dopusk.portal.tests.browser import SECRET as CABINETS
from tests.conformance.party import (
    EC,
    INTROSPECT,
    PHARMACY,
    SECRET,
    TOKEN,
    ask,
    fault,
    opens,
    pharmacy,
    proof,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def own(**more):
    return ask(TOKEN, **{"grant_type": "client_credentials", **more})


def test_a_service_gets_a_token_for_itself_and_nothing_of_a_person():
    answer = own()
    assert answer.status_code == 200
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    assert told["scope"] == "prescriptions.read prescriptions.write"
    assert {"refresh_token", "id_token"}.isdisjoint(told)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert Grant.objects.count() == 0


def test_it_opens_nobodys_data():
    assert opens(own().json()["access_token"]).status_code == 401


def test_less_than_all_its_scopes_may_be_asked_for():
    assert own(scope="prescriptions.read").json()["scope"] == "prescriptions.read"


@pytest.mark.parametrize(
    "scope", ["openid", "snils", "prescriptions.read openid", "offline_access", "moon", "*"]
)
def test_what_opens_a_persons_data_or_is_not_registered_is_refused(scope):
    """There is no person whose consent could open it."""
    assert fault(own(scope=scope)) == (400, "invalid_scope", "scope_not_own")
    assert ServiceToken.objects.count() == 0


def test_a_service_without_scopes_of_its_own_gets_a_token_that_says_none():
    cabinet_is_registered(grant_types=["authorization_code", "client_credentials"])
    told = own(auth=(CLIENT, CABINETS)).json()
    assert "scope" not in told
    assert "scope" not in ask(INTROSPECT, token=told["access_token"]).json()


def test_who_has_not_registered_for_it_gets_none():
    pharmacy(grant_types=["authorization_code"])
    assert fault(own()) == (400, "unauthorized_client", "grant_type_unregistered")


@pytest.mark.parametrize("auth", [None, (PHARMACY, "wrong"), (PHARMACY, ""), ("nobody", SECRET)])
def test_a_stranger_gets_none(auth):
    assert fault(own(auth=auth)) == (401, "invalid_client", "client_authentication")


def test_a_disabled_service_gets_none_and_its_tokens_end():
    from django.utils import timezone

    from dopusk.portal.clients import models as clients

    token = own().json()["access_token"]
    clients.Client.objects.filter(pk=PHARMACY).update(disabled_at=timezone.now())
    clients.forget()
    assert fault(own()) == (401, "invalid_client", "client_authentication")
    assert ask(INTROSPECT, auth=(CLIENT, CABINETS), token=token).json() == {"active": False}


def test_a_key_shown_binds_the_token():
    told = own(headers=proof()).json()
    assert told["token_type"] == "DPoP"
    assert ServiceToken.objects.get().jkt == EC.thumbprint()


def test_tokens_rest_as_hashes_only_and_go_when_they_expire():
    from django.db import connection

    from dopusk.portal.oidc import actions

    token = own().json()["access_token"]
    assert (
        len(bytes(ServiceToken.objects.get().hash)),
        token.encode() in bytes(ServiceToken.objects.get().hash),
    ) == (
        32,
        False,
    )
    assert actions.purge() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oidc_servicetoken SET expires_at = now() - interval '1 second'")
    assert ask(INTROSPECT, token=token).json() == {"active": False}
    assert (actions.purge(), ServiceToken.objects.count()) == (1, 0)


def test_it_costs_one_statement():
    own()
    with statements() as sent:
        assert own().status_code == 200
    assert len(sent) == 1


def test_authlib_gets_one():
    client = OAuth2Client(PHARMACY, SECRET, scope="prescriptions.read", transport=Browser()._transport)
    with one_connection():
        token = client.fetch_token(TOKEN, grant_type="client_credentials")
    assert (token["token_type"], token["scope"]) == ("Bearer", "prescriptions.read")


def test_scopes_of_the_other_dialect_open_peoples_data_too():
    """`fullname` is no claim of OpenID, and is nobody's own for all that."""
    pharmacy(scopes=["openid", "fullname", "http://esia.gosuslugi.ru/usr_inf", "prescriptions.read"])
    assert own().json()["scope"] == "prescriptions.read"
    assert fault(own(scope="fullname")) == (400, "invalid_scope", "scope_not_own")
