"""A portal's worker as it really runs: it finds the letters, and its death loses none and doubles none."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection, transaction

from dopusk.web.delivery import actions
from dopusk.web.delivery.models import Letter
from dopusk.web.delivery.tests.posts import Gateway

ROOT = Path(__file__).resolve().parents[4]
ANNA, CODE = "+79001234567", "Код для входа на портал: 482913"


def database_url() -> str:
    """The database of this very test, as a worker is told of it."""
    its = connection.settings_dict
    who = ":".join(quote(its[part], safe="") for part in ("USER", "PASSWORD") if its[part])
    port = f":{its['PORT']}" if its["PORT"] else ""
    return f"postgresql://{who}@{port}/{its['NAME']}?{urlencode({'host': its['HOST']})}"


@contextlib.contextmanager
def worker(gateway, folder):
    """One worker of the portal, killed at the end as by `kill -9`."""
    environment = {
        **os.environ,
        "DOPUSK_PORTAL_DATABASE_URL": database_url(),
        "DOPUSK_DELIVERY_SMS": "http",
        "DOPUSK_DELIVERY_SMS_URL": gateway.url,
        "DOPUSK_DELIVERY_SMS_TOKEN": "the token",
        "DOPUSK_DELIVERY_SMS_SECONDS": "30",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with (folder / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "dopusk.portal", "procrastinate", "worker", "--concurrency", "2"]
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        child.kill()
        child.wait()


def until(holds, folder, seconds=40):
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, (folder / "worker.log").read_text()[-3000:]
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_letter_in_the_hands_of_a_worker_that_dies_is_delivered_by_the_next(tmp_path):
    with Gateway() as gateway:
        gateway.script = ["hold", 200]
        with transaction.atomic():
            letter = actions.send(channel="sms", to=ANNA, purpose="signin.code", text=CODE)
        with worker(gateway, tmp_path):
            until(lambda: gateway.seen, tmp_path)
        assert Letter.objects.get().state == "waiting"
        with worker(gateway, tmp_path):
            until(lambda: Letter.objects.get().state == "delivered", tmp_path)
        gateway.released.set()
    assert gateway.delivered == {str(letter.pk): CODE}
    assert [headers["Idempotency-Key"] for headers, _body in gateway.seen] == [str(letter.pk)] * 2
    assert bytes(Letter.objects.get().sealed) == b""
