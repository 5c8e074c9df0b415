"""Roots, those who issue to people under them, and their lists; openssl and `cryptography` read what we write."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import algos
from asn1crypto import ocsp as asn1ocsp
from cryptography import x509
from cryptography.x509 import ocsp

from dopusk.trust import der, gost, keys
from dopusk.trust.certificates import pem
from dopusk.trust.issuers import CRL_TERM, HOLD, LONGEST_DAYS, REASONS, Issuer, Pointers, Revoked
from dopusk.trust.ocsp import MOST, Responder, refusal
from dopusk.trust.signing_keys import SigningKey, signing_key
from dopusk.trust.subjects import Subject, office_name

NOW = datetime(2026, 11, 23, 8, 30, 15, 999, tzinfo=UTC)
ANNA = Subject("Орлова", "Анна", "Сергеевна", "00000060003")
POINTERS = Pointers("http://localhost/x.cer", "http://localhost/x.crl", "http://localhost/ocsp/x")


@pytest.fixture(params=["ec", "rsa", "gost"])
def key(request) -> SigningKey:
    if request.param == "gost":
        request.getfixturevalue("gost_engine")
        return signing_key(gost.new_key())
    return signing_key(keys.new(request.param, rsa_bits=2048))


@pytest.fixture
def root(key) -> Issuer:
    return Issuer.found(key, office_name("Корень", "Допуск"), NOW)


@pytest.fixture
def issuer(root, key) -> Issuer:
    return root.subordinate(key, office_name("УЦ", "Допуск"), NOW, POINTERS)


def verify(folder: Path, *names: str, **files: bytes) -> str:
    """`openssl verify` of the person at NOW."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), "-CAfile", "root",
         "-untrusted", "issuer", *names, "person"],
        cwd=folder, capture_output=True, check=False, text=True,
        env={"PATH": "/usr/bin:/bin", "OPENSSL_CONF": str(Path(gost.__file__).with_name("gost.cnf"))},
    )  # fmt: skip
    return (done.stdout + done.stderr).strip()


def test_openssl_takes_the_chain_and_who_answers_in_its_name(tmp_path, root, issuer, key) -> None:
    person = issuer.person(key.spki, ANNA, NOW, POINTERS)
    files = {"root": pem(root.certificate), "issuer": pem(issuer.certificate)}
    assert verify(tmp_path, **files, person=pem(person)) == "person: OK"
    responder = issuer.responder(key.spki, office_name("Служба", "Допуск"), NOW)
    assert verify(tmp_path, "-purpose", "ocsphelper", **files, person=pem(responder)) == "person: OK"


def test_no_authority_stands_under_one_that_issues_to_people(tmp_path, root, issuer, key) -> None:
    below = issuer.subordinate(key, office_name("Ниже", "Допуск"), NOW, POINTERS)
    person = below.person(key.spki, ANNA, NOW, POINTERS)
    files = {"root": pem(root.certificate), "issuer": pem(issuer.certificate) + pem(below.certificate)}
    assert "path length constraint" in verify(tmp_path, **files, person=pem(person))


def test_what_is_empty_stands_in_no_certificate(issuer, key) -> None:
    made = x509.load_der_x509_certificate(issuer.person(key.spki, ANNA, NOW, POINTERS))
    assert [one.oid.dotted_string for one in made.subject] == [
        "2.5.4.6",
        "2.5.4.3",
        "2.5.4.4",
        "2.5.4.42",
        "1.2.643.100.3",
    ]


def test_no_certificate_outlives_its_issuer_and_none_is_for_longer_than_it_may_be(issuer, key) -> None:
    late = issuer.loaded.not_valid_after_utc - timedelta(days=2)
    made = x509.load_der_x509_certificate(issuer.person(key.spki, ANNA, late, POINTERS, days=30))
    assert made.not_valid_after_utc == issuer.loaded.not_valid_after_utc
    for days in (0, LONGEST_DAYS + 1):
        with pytest.raises(ValueError, match="days"):
            issuer.person(key.spki, ANNA, NOW, POINTERS, days=days)


def test_serial_numbers_are_long_and_never_the_same(issuer, key) -> None:
    numbers = {
        x509.load_der_x509_certificate(issuer.person(key.spki, ANNA, NOW, POINTERS)).serial_number
        for _ in range(5)
    }
    assert len(numbers) == 5
    assert all(64 < number.bit_length() <= 159 for number in numbers)


