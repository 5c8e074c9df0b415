"""Two at once: what works once works once, a key is made once, a consent is one."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest
from django.db import connection

from dopusk.portal.clients import models as clients
from dopusk.portal.consents import actions as consents
from dopusk.portal.consents.models import Consent
from dopusk.portal.oidc import actions, keys, replay, requests, tokens
from dopusk.portal.oidc.models import Grant, RefreshToken, SigningKey, Token
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.token import Presented
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.tests.browser import (
    CALLBACK,
    CHALLENGE,
    CLIENT,
    VERIFIER,
    Browser,
    cabinet_is_registered,
    code_for,
    known,
)
from dopusk.web.journal.actions import verify
from dopusk.web.journal.models import Entry

MANY = 6
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work):
    """What `work` gave in each of MANY threads that began together, each on its own connection."""
    start = Barrier(MANY)

    def run(number):
        try:
            start.wait(10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


@pytest.mark.usefixtures("cabinet")
@pytest.mark.parametrize("_attempt", range(3))
def test_of_many_uses_of_one_code_one_wins_and_the_others_undo_it(_attempt):
    code = code_for(Browser())
    client = clients.find(CLIENT)
    values = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    presented = Presented(values, frozenset(), is_form=True, authenticated=client)
    keys.warm()
    answers = at_once(lambda _: tokens.exchange(presented, client))
    given = [answer for answer in answers if not isinstance(answer, Fault)]
    assert len(given) == 1
    assert {answer.code for answer in answers if isinstance(answer, Fault)} == {"code_reused"}
    assert Token.objects.count() == 1
    assert Grant.objects.get().revoked_at is not None
    assert actions.userinfo(given[0]["access_token"]) is None
    assert Entry.objects.filter(act="oidc.code_reused").count() == 1
    assert verify()[1] is None


def presented(**values):
    return Presented(values, frozenset(), is_form=True, authenticated=clients.find(CLIENT))


def lasting():
    """Tokens of an offline grant of the cabinet."""
    cabinet_is_registered(grant_types=["authorization_code", "refresh_token"])
    code = code_for(Browser(), scope="openid offline_access", prompt="consent")
    asked = presented(code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)
    return tokens.exchange(asked, clients.find(CLIENT))


@pytest.mark.usefixtures("cabinet")
@pytest.mark.parametrize("_attempt", range(3))
def test_of_many_uses_of_one_refresh_token_one_wins_and_the_others_end_the_family(_attempt):
    token, client = lasting()["refresh_token"], clients.find(CLIENT)
    asked = presented(refresh_token=token)
    answers = at_once(lambda _: tokens.refresh(asked, client))
    given = [answer for answer in answers if not isinstance(answer, Fault)]
    assert len(given) == 1
    assert {answer.code for answer in answers if isinstance(answer, Fault)} == {"refresh_reused"}
    assert (RefreshToken.objects.count(), Token.objects.count()) == (2, 2)
    assert actions.userinfo(given[0]["access_token"]) is None
    assert (
        tokens.refresh(presented(refresh_token=given[0]["refresh_token"]), client).code == "refresh_revoked"
    )
    assert Entry.objects.filter(act="oidc.refresh_reused").count() == 1
    assert verify()[1] is None


@pytest.mark.usefixtures("cabinet")
def test_a_thief_with_the_old_token_and_its_service_with_the_new_one_leave_nothing_alive():
    """Whichever of the two is heard first, what either was given is over when both have been heard."""
    old, client = lasting()["refresh_token"], clients.find(CLIENT)
    new = tokens.refresh(presented(refresh_token=old), client)["refresh_token"]
    answers = at_once(
        lambda number: tokens.refresh(presented(refresh_token=old if number % 2 else new), client)
    )
    given = [answer for answer in answers if not isinstance(answer, Fault)]
    assert len(given) <= 1
    assert Grant.objects.get().revoked_at is not None
    assert all(actions.userinfo(answer["access_token"]) is None for answer in given)
    assert Entry.objects.filter(act="oidc.refresh_reused").count() == 1


@pytest.mark.usefixtures("cabinet")
def test_what_is_given_while_everything_ends_does_not_last(monkeypatch):
    """Her thief's browser enters a service in the very moment of her recovery: it comes too early or too late."""
    cabinet_is_registered(grant_types=["authorization_code", "refresh_token"])
    browser, client = Browser(), clients.find(CLIENT)
    grants = Grant.objects.filter(offline=True, revoked_at=None)
    values = {"scope": "openid offline_access", "prompt": "consent", "code_challenge": CHALLENGE}
    code_for(browser, **values)
    grants.delete()
    asked = requests.read({**values, "client_id": CLIENT, "redirect_uri": CALLBACK}, frozenset())[0]
    cookie = browser.cookies["portal_session"]

    def enters():
        try:
            standing, code = actions.authorize(
                asked, cookie, signed_in_since=-1.0, agreed_since=-1.0, hinted=None
            )
            if standing and standing.granted:
                tokens.exchange(presented(code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER), client)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        thief = []

        def meanwhile(sub, *, actor):
            thief.append(pool.submit(enters))
            wait(thief, timeout=0.7)

        monkeypatch.setattr(sessions, "LASTING", [*sessions.LASTING, meanwhile])
        sessions.end_all(known("anna").pk, lasting=True, actor="system", words="Вход закончен")
        thief[0].result(10)
    assert not grants.exists()


