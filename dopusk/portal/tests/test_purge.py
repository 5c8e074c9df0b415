"""What is over goes away, a batch a transaction, and what is not stays."""

import pytest
from django.db import connection

from dopusk.portal.oidc import actions as oidc
from dopusk.portal.oidc.models import Grant, Token
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.signin.models import Throttle
from dopusk.portal.tests.browser import Browser, code_for, exchange, known

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def change(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_still_counts_stays():
    exchange(code_for(Browser()))
    Browser().sign_in("anna@example.org", "wrong")
    assert (sessions.purge(), signin.purge(), oidc.purge()) == (0, 0, 0)


def test_sessions_and_counts_go_when_they_are_old(monkeypatch):
    known("anna")
    for _ in range(7):
        Browser().sign_in("anna@example.org")
    Browser().sign_in("anna@example.org", "wrong")
    change("UPDATE sessions_session SET expires_at = now() - interval '2 days'")
    Browser().sign_in("boris@example.org", "wrong")
    change("UPDATE signin_throttle SET forgotten_at = now() - interval '1 second'")
    assert (sessions.purge(batch=3), signin.purge(batch=3)) == (7, 7)
    assert (Session.objects.count(), Throttle.objects.count()) == (0, 0)


def test_tokens_go_when_they_expire_and_grants_a_day_later():
    browser = Browser()
    for _ in range(5):
        exchange(code_for(browser))
    code_for(browser)  # never exchanged
    change("UPDATE oidc_token SET expires_at = now() - interval '1 second'")
    assert oidc.purge(batch=2) == 5
    assert (Token.objects.count(), Grant.objects.count()) == (0, 6)
    change("UPDATE oidc_grant SET given_at = now() - interval '25 hours'")
    assert oidc.purge(batch=2) == 6


def test_a_grant_with_a_living_token_is_kept_whatever_its_age():
    exchange(code_for(Browser()))
    change("UPDATE oidc_grant SET given_at = now() - interval '25 hours'")
    assert oidc.purge() == 0


def test_the_worker_does_it_by_the_clock():
    from procrastinate.contrib.django import app

    import dopusk.portal.oidc.tasks
    import dopusk.portal.sessions.tasks
    import dopusk.portal.signin.tasks

    names = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert {"signin.purge", "sessions.purge", "oidc.purge"} <= names
    dopusk.portal.oidc.tasks.purge(0)
    dopusk.portal.signin.tasks.purge(0)
    dopusk.portal.sessions.tasks.purge(0)