def test_a_list_says_who_when_and_why(issuer) -> None:
    said = [
        Revoked(number, NOW - timedelta(hours=number), reason) for number, reason in enumerate(REASONS, 1)
    ]
    listed = x509.load_der_x509_crl(issuer.revocation_list(said, NOW))
    assert [one.serial_number for one in listed] == [one.serial_number for one in said]
    assert [one.revocation_date_utc for one in listed] == [
        one.revoked_at.replace(microsecond=0) for one in said
    ]
    reasons = [
        one.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
        if len(one.extensions)
        else "unspecified"
        for one in listed
    ]
    assert reasons == list(REASONS)
    assert listed.next_update_utc - listed.last_update_utc == CRL_TERM


def test_an_empty_list_has_no_empty_sequence_in_it(issuer) -> None:
    """RFC 5280 §5.1.2.6: when nothing is revoked, the field is absent."""
    assert list(x509.load_der_x509_crl(issuer.revocation_list([], NOW))) == []


@pytest.mark.parametrize("year", [2049, 2050])
def test_years_from_2050_on_have_four_digits(year) -> None:
    key = signing_key(keys.new())
    founded = datetime(year, 5, 6, 7, 8, 9, tzinfo=UTC)
    root = Issuer.found(key, office_name("Корень", "Допуск"), founded)
    assert root.loaded.not_valid_before_utc == founded - timedelta(minutes=5)
    assert root.loaded.not_valid_after_utc.year == year + 10


def sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def question(*serials: int, issuer: Issuer, nonce: bytes = b"") -> bytes:
    named = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha1"}),
        "issuer_name_hash": sha1(issuer.name),
        "issuer_key_hash": sha1(der.parse(issuer.key.spki).parts[1].body[1:]),
    }
    asked = {"request_list": [{"req_cert": {**named, "serial_number": serial}} for serial in serials]}
    if nonce:
        asked["request_extensions"] = [{"extn_id": "nonce", "extn_value": nonce}]
    return bytes(asn1ocsp.OCSPRequest({"tbs_request": asked}).dump())


@pytest.fixture
def answering(issuer, key) -> Responder:
    return Responder(issuer, key, issuer.responder(key.spki, office_name("Служба", "Допуск"), NOW))


KNOWN = {1: None, 2: Revoked(2, NOW, "keyCompromise"), 3: Revoked(3, NOW, HOLD), 4: Revoked(4, NOW)}


def test_several_are_answered_at_once_each_for_itself(issuer, answering) -> None:
    told = answering.answer(
        question(1, 2, 3, 4, 5, issuer=issuer),
        lambda numbers: {n: KNOWN[n] for n in numbers if n in KNOWN},
        NOW,
    )
    lines = list(ocsp.load_der_ocsp_response(told).responses)
    assert [line.certificate_status.name for line in lines] == [
        "GOOD",
        "REVOKED",
        "REVOKED",
        "REVOKED",
        "UNKNOWN",
    ]
    assert [line.revocation_reason.value if line.revocation_reason else None for line in lines] == [
        None, "keyCompromise", HOLD, None, None,
    ]  # fmt: skip


def test_the_nonce_comes_back_as_it_went(issuer, answering) -> None:
    told = answering.answer(question(1, issuer=issuer, nonce=b"n" * 32), lambda _: KNOWN, NOW)
    assert (
        ocsp.load_der_ocsp_response(told).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        == b"n" * 32
    )


@pytest.mark.parametrize("spoiled", ["empty", "too_many", "long_nonce", "cut", "longer"])
def test_what_cannot_be_answered_is_malformed(issuer, answering, spoiled) -> None:
    good = question(1, issuer=issuer)
    asked = {
        "empty": b"",
        "too_many": question(*range(1, MOST + 2), issuer=issuer),
        "long_nonce": question(1, issuer=issuer, nonce=b"n" * 33),
        "cut": good[:-1],
        "longer": good + b"\0",
    }[spoiled]
    assert answering.answer(asked, lambda _: KNOWN, NOW) == refusal(1)
    assert (
        ocsp.load_der_ocsp_response(refusal(1)).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    )
