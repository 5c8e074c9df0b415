"""Revocation (RFC 7009): a service gives up what it was given."""

import pytest

from dopusk.portal.oidc.models import Grant, ServiceToken, Token
from dopusk.portal.tests.browser import CLIENT, Browser, known, statements
from dopusk.portal.tests.browser import SECRET as CABINETS
from dopusk.web.journal.models import Entry
from tests.conformance.party import (
    INTROSPECT,
    PHARMACY,
    REVOKE,
    SECRET,
    TOKEN,
    ask,
    code,
    exchange,
    fault,
    lasting,
    opens,
    pharmacy,
    refresh,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def give_up(token: str, **more):
    return ask(REVOKE, token=token, **more)


def test_a_refresh_token_given_up_ends_all_of_its_grant():
    """RFC 7009 §2.1."""
    told = lasting()
    assert give_up(told["refresh_token"]).status_code == 200
    assert fault(refresh(told["refresh_token"])) == (400, "invalid_grant", "refresh_revoked")
    assert opens(told["access_token"]).status_code == 401
    entry = Entry.objects.about(str(known("anna").sub)).get(act="oidc.given_up")
    assert (entry.actor, entry.object) == (f"client:{PHARMACY}", f"client:{PHARMACY}")


def test_a_spent_refresh_token_ends_it_too():
    told = lasting()
    newer = refresh(told["refresh_token"]).json()
    assert give_up(told["refresh_token"]).status_code == 200
    assert fault(refresh(newer["refresh_token"]))[2] == "refresh_revoked"


def test_an_access_token_given_up_ends_alone():
    told = lasting()
    assert give_up(told["access_token"]).status_code == 200
    assert opens(told["access_token"]).status_code == 401
    assert refresh(told["refresh_token"]).status_code == 200
    assert Entry.objects.filter(act="oidc.given_up").count() == 0


def test_a_services_own_token_is_given_up():
    token = ask(TOKEN, grant_type="client_credentials").json()["access_token"]
    assert give_up(token).status_code == 200
    assert ask(INTROSPECT, token=token).json() == {"active": False}
    assert ServiceToken.objects.count() == 0


@pytest.mark.parametrize("token", ["x" * 43, "x", "ы", "e30.e30.AAAA"])
def test_what_nobody_has_is_as_good_as_given_up(token):
    """RFC 7009 §2.2."""
    assert give_up(token).status_code == 200


def test_giving_up_twice_changes_nothing_more():
    told = lasting()
    for _ in range(2):
        assert give_up(told["refresh_token"]).status_code == 200
    assert Entry.objects.filter(act="oidc.given_up").count() == 1


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_another_services_token_stays_and_that_is_said(which):
    """RFC 7009 §2.1: the request is refused."""
    told = lasting()
    refused = give_up(told[which], auth=(CLIENT, CABINETS))
    assert fault(refused) == (400, "unauthorized_client", "token_foreign")
    assert opens(told["access_token"]).status_code == 200
    assert refresh(told["refresh_token"]).status_code == 200
    own = ask(TOKEN, grant_type="client_credentials").json()["access_token"]
    assert fault(give_up(own, auth=(CLIENT, CABINETS)))[2] == "token_foreign"
    assert ask(INTROSPECT, token=own).json()["active"] is True


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "moon"])
def test_the_hint_of_a_type_changes_nothing(hint):
    told = lasting()
    assert give_up(told["access_token"], token_type_hint=hint).status_code == 200
    assert Token.objects.count() == 0
    assert give_up(told["refresh_token"], token_type_hint=hint).status_code == 200
    assert Grant.objects.get().revoked_at is not None


@pytest.mark.parametrize("auth", [None, (PHARMACY, "wrong"), ("nobody", SECRET)])
def test_a_stranger_ends_nothing(auth):
    token = exchange(code()).json()["access_token"]
    assert fault(give_up(token, auth=auth)) == (401, "invalid_client", "client_authentication")
    assert opens(token).status_code == 200


def test_a_request_has_a_form():
    assert fault(ask(REVOKE, token="")) == (400, "invalid_request", "token_missing")
    assert Browser().get(REVOKE, params={"token": "x"}).status_code == 405


def test_a_revoked_grant_ends_its_tokens_whoever_revoked_it():
    from dopusk.portal.oidc.actions import revoke_grant

    told = lasting()
    grant = Grant.objects.get()
    assert revoke_grant(grant.pk, "Доступ прекращён") is True
    assert revoke_grant(grant.pk, "Доступ прекращён") is False
    assert opens(told["access_token"]).status_code == 401
    assert fault(refresh(told["refresh_token"]))[2] == "refresh_revoked"
    assert (
        Entry.objects.about(str(known("anna").sub)).get(act="oidc.grant_revoked").words == "Доступ прекращён"
    )


def test_it_costs_one_statement():
    token = lasting()["refresh_token"]
    with statements() as sent:
        give_up(token)
    assert len(sent) == 1
