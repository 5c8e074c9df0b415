"""Two at once: a code is spent once, a key is made once, a consent is one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from dopusk.portal.clients import models as clients
from dopusk.portal.consents import actions as consents
from dopusk.portal.consents.models import Consent
from dopusk.portal.oidc import actions, keys, tokens
from dopusk.portal.oidc.models import Grant, SigningKey, Token
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.token import Presented
from dopusk.portal.tests.browser import CALLBACK, CLIENT, VERIFIER, Browser, code_for, known
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