@pytest.mark.usefixtures("cabinet")
def test_a_pushed_request_opened_in_many_windows_gives_one_code():
    client, browser = clients.find(CLIENT), Browser()
    code_for(browser, scope="openid")
    values = {"client_id": CLIENT, "redirect_uri": CALLBACK, "scope": "openid", "code_challenge": CHALLENGE}
    reference = requests.push(client, values)
    asked, fault = requests.read({"client_id": CLIENT, "request_uri": reference}, frozenset())
    assert fault is None
    cookie = browser.cookies["portal_session"]
    standings = at_once(
        lambda _: actions.authorize(asked, cookie, signed_in_since=-1.0, agreed_since=-1.0, hinted=None)[0]
    )
    assert [standing.granted for standing in standings].count(True) == 1
    assert Grant.objects.count() == 2  # one more than the login before


def test_a_jti_presented_by_many_at_once_is_new_to_one():
    until = time.time() + 60
    firsts = at_once(lambda _: replay.first_time("assertion:pharmacy", "one", until))
    assert sorted(firsts) == [False] * (MANY - 1) + [True]
    assert replay.first_time("assertion:library", "one", until) is True


@pytest.mark.usefixtures("cabinet")
def test_a_grant_revoked_by_many_at_once_is_revoked_once():
    code_for(Browser())
    grant = Grant.objects.get().pk
    done = at_once(lambda _: actions.revoke_grant(grant, "Доступ прекращён"))
    assert sorted(done) == [False] * (MANY - 1) + [True]
    assert Entry.objects.filter(act="oidc.grant_revoked").count() == 1


def test_processes_that_start_together_sign_with_one_key():
    def begin(_):
        keys._create(keys.ALG)
        return SigningKey.objects.get(retired_at=None).kid

    assert len(set(at_once(begin))) == 1
    assert SigningKey.objects.count() == 1


@pytest.mark.usefixtures("cabinet")
def test_agreeing_in_many_windows_leaves_one_consent():
    anna, client = known("anna"), clients.find(CLIENT)
    scopes = [
        frozenset({"openid", one}) for one in ("profile", "snils", "inn", "email", "phone", "birthdate")
    ]
    at_once(lambda number: consents.give(anna.sub, client, scopes[number], session=""))
    assert set(Consent.objects.get().scopes) == frozenset().union(*scopes)
