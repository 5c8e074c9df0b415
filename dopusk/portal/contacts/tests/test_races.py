"""A link of a letter against whoever takes the account back at that moment."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from dopusk.portal.accounts.actions import set_password
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.tests.letters import last_path
from dopusk.portal.contacts import actions
from dopusk.portal.signin import actions as signin
from dopusk.portal.tests.browser import known

pytestmark = pytest.mark.django_db(transaction=True)
THIEFS = "thief@example.org"


def waits_for_a_lock():
    """Whether another connection stands in line for a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def confirms(token):
    try:
        return actions.confirm_email(token, "contacts.email")
    finally:
        connection.close()


@pytest.mark.parametrize("taken_back_by", ["password", "lock", "cancel"])
def test_a_thief_who_confirms_while_she_takes_the_account_back_gets_nothing(taken_back_by):
    anna = known("anna")
    actions.ask_email(anna.sub, THIEFS)
    token = last_path(THIEFS).split("/")[3]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=anna.sub)
            thief = pool.submit(confirms, token)
            late = monotonic() + 10
            while not waits_for_a_lock():
                assert monotonic() < late
                sleep(0.01)
            if taken_back_by == "password":
                set_password(account, "скворец у дальней дороги")
            elif taken_back_by == "lock":
                signin.lock(anna.sub, "owner")
            else:
                actions.cancel(anna.sub, "email")
        assert thief.result(30) is None
    anna.refresh_from_db()
    assert anna.opened()["email"] == "anna@example.org"
