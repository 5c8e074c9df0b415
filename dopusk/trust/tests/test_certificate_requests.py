"""A request says whose key it is, and proves that its key was there."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust import gost
from dopusk.trust.authority import RequestRefused, request, subject
from dopusk.trust.certificate_requests import LARGEST, read

EC_KEY = ec.generate_private_key(ec.SECP256R1())
NAME = subject("Анна", "УЦ")
PEM = request(EC_KEY, NAME).encode()
DER = x509.load_pem_x509_csr(PEM).public_bytes(Encoding.DER)
SPKI = EC_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def refused(asked: bytes) -> str:
    with pytest.raises(RequestRefused) as caught:
        read(asked)
    return caught.value.code


@pytest.mark.parametrize(
    "asked",
    [
        DER,
        PEM,
        b"text before\r\n" + PEM.replace(b"CERTIFICATE REQ", b"NEW CERTIFICATE REQ"),
        PEM.replace(b"\n", b"\r\n"),
    ],
)
def test_a_request_is_read_in_der_and_in_pem_of_any_tool(asked) -> None:
    assert (read(asked).spki, read(asked).gost) == (SPKI, False)


@pytest.mark.usefixtures("gost_engine")
@pytest.mark.parametrize("bits", [256, 512])
def test_a_request_of_a_gost_key_is_read_and_verified(bits) -> None:
    key = gost.new_key(bits=bits)
    asked = gost.request(key, "Анна / Орлова")
    assert (read(asked).spki, read(asked).gost) == (gost.public_key(key), True)
    assert read(
        b"-----BEGIN CERTIFICATE REQUEST-----\n"
        + base64.encodebytes(asked)
        + b"-----END CERTIFICATE REQUEST-----"
    ).gost
    assert refused(asked[:-1] + bytes((asked[-1] ^ 1,))) == "csr_signature"


def test_a_request_signed_by_another_key_is_refused() -> None:
    assert refused(DER[:-1] + bytes((DER[-1] ^ 1,))) == "csr_signature"


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - to be refused
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=["P-384", "RSA-1024", "Ed25519"],
)
def test_keys_that_are_not_certified_here(key) -> None:
    how = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    csr = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, how)
    assert refused(csr.public_bytes(Encoding.PEM)) == "csr_key"


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        b"0",
        "выпустите".encode(),
        PEM + PEM,
        DER + b"\0",
        b"0" * (LARGEST + 1),
        b"\x30\x00",
        PEM.replace(b"M", b"*"),
    ],
)
def test_what_is_no_request_is_refused(asked) -> None:
    assert refused(asked) == "csr_unreadable"


@given(st.integers(0, len(DER) - 1), st.integers(1, 255))
def test_no_octet_of_a_request_can_be_changed(at, by) -> None:
    assert refused(DER[:at] + bytes((DER[at] ^ by,)) + DER[at + 1 :]) in {
        "csr_unreadable",
        "csr_signature",
        "csr_key",
    }


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_nothing_breaks(asked) -> None:
    assert refused(asked) == "csr_unreadable"
