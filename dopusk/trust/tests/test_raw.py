"""Bare signatures: every way of writing them has one meaning, and each is right for its data and key alone."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust import certificates, cms, gost, raw
from dopusk.trust.tests import kept_gost, signers
from dopusk.trust.tests.kept_gost import octets
from dopusk.trust.tests.signers import CONTENT, openssl

RSA, EC, FOREIGN = signers.rsa_signer(), signers.ec_signer(), signers.rsa_signer("foreign")
KEPT = kept_gost.read()


@pytest.mark.parametrize(
    ("text", "data", "form"),
    [
        ("AQID", b"\x01\x02\x03", "base64url"),
        ("-_-_", b"\xfb\xff\xbf", "base64url"),
        ("-w", b"\xfb", "base64url"),
        ("-w==", b"\xfb", "base64url_padded"),
        ("-w=", b"\xfb", "base64url_half"),
        ("AQI=", b"\x01\x02", "base64url_padded"),
        ("+/+/", b"\xfb\xff\xbf", "base64"),
        ("+w", b"\xfb", "base64"),
        ("+w==", b"\xfb", "base64_padded"),
        ("+w=", b"\xfb", "base64_half"),
    ],
)
def test_a_text_is_told_by_its_form(text: str, data: bytes, form: str) -> None:
    assert raw.decode(text) == raw.Decoded(data, form)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "A",
        "A===",
        "AQID=",
        "AQI==",
        "-w===",
        "-w=A",
        "+_+_",
        "AQID\n",
        " AQID",
        "AQ ID",
        "AQID%3D",
        "-x",  # bits behind the last octet
        "AQJ=",
        "AQИD",
        "ＡQID",
    ],
)
def test_what_is_no_base64_or_could_be_read_two_ways_is_refused(text: str) -> None:
    assert raw.decode(text) is None


@given(st.binary(min_size=1, max_size=300), st.booleans(), st.integers(0, 2))
def test_whatever_was_written_comes_back(data: bytes, standard: bool, left_out: int) -> None:
    text = (base64.b64encode if standard else base64.urlsafe_b64encode)(data).decode()
    for _ in range(left_out):
        text = text.removesuffix("=")
    decoded = raw.decode(text)
    assert decoded is not None
    assert decoded.data == data
    if set("+/") & set(text):
        assert decoded.form.startswith("base64_") or decoded.form == "base64"
    else:
        assert decoded.form.startswith("base64url")


@given(st.text(alphabet=st.sampled_from("ABwgQ+/-_= \n\0é"), max_size=12) | st.text(max_size=20))
def test_one_meaning_is_written_in_one_way_but_for_alphabet_and_padding(text: str) -> None:
    decoded = raw.decode(text)
    if decoded is not None:
        plain = base64.urlsafe_b64encode(decoded.data).decode().rstrip("=")
        assert text.rstrip("=").replace("+", "-").replace("/", "_") == plain


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (cms.sign(RSA.key, RSA.certificate.der, CONTENT, attached=True, attributes=False), "cms"),
        (bytes.fromhex("308006092a864886f70d010702a080"), "cms"),  # as BER begins
        (octets(KEPT["raw"]["256 A"]["signature"]), "gost256"),
        (octets(KEPT["raw"]["512 A"]["signature"]), "gost512"),
        (bytes(256), "rsa"),
        (bytes(384), "rsa"),
        (bytes(512), "rsa"),
        (b"", "unknown"),
        (bytes(63), "unknown"),
        (b"\x30" + bytes(63), "gost256"),
    ],
)
def test_the_kind_of_a_signature_is_told_by_its_look(data: bytes, kind: str) -> None:
    assert raw.kind(data) == kind


def test_an_rsa_signature_is_right_here_and_by_openssl(tmp_path: Path) -> None:
    assert isinstance(RSA.key, rsa.RSAPrivateKey)
    signature = raw.sign(RSA.key, CONTENT)
    assert raw.verify(RSA.certificate, CONTENT, signature)
    assert not raw.verify(RSA.certificate, CONTENT + b"0", signature)
    assert not raw.verify(RSA.certificate, CONTENT, signature[::-1])
    assert not raw.verify(RSA.certificate, CONTENT, b"")
    assert not raw.verify(FOREIGN.certificate, CONTENT, signature)
    assert not raw.verify(EC.certificate, CONTENT, signature)

    key, certificate = RSA.files(tmp_path)
    public = openssl("x509", "-in", certificate, "-pubkey", "-noout").stdout
    (tmp_path / "public").write_bytes(public)
    (tmp_path / "signature").write_bytes(signature)
    told = ("-verify", tmp_path / "public", "-signature", tmp_path / "signature")
    assert b"OK" in openssl("dgst", "-sha256", *told, given=CONTENT).stdout
    outside = openssl("dgst", "-sha256", "-sign", key, given=CONTENT).stdout
    assert raw.verify(RSA.certificate, CONTENT, outside)
    assert not raw.verify(
        RSA.certificate, CONTENT, openssl("dgst", "-sha1", "-sign", key, given=CONTENT).stdout
    )


def test_a_gost_signature_is_right_here_and_by_openssl(gost_engine: None, tmp_path: Path) -> None:
    signer = signers.gost_signer()
    assert isinstance(signer.key, bytes)
    signature = raw.sign(signer.key, CONTENT)
    assert raw.kind(signature) == "gost256"
    assert raw.verify(signer.certificate, CONTENT, signature)
    assert not raw.verify(signer.certificate, CONTENT, signature[::-1])
    assert not raw.verify(RSA.certificate, CONTENT, signature)
    (tmp_path / "public").write_bytes(signer.certificate.spki)
    (tmp_path / "signature").write_bytes(signature)
    told = ("-keyform", "DER", "-verify", tmp_path / "public", "-signature", tmp_path / "signature")
    assert b"OK" in openssl("dgst", "-md_gost12_256", *told, given=CONTENT).stdout


def test_a_csp_s_signature_is_ours_turned_round() -> None:
    """What a caller in lenient mode tries: the whole value reversed."""
    each = KEPT["raw"]["256 A"]
    turned = octets(each["signature"])[::-1]
    assert not gost.verify_raw(octets(each["spki"]), kept_gost.SIGNED, turned)
    assert gost.verify_raw(octets(each["spki"]), kept_gost.SIGNED, turned[::-1])


@given(st.binary(max_size=600))
def test_no_bytes_are_a_signature(signature: bytes) -> None:
    kept = certificates.read(octets(KEPT["cms"]["256"]["certificate"]))
    for certificate in (RSA.certificate, EC.certificate, kept):
        assert not raw.verify(certificate, CONTENT, signature)
