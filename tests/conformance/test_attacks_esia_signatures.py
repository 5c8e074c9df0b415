"""Attacks on signatures of the ЕСИА dialect: markers of another algorithm, expired, foreign and altered CMS."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from dopusk.portal.clients.models import Client
from dopusk.portal.esia import signing
from dopusk.portal.esia.models import Certificate, System
from dopusk.portal.esia.tests.esia_client import (
    CALLBACK,
    Esia,
    entered,
    forget,
    gost_pair,
    registered,
    rsa_pair,
    stamp,
)
from dopusk.portal.tests.browser import Browser, code_for, exchange, path_of
from tests.conformance.dialect import (
    BOTH,
    asked_about_her,
    code_of,
    coded,
    person_of,
    refused_at_ac,
    secret_of,
    two_systems,
    with_secret,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _systems(db) -> None:
    two_systems()


# algorithm confusion


def forged(marker: str, header: dict[str, str], key: RSAKey) -> str:
    body = json.loads(base64.urlsafe_b64decode(marker.split(".")[1] + "=="))
    return jwt.encode(header, body, key, algorithms=[header["alg"]])


def test_a_marker_signed_by_the_public_key_as_a_secret_opens_nothing():
    """By hand: a decent library refuses to take a public key for a secret."""
    marker = Esia().markers()["access_token"]
    said_by = coded(b'{"ver":1,"typ":"JWT","sbt":"access","alg":"HS256"}') + "." + marker.split(".")[1]
    for key in signing.public("RS256"):
        secret = key if isinstance(key, bytes) else key.encode()
        for one in (secret, secret.strip()):
            signature = hmac.new(one, said_by.encode(), "sha256").digest()
            assert asked_about_her(f"{said_by}.{coded(signature)}").status_code == 401


def test_a_marker_without_a_signature_or_with_somebody_elses_opens_nothing():
    marker = Esia().markers()["access_token"]
    head, body, signature = marker.split(".")
    none = (
        base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT","sbt":"access","ver":1}').rstrip(b"=").decode()
    )
    strangers = forged(marker, {"alg": "RS256", "typ": "JWT"}, RSAKey.generate_key(2048))
    for one in (f"{none}.{body}.", f"{none}.{body}.{signature}", f"{head}.{body}.", strangers):
        assert asked_about_her(one, person_of(marker)).status_code == 401


def test_an_id_marker_is_no_access_marker():
    told = Esia().markers()
    answer = asked_about_her(told["id_token"], person_of(told["access_token"]))
    assert answer.status_code == 401


def test_a_marker_of_openid_connect_is_no_marker_of_the_dialect_nor_the_other_way_round(cabinet):
    oidc = exchange(code_for(Browser())).json()
    marker = Esia().markers()["access_token"]
    for token in (oidc["access_token"], oidc["id_token"]):
        assert asked_about_her(token, person_of(marker)).status_code == 401


@pytest.mark.usefixtures("gost_engine")
def test_a_marker_signed_by_gost_is_not_turned_into_one_of_rsa():
    """The algorithm in the header is the attacker's to write; which key fits it is not."""
    registered(gost_pair()[1], mnemonic="GOSTOVAYA", token_alg="GOST3410_2012_256")
    gost = Esia(2, mnemonic="GOSTOVAYA", pair=gost_pair()).markers()["access_token"]
    rsa_marker = Esia().markers()["access_token"]
    assert asked_about_her(gost).status_code == asked_about_her(rsa_marker).status_code == 200
    for marker, other in ((gost, "RS256"), (rsa_marker, "GOST3410_2012_256")):
        _, body, signature = marker.split(".")
        head = coded(json.dumps({"ver": 1, "typ": "JWT", "sbt": "access", "alg": other}).encode())
        assert asked_about_her(f"{head}.{body}.{signature}").status_code == 401


@pytest.mark.usefixtures("gost_engine")
def test_the_key_of_one_algorithm_does_not_sign_for_the_certificate_of_another():
    """Its hash is sent, another's signature with it; both belong to the system."""
    registered(rsa_pair("Обеих")[1], gost_pair()[1], mnemonic="OBEIKH")
    by_rsa = Esia(2, mnemonic="OBEIKH", pair=rsa_pair("Обеих"))
    by_gost = Esia(2, mnemonic="OBEIKH", pair=gost_pair())
    for signing_, named in ((by_rsa, by_gost), (by_gost, by_rsa)):
        mixed = {
            **secret_of(signing_),
            "client_certificate_hash": secret_of(named)["client_certificate_hash"],
        }
        assert refused_at_ac(f"{by_rsa.ac_path}?{httpx.QueryParams(mixed)}") == "ESIA-007053"
    assert "code" in entered(Browser(), by_gost.ac())


# CMS: expired, foreign, altered


