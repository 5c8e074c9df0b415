"""Two at once: of many uses of one code or refresh token one wins, and the others undo it."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest
from django.db import connection

from dopusk.portal.clients import models as clients
from dopusk.portal.esia import actions, signing
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.rules.received import Received
from dopusk.portal.esia.tests.esia_client import CALLBACK, MNEMONIC, Esia, registered
from dopusk.portal.oidc.models import Grant, Token
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.tests.browser import Browser, known, parameters
from dopusk.web.journal.actions import verify

MANY = 5
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work):
    """What `work` gave in each of MANY threads that began together, each on its own connection."""
    start = Barrier(MANY)

    def run(_):
        try:
            start.wait(10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


def outcome(answers, code):
    given = [answer for answer in answers if not isinstance(answer, EsiaFault)]
    assert len(given) == 1
    assert {answer.code for answer in answers if isinstance(answer, EsiaFault)} == {code}
    assert Grant.objects.get().revoked_at is not None
    assert actions.holder_of(given[0]["access_token"]) is None
    assert verify()[1] is None


@pytest.mark.parametrize("generation", [1, 2])
def test_a_code_is_spent_once(generation):
    registered()
    esia = Esia(generation)
    endpoint = "v1/te" if generation == 1 else "v3/te"
    received = Received(endpoint, esia.te(esia.code()), frozenset(), clients.find(MNEMONIC))
    signing.public(signing.RS256)
    outcome(at_once(lambda: actions.exchange(received, clients.find(MNEMONIC), [CALLBACK])), "code_reused")
    assert Token.objects.count() == 1


def test_a_refresh_token_is_spent_once():
    registered()
    esia = Esia()
    form = esia.refresh(esia.markers(access_type="offline")["refresh_token"])
    received = Received("v1/te", form, frozenset(), clients.find(MNEMONIC))
    outcome(at_once(lambda: actions.renew(received, clients.find(MNEMONIC))), "refresh_reused")


def test_what_is_given_while_everything_ends_does_not_last(monkeypatch):
    """As with OpenID Connect: who enters in the very moment of her recovery comes too early or too late."""
    registered()
    esia, browser = Esia(), Browser()
    esia.markers(browser, access_type="offline")
    grants = Grant.objects.filter(offline=True, revoked_at=None)
    grants.delete()

    def enters():
        try:
            answer = browser.get(esia.ac(access_type="offline"))
            if answer.headers["location"].startswith(CALLBACK):
                esia.post(esia.te(parameters(answer)["code"]))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        thief = []

        def meanwhile(sub, *, actor):
            thief.append(pool.submit(enters))
            wait(thief, timeout=1)

        monkeypatch.setattr(sessions, "LASTING", [*sessions.LASTING, meanwhile])
        sessions.end_all(known("anna").pk, lasting=True, actor="system", words="Вход закончен")
        thief[0].result(10)
    assert not grants.exists()
