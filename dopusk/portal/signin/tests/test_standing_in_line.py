"""Whoever closes an account and whoever is busy with it at that moment wait for each other in one order."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.models import Notice
from dopusk.portal.recovery.endings import end_everything
from dopusk.portal.sessions.actions import Place, Shut, start
from dopusk.portal.sessions.models import Device
from dopusk.portal.signin import actions, watch
from dopusk.portal.signin.models import Pending
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = Place("198.51.100.0/24", "Firefox, Linux")


def in_line(work, holder):
    """What `work` gave while another transaction holds the account, lets it come as far as it can, does `holder`."""

    def run():
        try:
            return work()
        except Shut:
            return "shut"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            account = Account.objects.select_for_update().get()
            busy, late, waits = pool.submit(run), monotonic() + 10, 0
            while not waits:
                assert monotonic() < late
                sleep(0.01)
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                waits = cursor.fetchone()[0]
            holder(account)
        return busy.result(30)


def test_a_sign_in_at_its_last_step_and_a_lock():
    anna = known("anna")
    Account.objects.update(must_change="ordered")
    Browser().sign_in("anna@example.org")
    begun = Pending.objects.select_related("account").get()
    done = in_line(
        lambda: actions.finish(begun, PLACE, new_password="скворец у дальней дороги"),
        lambda account: actions.lock(account.pk, "owner"),
    )
    assert done == "shut"
    assert Account.objects.get(pk=anna.pk).lock_reason == "owner"


def test_a_letter_of_a_new_device_and_a_recovery():
    anna = known("anna")
    for _ in range(2):
        start(anna.pk, PLACE, amr=["pwd"], words="Вход")
    assert Device.objects.filter(told_at=None).count() == 1
    in_line(watch.tell_of_new_devices, lambda account: end_everything(account, "Все входы завершены"))
    assert not Device.objects.exists()
    assert not Notice.objects.filter(kind="new_device").exists()
