"""Signing keys take turns: the next one is known before it signs, the one before verifies as long as it is needed."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.portal.oidc import keys, rings
from dopusk.portal.oidc.models import SigningKey
from dopusk.portal.tests.browser import CLIENT, Browser, cabinet_is_registered, code_for, exchange
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


def header(token: str) -> dict[str, str]:
    first = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))


def part(content: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def published() -> list[str]:
    return [key["kid"] for key in Browser().get("/oidc/jwks").json()["keys"]]


def as_services_read() -> KeySet:
    return KeySet.import_key_set(Browser().get("/oidc/jwks").json())


def passes(span: timedelta) -> None:
    """Time goes by for every key; the process has long read the table anew."""
    for row in SigningKey.objects.all():
        row.created_at -= span
        row.signs_from -= span
        row.retired_at = row.retired_at and row.retired_at - span
        SigningKey.objects.filter(pk=row.pk).update(
            created_at=row.created_at, signs_from=row.signs_from, retired_at=row.retired_at
        )
    keys.forget()


def test_the_next_key_is_published_before_it_signs():
    before = header(keys.sign({}))["kid"]
    done = keys.rotate("ES256")
    keys.forget()
    assert published() == [before, done.kid]
    assert header(keys.sign({}))["kid"] == before
    passes(keys.PUBLISH_AHEAD)
    assert header(keys.sign({}))["kid"] == done.kid


def test_it_waits_longer_than_services_keep_what_they_read():
    answer = Browser().get("/oidc/jwks")
    kept = int(answer.headers["cache-control"].rpartition("max-age=")[2])
    assert keys.PUBLISH_AHEAD.total_seconds() >= kept + keys.REMEMBERED


def test_a_token_of_the_key_before_still_verifies_for_services_and_as_a_hint():
    token = keys.sign({"sub": "anna"})
    keys.rotate("ES256")
    passes(keys.PUBLISH_AHEAD + timedelta(minutes=10))
    assert header(keys.sign({}))["kid"] != header(token)["kid"]
    assert jwt.decode(token, as_services_read(), ["ES256"]).claims == {"sub": "anna"}
    assert keys.opened(token) == {"sub": "anna"}


def test_when_nothing_it_signed_can_live_it_is_published_no_more_and_hints_are_still_read():
    token = keys.sign({"sub": "anna"})
    done = keys.rotate("ES256")
    passes(keys.PUBLISH_AHEAD + keys.PUBLISHED_AFTER + timedelta(seconds=1))
    assert published() == [done.kid]
    assert keys.opened(token) == {"sub": "anna"}


def test_at_once_when_a_key_got_out():
    before = header(keys.sign({}))["kid"]
    done = keys.rotate("ES256", now=True)
    keys.forget()
    assert header(keys.sign({}))["kid"] == done.kid
    assert published() == [before, done.kid]


def test_one_that_waits_for_its_turn_can_be_called_at_once():
    keys.sign({})
    waits = keys.rotate("ES256")
    again = keys.rotate("ES256")
    assert (again.kid, again.fresh, again.signs_from) == (waits.kid, False, waits.signs_from)
    called = keys.rotate("ES256", now=True)
    keys.forget()
    assert (called.kid, header(keys.sign({}))["kid"]) == (waits.kid, waits.kid)
    assert SigningKey.objects.count() == 2


def test_another_process_follows_within_seconds(monkeypatch):
    keys.sign({})
    done = keys.rotate("ES256", now=True)
    stale = keys._ring
    assert stale is None or done.kid not in [one.kid for one in stale.keys]
    monkeypatch.setattr(keys, "REMEMBERED", 0.0)
    assert header(keys.sign({}))["kid"] == done.kid


def test_a_database_that_fails_for_a_moment_stops_nobody(monkeypatch):
    from django.db import OperationalError

    kid = header(keys.sign({}))["kid"]

    def fail():
        raise OperationalError("the line is cut")

    monkeypatch.setattr(keys, "REMEMBERED", 0.0)
    monkeypatch.setattr(keys, "_read", fail)
    assert header(keys.sign({}))["kid"] == kid


def test_rotations_are_journalled():
    keys.sign({})
    done = keys.rotate("ES256")
    kept = Entry.objects.filter(object=f"key:{done.kid}")
    assert [entry.act for entry in kept] == ["oidc.key_created"]
    keys.rotate("ES256", now=True)
    assert Entry.objects.filter(act="oidc.key_rotated", object=f"key:{done.kid}").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("now", [False, True])
def test_two_rotations_at_once_bring_one_key(now):
    keys.sign({})
    gate, done = threading.Barrier(2), []

    def rotate():
        gate.wait()
        done.append(keys.rotate("ES256", now=now))
        connection.close()

    threads = [threading.Thread(target=rotate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SigningKey.objects.filter(retired_at=None).count() == 1
    assert SigningKey.objects.count() == len({one.kid for one in done}) + 1
    keys.forget()
    assert header(keys.sign({}))["kid"] in {one.kid for one in done} or not now


def test_a_service_that_asked_for_rs256_gets_it_and_the_others_do_not():
    cabinet_is_registered(id_token_alg="RS256")
    token = exchange(code_for(Browser())).json()["id_token"]
    assert header(token)["alg"] == "RS256"
    assert jwt.decode(token, as_services_read(), ["RS256"]).claims["aud"] == CLIENT
    cabinet_is_registered()
    assert header(exchange(code_for(Browser())).json()["id_token"])["alg"] == "ES256"


def test_a_token_is_read_by_the_algorithm_of_its_key_alone():
    """RFC 8725 §3.1: neither `none` nor a symmetric algorithm with a public key opens anything."""
    keys.ensure("RS256")
    rsa = next(one for one in keys.published() if one.alg == "RS256")
    said = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': rsa.kid})}.{part({'sub': 'anna'})}"
    mac = hmac.new(rsa.key.as_pem(private=False), said.encode(), hashlib.sha256).digest()
    forged = f"{said}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    nothing = f"{part({'alg': 'none', 'typ': 'JWT'})}.{part({'sub': 'anna'})}."
    assert (keys.opened(forged), keys.opened(nothing)) == (None, None)


def test_the_command_rotates_what_is_in_use_and_lists_it():
    keys.sign({})
    keys.ensure("RS256")
    said = StringIO()
    call_command("keys", "rotate", "--of", "oidc", stdout=said)
    *lines, last = said.getvalue().splitlines()
    assert "follow within seconds" in last
    assert [line.split()[:2] for line in lines] == [
        ["oidc", "ES256"],
        ["oidc", "RS256"],
    ]
    keys.forget()
    listed = StringIO()
    call_command("keys", "list", stdout=listed)
    assert len(listed.getvalue().splitlines()) == 4


def test_the_command_makes_a_first_key_when_asked_by_name_and_refuses_what_nobody_knows():
    keys.sign({})
    call_command("keys", "rotate", "--of", "oidc", "--alg", "RS256", stdout=StringIO())
    assert sorted(SigningKey.objects.values_list("alg", flat=True)) == ["ES256", "RS256"]
    with pytest.raises((CommandError, LookupError)):
        rings.rotate("GOST3410_2012_256", ["oidc"], now=False)


def test_a_key_made_before_turns_were_kept_signs_on():
    row = SigningKey.objects.get(kid=header(keys.sign({}))["kid"])
    assert row.signs_from <= timezone.now()
