"""Certificates of every algorithm are read alike, and known by all the hashes people send."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust import certificates, gost
from dopusk.trust.certificates import NotACertificate
from dopusk.trust.tests import kept_gost, signers
from dopusk.trust.tests.kept_gost import octets
from dopusk.trust.tests.signers import openssl

RSA, EC = signers.rsa_signer(), signers.ec_signer()
GOST = certificates.read(octets(kept_gost.read()["cms"]["256"]["certificate"]))


@pytest.mark.parametrize(
    ("one", "algorithm"), [(RSA.certificate, "rsa"), (EC.certificate, "ec"), (GOST, "gost2012_256")]
)
def test_pem_and_der_are_the_same_certificate(one: certificates.Certificate, algorithm: str) -> None:
    pem = certificates.pem(one.der)
    assert one.algorithm == algorithm
    assert one.gost == algorithm.startswith("gost")
    for text in (one.der, pem, pem.replace(b"\n", b"\r\n"), b"Bag Attributes: \xd0\x90\n" + pem + b"\n\n"):
        assert certificates.read(text) == one
    assert one.not_before.tzinfo is not None
    assert one.not_before <= datetime.now(UTC) or one is GOST
    assert one.not_before < one.not_after


def test_a_russian_subject_is_told_by_names() -> None:
    assert GOST.subject == "SNILS=00000060001,CN=Орлова Анна,O=Больница / № 1,C=RU"
    assert GOST.subject == GOST.issuer
    assert len(GOST.key_identifier) == 20


def test_serial_key_and_name_are_those_openssl_tells(tmp_path: Path) -> None:
    _, file = RSA.files(tmp_path)
    said = openssl("x509", "-in", file, "-noout", "-serial").stdout.decode().strip()
    assert said == f"serial={RSA.certificate.serial.upper()}"
    public = openssl("x509", "-in", file, "-noout", "-pubkey").stdout
    assert openssl("pkey", "-pubin", "-outform", "DER", given=public).stdout == RSA.certificate.spki


def test_a_key_nobody_here_uses_is_told_as_other() -> None:
    other = openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=ed")
    assert certificates.read(other.stdout).algorithm == "other"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "unreadable"),
        (RSA.certificate.der[:-1], "unreadable"),
        (RSA.certificate.der + b"\0", "unreadable"),
        (certificates.pem(RSA.certificate.der) * 2, "several"),
        (certificates.pem(RSA.certificate.der)[:-40], "unreadable"),
        (certificates.pem(b"hello"), "unreadable"),
        (certificates.pem(RSA.certificate.spki), "unreadable"),
        (b"-----BEGIN CERTIFICATE-----\n\xff\n-----END CERTIFICATE-----", "unreadable"),
    ],
)
def test_what_is_not_one_certificate_is_refused(text: bytes, code: str) -> None:
    with pytest.raises(NotACertificate) as refused:
        certificates.read(text)
    assert refused.value.code == code


@given(st.integers(0, len(GOST.der) - 1), st.integers(0, 255), st.booleans())
def test_no_octet_changed_breaks_the_reader(place: int, octet: int, leave_out: bool) -> None:
    changed = GOST.der[:place] + (b"" if leave_out else bytes((octet,))) + GOST.der[place + 1 :]
    try:
        read = certificates.read(changed)
    except NotACertificate:
        return
    assert (read == GOST) == (changed == GOST.der)


def test_every_usual_hash_of_a_certificate_is_known(tmp_path: Path) -> None:
    _, file = RSA.files(tmp_path)
    known = certificates.fingerprints(RSA.certificate.der)
    text = openssl("x509", "-in", file).stdout
    assert known["sha256"] == hashlib.sha256(RSA.certificate.der).hexdigest()
    assert known["sha1"] == _sha1(RSA.certificate.der)
    assert known["streebog256"] == gost.streebog256(RSA.certificate.der).hex()
    assert known["pem_sha256"] == hashlib.sha256(text).hexdigest()
    assert known["pem_sha1"] == _sha1(text)
    assert known["pem_streebog256"] == gost.streebog256(text).hex()
    assert known["pem_crlf_sha256"] == hashlib.sha256(text.replace(b"\n", b"\r\n")).hexdigest()
    assert known["pem_bare_sha256"] == hashlib.sha256(text.strip()).hexdigest()
    assert len(set(known.values())) == len(known) == 12


def _sha1(data: bytes) -> str:
    return openssl("dgst", "-sha1", "-binary", given=data).stdout.hex()
