"""The authority says what a certificate may be used for; the request says only whose key it is."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dopusk.trust.authority import Authority, RequestRefused, Revoked, issued_by, request, subject
from dopusk.trust.tests.offices import NOW, POINTERS, SEAL, new_key, ours, strangers


def extension(certificate: x509.Certificate, kind: type) -> x509.Extension:
    return certificate.extensions.get_extension_for_class(kind)


@pytest.fixture
def seal() -> x509.Certificate:
    return ours().signer.certificate


def test_the_root_signs_certificates_and_lists_for_ten_years_and_nothing_else() -> None:
    root = ours().authority.certificate
    usage = extension(root, x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert not usage.value.digital_signature
    assert extension(root, x509.BasicConstraints).value.ca
    assert root.not_valid_after_utc.year - NOW.year in {9, 10}
    assert isinstance(root.public_key(), ec.EllipticCurvePublicKey)


def test_a_root_founded_on_29_february_is_not_lost() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    root = Authority.found(new_key(), subject("Корень", "Допуск"), leap).certificate
    assert root.not_valid_after_utc == datetime(2038, 2, 28, 12, tzinfo=UTC)


def test_a_seal_may_sign_papers_bears_its_cyrillic_name_and_points_to_root_and_list(
    seal: x509.Certificate,
) -> None:
    usage = extension(seal, x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert seal.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Учебный центр аккредитации"
    assert extension(seal, x509.ExtendedKeyUsage).value[0].dotted_string == "1.3.6.1.5.5.7.3.36"
    access = extension(seal, x509.AuthorityInformationAccess).value
    assert access[0].access_location.value == POINTERS.root
    points = extension(seal, x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == POINTERS.revoked
    assert issued_by(seal, ours().roots)


def test_a_timestamp_certificate_is_critically_for_timestamps_alone() -> None:
    made = ours().authority.issue(request(new_key(), SEAL), "timestamp", NOW, POINTERS)
    purpose = extension(made, x509.ExtendedKeyUsage)
    assert purpose.critical
    assert list(purpose.value) == [x509.ExtendedKeyUsageOID.TIME_STAMPING]
    assert not extension(made, x509.KeyUsage).value.content_commitment


def test_no_certificate_outlives_the_root() -> None:
    root = ours().authority.certificate
    late = root.not_valid_after_utc - timedelta(days=30)
    made = ours().authority.issue(request(new_key(), SEAL), "seal", late, POINTERS)
    assert made.not_valid_after_utc == root.not_valid_after_utc


def test_openssl_agrees_with_chain_and_purpose(tmp_path: Path, seal: x509.Certificate) -> None:
    (tmp_path / "root.pem").write_bytes(ours().authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "seal.pem").write_bytes(seal.public_bytes(Encoding.PEM))
    crl = ours().authority.revocation_list([], datetime.now(UTC))
    (tmp_path / "crl.pem").write_bytes(crl.public_bytes(Encoding.PEM))
    command = [
        "openssl",
        "verify",
        "-x509_strict",
        "-crl_check",
        "-CRLfile",
        "crl.pem",
        "-CAfile",
        "root.pem",
    ]
    told = subprocess.run([*command, "seal.pem"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "seal.pem: OK", told.stderr

    crl = ours().authority.revocation_list([Revoked(seal.serial_number, NOW)], datetime.now(UTC))
    (tmp_path / "crl.pem").write_bytes(crl.public_bytes(Encoding.PEM))
    told = subprocess.run([*command, "seal.pem"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "certificate revoked" in told.stderr


def test_the_revocation_list_names_the_revoked_and_its_number_grows(seal: x509.Certificate) -> None:
    authority = ours().authority
    lost = Revoked(seal.serial_number, NOW, x509.ReasonFlags.key_compromise)
    first = authority.revocation_list([], NOW)
    second = authority.revocation_list([lost], NOW + timedelta(seconds=1))
    assert first.get_revoked_certificate_by_serial_number(seal.serial_number) is None
    line = second.get_revoked_certificate_by_serial_number(seal.serial_number)
    assert line is not None
    assert extension(line, x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    assert (
        extension(second, x509.CRLNumber).value.crl_number > extension(first, x509.CRLNumber).value.crl_number
    )
    assert second.is_signature_valid(authority.key.public_key())


def csr(key: object, *attributes: tuple[x509.ObjectIdentifier, str]) -> str:
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    built = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, algorithm)
    return built.public_bytes(Encoding.PEM).decode()


GOOD = ((NameOID.COMMON_NAME, "Центр"), (NameOID.ORGANIZATION_NAME, "Допуск"))


def forged() -> str:
    """A request whose name was changed after it was signed."""
    der = x509.load_pem_x509_csr(csr(new_key(), *GOOD).encode()).public_bytes(Encoding.DER)
    changed = der.replace("Допуск".encode(), "Дюпуск".encode())
    assert changed != der
    return x509.load_der_x509_csr(changed).public_bytes(Encoding.PEM).decode()


REFUSED = {
    "no request": (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nAA==\n", "csr_unreadable"),
    "words": (lambda: "выпустите, пожалуйста", "csr_unreadable"),
    "not signed by its key": (forged, "csr_signature"),
    "another curve": (lambda: csr(ec.generate_private_key(ec.SECP384R1()), *GOOD), "csr_key"),
    "a short key": (lambda: csr(rsa.generate_private_key(65537, 1024), *GOOD), "csr_key"),  # noqa: S505
    "another kind of key": (lambda: csr(ed25519.Ed25519PrivateKey.generate(), *GOOD), "csr_key"),
    "no organisation": (lambda: csr(new_key(), (NameOID.COMMON_NAME, "Центр")), "csr_subject"),
    "a name twice": (lambda: csr(new_key(), *GOOD, (NameOID.COMMON_NAME, "Другой")), "csr_subject"),
    "a person's name": (lambda: csr(new_key(), *GOOD, (NameOID.SURNAME, "Орлова")), "csr_subject"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_request_is_refused_with_its_code(case: str) -> None:
    made, code = REFUSED[case]
    with pytest.raises(RequestRefused) as refusal:
        ours().authority.issue(made(), "seal", NOW, POINTERS)
    assert refusal.value.code == code


def test_a_key_of_rsa_is_certified_too() -> None:
    made = ours().authority.issue(csr(rsa.generate_private_key(65537, 2048), *GOOD), "seal", NOW, POINTERS)
    assert issued_by(made, ours().roots)


def test_a_stranger_with_the_same_name_vouches_for_nobody_of_ours(seal: x509.Certificate) -> None:
    assert strangers().authority.certificate.subject == ours().authority.certificate.subject
    assert not issued_by(seal, strangers().roots)


def test_an_authority_needs_its_own_key() -> None:
    with pytest.raises(ValueError):
        Authority(new_key(), ours().authority.certificate)
