"""Keys that sign markers take turns; what is no marker of ours is none."""

import base64
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from dopusk.portal.esia import signing
from dopusk.portal.esia.models import MarkerKey
from dopusk.trust import certificates, gost
from dopusk.web.journal.models import Entry as Journal

pytestmark = pytest.mark.django_db
HEADER = {"ver": 1, "typ": "JWT", "sbt": "access", "alg": "RS256"}


@pytest.fixture(params=signing.ALGS)
def alg(request):
    if request.param == signing.GOST:
        request.getfixturevalue("gost_engine")
    return request.param


def signed(alg=signing.RS256):
    return signing.sign(alg, {**HEADER, "alg": alg}, {"n": 1})


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_the_certificate_verifies_what_is_signed(alg):
    said, _, signature = signed(alg).rpartition(".")
    certificate, public_key = signing.public(alg)
    read = certificates.read(certificate.encode())
    raw = base64.urlsafe_b64decode(signature + "==")
    if alg == signing.GOST:
        assert gost.verify_raw(read.spki, said.encode(), raw)
    else:
        made = x509.load_pem_x509_certificate(certificate.encode())
        assert load_pem_public_key(public_key.encode()) == made.public_key()
        assert made.public_key().key_size == 2048
    assert public_key.startswith("-----BEGIN PUBLIC KEY-----")


def test_a_rotation_publishes_the_next_certificate_before_it_signs(alg):
    before = signed(alg)
    first = signing.public(alg)[0]
    done = signing.rotate(alg)
    signing.forget()
    assert done.fresh
    assert signing.public(alg)[0] == first
    assert len(signing.published(alg)) == 2
    assert not signing.rotate(alg).fresh
    MarkerKey.objects.filter(pk=done.kid).update(signs_from=timezone.now() - timedelta(seconds=1))
    MarkerKey.objects.exclude(pk=done.kid).update(retired_at=timezone.now() - timedelta(seconds=1))
    signing.forget()
    assert signing.public(alg)[0] != first
    assert signing.published(alg)[1] == first
    assert signing.verify(before)
    assert signing.verify(signed(alg))


def test_in_a_hurry_the_next_key_signs_at_once():
    before = signed()
    signing.rotate(signing.RS256)
    done = signing.rotate(signing.RS256, now=True)
    signing.forget()
    assert not done.fresh
    assert signing.verify(before)
    first = signing.public(signing.RS256)[0]
    assert signing.rotate(signing.RS256, now=True).fresh
    signing.forget()
    assert signing.public(signing.RS256)[0] != first
    assert Journal.objects.filter(act="esia.marker_key").count() == 4


def test_a_certificate_retired_long_ago_is_shown_no_more_and_verifies_nothing():
    before = signed()
    signing.rotate(signing.RS256, now=True)
    MarkerKey.objects.exclude(retired_at=None).update(
        retired_at=timezone.now() - signing.PUBLISHED_AFTER - timedelta(seconds=1)
    )
    signing.forget()
    assert len(signing.published(signing.RS256)) == 1
    assert signing.verify(before) is None


def test_the_command_rotates_markers_too(capsys):
    signed()
    call_command("keys", "rotate", "--of", "esia", "--now")
    assert "esia RS256" in capsys.readouterr().out


def test_nobody_signs_by_an_unknown_algorithm():
    with pytest.raises(LookupError):
        signing.rotate("HS256")


def test_what_is_no_marker_of_ours_is_none():
    said, _, signature = signed().rpartition(".")
    head, body = said.split(".")
    public_key = signing.public(signing.RS256)[1].encode()
    confused = f"{part({**HEADER, 'alg': 'HS256'})}.{body}"
    forged = base64.urlsafe_b64encode(hmac.digest(public_key, confused.encode(), "sha256")).decode()
    for marker in (
        "",
        "a.b.c",
        f"{head}.{body}",
        f"{head}.{part({'n': 2})}.{signature}",
        f"{part({**HEADER, 'alg': 'none'})}.{body}.",
        f"{part({**HEADER, 'alg': ['RS256']})}.{body}.{signature}",
        f"{confused}.{forged.rstrip('=')}",
        f"{part([])}.{body}.{signature}",
        f"{head}.{part([1])}.{signature}",
        "ы" * 10,
        "x" * 20_000,
    ):
        assert signing.verify(marker) is None, marker


@pytest.mark.django_db(transaction=True)
def test_processes_that_start_together_sign_with_one_key():
    def begin(_):
        try:
            signing._create(signing.RS256)
            return MarkerKey.objects.get(retired_at=None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(begin, range(4)))) == 1


def test_the_list_of_keys_has_those_of_markers_with_their_turns():
    signed()
    call_command("keys", "rotate", "--of", "esia", "--now", stdout=StringIO())
    listed = StringIO()
    call_command("keys", "list", stdout=listed)
    ours = [line for line in listed.getvalue().splitlines() if line.startswith("esia RS256 ")]
    first, second = MarkerKey.objects.order_by("signs_from")
    assert [line.split()[2] for line in ours] == [str(first.pk), str(second.pk)]
    assert [" until " in line for line in ours] == [True, False]
    MarkerKey.objects.filter(pk=first.pk).update(retired_at=timezone.now() - signing.PUBLISHED_AFTER)
    listed = StringIO()
    call_command("keys", "list", stdout=listed)
    assert (str(first.pk) in listed.getvalue(), str(second.pk) in listed.getvalue()) == (False, True)