def lasted_until_yesterday(key: rsa.RSAPrivateKey) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Прошлогодняя система")])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday - timedelta(days=365))
        .not_valid_after(yesterday)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@BOTH
def test_a_signature_by_an_expired_certificate_opens_nothing(generation):
    """It was good when it was registered; since yesterday it is not."""
    key = rsa_pair()[0]
    expired = lasted_until_yesterday(key)
    registered(expired, mnemonic="PROSHLAYA")
    late = Esia(generation, mnemonic="PROSHLAYA", pair=(key, expired))
    assert refused_at_ac(late.ac()) == "ESIA-007053"
    assert code_of(late.post(late.te("x" * 43))) == "ESIA-007053"


@BOTH
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_a_word_instead_of_a_signature_opens_nothing(generation, lenient):
    """What npm passport-esia does at te, with the scope it forgets."""
    System.objects.filter(client_id="TESTIS").update(lenient=lenient)
    forget()
    esia = Esia(generation)
    code = esia.code()
    for word in ("secret", "c2VjcmV0", "00" * 32, "A" * 344, "=", "null"):
        assert code_of(esia.post(esia.te(code, client_secret=word))) == "ESIA-007053", word
    assert esia.post(esia.te(code)).status_code == 200


@BOTH
def test_a_signature_by_a_certificate_taken_out_of_use_opens_nothing(generation):
    esia = Esia(generation)
    Certificate.objects.filter(system_id="TESTIS").update(disabled_at=timezone.now())
    forget()
    assert refused_at_ac(esia.ac()) in {"ESIA-007053", "ESIA-007002", "ESIA-007005"}


@BOTH
@pytest.mark.parametrize("name", ["Никому не известная", "Чужая система"], ids=["unknown", "of-another"])
def test_a_signature_by_a_foreign_certificate_opens_nothing(generation, name):
    """Whoever signs with another's certificate is not the system she names."""
    foreign = Esia(generation, pair=rsa_pair(name))
    assert refused_at_ac(foreign.ac()) in {"ESIA-007002", "ESIA-007053"}
    assert code_of(foreign.post(foreign.te(Esia(generation).code()))) in {"ESIA-007002", "ESIA-007053"}


@pytest.mark.parametrize("attached", [True, False], ids=["attached", "detached"])
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_an_altered_cms_opens_nothing(attached, attributes):
    """One bit turned over at every seventh byte, and a few lengths that it has not.

    The certificate within is left alone: it is nobody's word, the registered one of that name and number counts.
    """
    esia = Esia(1, attached=attached, attributes=attributes)
    query = secret_of(esia)
    secret = base64.urlsafe_b64decode(query["client_secret"])
    assert path_of(Browser().get(with_secret(esia, query, secret))) == "/signin/"
    certificate = esia.pair[1]
    begins = secret.index(certificate)
    around = begins - 4  # the tag and the length of the field it stands in
    places = [*range(0, around, 7), *range(begins + len(certificate), len(secret), 7)]
    altered = [secret[:place] + bytes([secret[place] ^ 1]) + secret[place + 1 :] for place in places]
    for one in [*altered, secret[:-1], secret[: len(secret) // 2], secret[:1], secret + b"\0", b""]:
        answer = Browser().get(with_secret(esia, query, one))
        assert "error" in parse_qs(urlsplit(answer.headers["location"]).query), one.hex()


@pytest.mark.parametrize(
    "change",
    [
        lambda: {"scope": "openid fullname snils id_doc"},
        lambda: {"state": "another"},
        lambda: {"timestamp": stamp(timedelta(seconds=7))},
    ],
    ids=["scope", "state", "timestamp"],
)
@BOTH
def test_what_is_changed_after_signing_is_noticed(generation, change):
    esia = Esia(generation)
    query = {**secret_of(esia), **change()}
    assert refused_at_ac(f"{esia.ac_path}?{httpx.QueryParams(query)}") == "ESIA-007053"


def test_an_address_changed_after_signing_is_noticed_by_v2_even_if_registered():
    second = "http://127.0.0.1:9/second"
    Client.objects.filter(pk="TESTIS").update(redirect_uris=[CALLBACK, second])
    forget()
    esia = Esia(2)
    query = {**secret_of(esia), "redirect_uri": second}
    answer = Browser().get(f"{esia.ac_path}?{httpx.QueryParams(query)}")
    assert "error=access_denied" in answer.headers["location"]


@BOTH
def test_a_signature_of_ac_is_none_of_te(generation):
    """v1 signs the same four values at both: there the state of te must be signed anew, and the moment passes."""
    esia = Esia(generation)
    query = secret_of(esia)
    code = esia.code()
    form = {**esia.te(code), "client_secret": query["client_secret"]}
    assert code_of(esia.post(form)) == "ESIA-007053"
