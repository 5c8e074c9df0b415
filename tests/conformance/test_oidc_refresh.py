"""Refresh tokens: a family in which each works once, and which ends when one is seen twice (RFC 9700 §4.14)."""

import pytest
from django.db import connection
from django.utils import timezone

from dopusk.portal.oidc.models import Grant, RefreshToken, Token
from dopusk.portal.tests.browser import Browser, code_for, known
from dopusk.web.journal.models import Entry
from tests.conformance.party import (
    EC,
    OTHER_EC,
    PHARMACY,
    SECRET,
    TOKEN,
    ask,
    code,
    exchange,
    fault,
    lasting,
    opens,
    pharmacy,
    proof,
    refresh,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def change(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_refresh_gives_a_new_pair_and_the_old_token_is_spent():
    first = lasting()
    answer = refresh(first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert (second["token_type"], second["expires_in"]) == ("Bearer", 600)
    assert set(second["scope"].split()) == {"openid", "profile", "snils", "offline_access"}
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert "id_token" not in second
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert opens(second["access_token"]).json()["sub"] == str(known("anna").sub)
    assert refresh(second["refresh_token"]).status_code == 200


def test_a_token_used_twice_ends_the_whole_family_and_is_told_to_the_person():
    """A lost answer is not forgiven: whoever was first may have been the thief."""
    first = lasting()
    second = refresh(first["refresh_token"]).json()
    assert fault(refresh(first["refresh_token"])) == (400, "invalid_grant", "refresh_reused")
    assert opens(first["access_token"]).status_code == opens(second["access_token"]).status_code == 401
    assert fault(refresh(second["refresh_token"])) == (400, "invalid_grant", "refresh_revoked")
    entry = Entry.objects.about(str(known("anna").sub)).get(act="oidc.refresh_reused")
    assert entry.object == f"client:{PHARMACY}"
    refresh(first["refresh_token"])
    assert Entry.objects.filter(act="oidc.refresh_reused").count() == 1


def test_without_offline_access_there_is_no_refresh_token():
    told = exchange(code(scope="openid profile")).json()
    assert "refresh_token" not in told
    assert RefreshToken.objects.count() == 0


def test_offline_access_without_asking_for_consent_is_passed_over():
    """OIDC Core §11: it must be ignored."""
    browser = Browser()
    lasting(browser)
    told = exchange(code(browser, scope="openid profile offline_access")).json()
    assert (told["scope"], "refresh_token" in told) == ("openid profile", False)


def test_a_service_that_has_not_registered_to_refresh_gets_nothing_lasting():
    pharmacy(grant_types=["authorization_code"])
    told = exchange(code(scope="openid offline_access", prompt="consent")).json()
    assert (told["scope"], "refresh_token" in told) == ("openid", False)
    assert fault(refresh("x" * 43)) == (400, "unauthorized_client", "grant_type_unregistered")


def test_she_is_asked_for_it_in_words():
    browser = Browser()
    known("anna")
    address = code_address(prompt="consent")
    answer = browser.sign_in("anna@example.org", next_path=address)
    page = browser.get(browser.get(answer.headers["location"]).headers["location"])
    assert "после Вашего выхода" in page.text


def code_address(**changes: str) -> str:
    from dopusk.portal.tests.browser import authorization

    return authorization(client_id=PHARMACY, scope="openid offline_access", **changes)


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE sessions_session SET ended_at = now()",
        "UPDATE sessions_session SET expires_at = now() - interval '1 second'",
        "DELETE FROM sessions_session",
    ],
)
def test_an_offline_grant_outlives_the_session(ending):
    told = lasting()
    change(ending)
    assert opens(told["access_token"]).status_code == 200
    again = refresh(told["refresh_token"])
    assert again.status_code == 200
    assert opens(again.json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("statement", "code_"),
    [
        ("UPDATE consents_consent SET revoked_at = now()", "consent_withdrawn"),
        ("DELETE FROM consents_consent", "consent_withdrawn"),
        ("UPDATE oidc_grant SET revoked_at = now()", "refresh_revoked"),
        ("UPDATE oidc_refreshtoken SET expires_at = now()", "refresh_expired"),
        ("UPDATE accounts_account SET level = 'simplified'", "not_admitted"),
        ("UPDATE accounts_account SET locked_at = now()", "not_admitted"),
        ("UPDATE accounts_account SET closed_at = now()", "not_admitted"),
        ("UPDATE oidc_grant SET offline = false; DELETE FROM sessions_session", "session_over"),
    ],
)
def test_a_refresh_token_lives_no_longer_than_what_it_rests_on(statement, code_):
    from dopusk.portal.accounts.rules import Level

    pharmacy(required_level=Level.CONFIRMED)
    told = lasting()
    change(statement)
    assert fault(refresh(told["refresh_token"])) == (400, "invalid_grant", code_)
    assert Token.objects.count() == 1


def test_withdrawing_consent_ends_refreshing_at_once():
    from dopusk.portal.consents.actions import revoke
    from dopusk.portal.consents.models import Consent

    told = lasting()
    revoke(known("anna").sub, Consent.objects.get(client_id=PHARMACY).pk, session="")
    assert fault(refresh(told["refresh_token"])) == (400, "invalid_grant", "consent_withdrawn")
    assert opens(told["access_token"]).status_code == 401


def test_a_narrower_scope_may_be_asked_for_and_a_wider_one_not():
    """RFC 6749 §6: the new access token opens less, the next refresh token is worth what was granted."""
    told = lasting()
    less = refresh(told["refresh_token"], scope="openid profile").json()
    assert less["scope"] == "openid profile"
    assert "snils" not in opens(less["access_token"]).json()
    assert fault(refresh(less["refresh_token"], scope="openid inn")) == (
        400,
        "invalid_scope",
        "refresh_scope",
    )
    whole = refresh(less["refresh_token"])  # a refused request has not spent it
    assert "snils" in opens(whole.json()["access_token"]).json()


def test_another_services_refresh_token_is_worth_nothing_and_stays_good_for_its_own():
    from dopusk.portal.tests.browser import CLIENT, cabinet_is_registered
    from dopusk.portal.tests.browser import SECRET as CABINETS

    cabinet_is_registered(grant_types=["authorization_code", "refresh_token"])
    told = lasting()
    stolen = refresh(told["refresh_token"], auth=(CLIENT, CABINETS))
    assert fault(stolen) == (400, "invalid_grant", "refresh_foreign")
    again = refresh(told["refresh_token"])
    assert again.status_code == 200
    refresh(told["refresh_token"], auth=(CLIENT, CABINETS))  # seen after use by a stranger, it ends nothing
    assert opens(again.json()["access_token"]).status_code == 200


@pytest.mark.parametrize("auth", [None, (PHARMACY, "wrong"), ("nobody", SECRET)])
def test_a_stranger_refreshes_nothing(auth):
    told = lasting()
    assert fault(refresh(told["refresh_token"], auth=auth)) == (
        401,
        "invalid_client",
        "client_authentication",
    )
    assert refresh(told["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (None, (400, "invalid_request", "refresh_token_missing")),
        ("", (400, "invalid_request", "refresh_token_missing")),
        ("x" * 43, (400, "invalid_grant", "refresh_unknown")),
        ("ы" * 43, (400, "invalid_grant", "refresh_unknown")),
        ("0b0b1a5e-5a4e-4d8e-9f6e-2b1f6a0c7d3e", (400, "invalid_grant", "refresh_unknown")),
    ],
)
def test_what_is_no_refresh_token_gives_nothing(token, expected):
    assert fault(ask(TOKEN, grant_type="refresh_token", refresh_token=token)) == expected


def test_an_access_token_or_a_code_is_no_refresh_token():
    given = code(scope="openid profile snils offline_access", prompt="consent")
    assert fault(refresh(given)) == (400, "invalid_grant", "refresh_unknown")
    told = exchange(given).json()
    assert fault(refresh(told["access_token"])) == (400, "invalid_grant", "refresh_unknown")
    assert opens(told["refresh_token"]).status_code == 401


def test_a_code_used_twice_ends_the_refresh_token_it_gave():
    given = code(scope="openid profile offline_access", prompt="consent")
    told = exchange(given).json()
    assert fault(exchange(given)) == (400, "invalid_grant", "code_reused")
    assert fault(refresh(told["refresh_token"])) == (400, "invalid_grant", "refresh_revoked")


def test_a_family_ends_a_year_after_consent_and_a_month_after_its_last_use():
    told = lasting()
    assert days_left() == 30
    change("UPDATE oidc_grant SET given_at = given_at - interval '360 days'")
    assert refresh(told["refresh_token"]).status_code == 200
    assert days_left() == 5


def days_left() -> int:
    return (RefreshToken.objects.get(used_at=None).expires_at - timezone.now()).days + 1


def test_refresh_tokens_rest_as_hashes_only():
    told = lasting()
    kept = bytes(RefreshToken.objects.get().hash)
    assert (len(kept), told["refresh_token"].encode() in kept) == (32, False)


def test_a_spent_refresh_token_is_remembered_and_its_grant_kept():
    """So that its reuse is noticed as such a month later."""
    from dopusk.portal.oidc import actions

    told = lasting()
    refresh(told["refresh_token"])
    change("UPDATE oidc_grant SET given_at = now() - interval '20 days'")
    change("UPDATE oidc_token SET expires_at = now() - interval '1 second'")
    actions.purge()
    assert (Grant.objects.filter(client_id=PHARMACY).count(), RefreshToken.objects.count()) == (1, 2)
    change("UPDATE oidc_refreshtoken SET expires_at = now() - interval '1 second'")
    actions.purge()
    assert (Grant.objects.filter(client_id=PHARMACY).count(), RefreshToken.objects.count()) == (0, 0)


# RFC 9449 §5: a service proves who it is, so its refresh tokens are not bound to one key, but to showing one


def test_what_was_given_with_a_key_is_refreshed_with_a_key_only():
    told = lasting(headers=proof())
    assert told["token_type"] == "DPoP"
    assert fault(refresh(told["refresh_token"])) == (400, "invalid_grant", "refresh_key")
    again = refresh(told["refresh_token"], headers=proof(key=OTHER_EC))
    assert again.json()["token_type"] == "DPoP"
    assert Token.objects.get(jkt=OTHER_EC.thumbprint()).jkt != EC.thumbprint()


def test_one_statement_refreshes():
    from dopusk.portal.tests.browser import statements

    token = lasting()["refresh_token"]
    with statements() as sent:
        assert refresh(token).status_code == 200
    assert len(sent) == 1


def test_the_cabinet_without_lasting_access_is_given_what_it_always_was():
    from dopusk.portal.tests.browser import exchange as cabinets

    assert "refresh_token" not in cabinets(code_for(Browser())).json()


def test_a_scope_taken_from_a_service_is_not_refreshed():
    told = lasting()
    pharmacy(scopes=["openid", "profile", "offline_access"])
    again = refresh(told["refresh_token"]).json()
    assert set(again["scope"].split()) == {"openid", "profile", "offline_access"}
    assert "snils" not in opens(again["access_token"]).json()
    assert fault(refresh(again["refresh_token"], scope="snils")) == (400, "invalid_scope", "refresh_scope")
