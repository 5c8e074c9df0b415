"""What we make is CAdES by anybody's reading, and what people upload comes to the bytes they made."""

import base64
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust import cades, certificates, cms, der, signed_data
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, SIGNED, Holder, Issued
from dopusk.trust.tests.signers import openssl

TEXT = "Заявление\r\n".encode()
by_each = pytest.mark.parametrize("kind", ["rsa", "ec", "gost", "gost512"])


@pytest.fixture
def anna(kind: str, request: pytest.FixtureRequest) -> Holder:
    if kind.startswith("gost"):
        request.getfixturevalue("gost_engine")
    return by(kind)


@cache
def office(kind: str) -> chains.Office:
    return chains.root(kind, f"root-{kind}")


@cache
def by(kind: str) -> Holder:
    return office(kind).holder(chains.key_of(kind, "anna"), Issued(ANNA))


def made(anna: Holder, **said: object) -> bytes:
    told = {"at": SIGNED, "attached": False, **said}
    return cades.create(TEXT, anna.der, cades.signer(anna.key), **told)  # type: ignore[arg-type]


@by_each
@pytest.mark.parametrize("attached", [False, True])
def test_openssl_and_we_read_what_we_make(kind: str, anna: Holder, attached: bool, tmp_path: Path) -> None:
    message = made(anna, attached=attached)
    verdict = cms.verify(message, TEXT, [anna.certificate])
    assert verdict.good
    assert verdict.found is not None
    assert (verdict.found.signed_at, verdict.found.attached) == (SIGNED, attached)
    (tmp_path / "message").write_bytes(message)
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "root").write_bytes(certificates.pem(office(kind).der))
    said = openssl(
        *("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", tmp_path / "message"),
        *("-CAfile", tmp_path / "root", "-attime", int(SIGNED.timestamp())),
        *([] if attached else ["-content", tmp_path / "text"]),
    )
    assert b"CAdES Verification successful" in said.stderr, said.stderr
    assert said.stdout == TEXT


def test_the_certificate_meant_is_named_with_its_issuer() -> None:
    anna = by("ec")
    read = signed_data.read(der.parse(made(anna)))
    assert read.attributes is not None
    ((digest, _),) = read.attributes.certificates
    assert digest == "sha256"
    assert anna.certificate.issuer_der in read.attributes.signed


def test_the_chain_comes_along_once() -> None:
    anna, ca = by("ec"), office("ec")
    read = signed_data.read(der.parse(made(anna, chain=[ca.der, ca.der, anna.der])))
    assert {one.der for one in read.embedded} == {anna.der, ca.der}
    assert len(read.embedded) == 2


def test_no_word_about_the_time_is_a_word_too_few_and_no_more() -> None:
    found = cms.verify(made(by("ec"), at=None), TEXT, [by("ec").certificate])
    assert found.good
    assert found.found is not None
    assert found.found.signed_at is None


def test_after_2049_years_have_four_digits() -> None:
    at = datetime(2051, 3, 1, 12, tzinfo=UTC)
    found = cms.verify(made(by("ec"), at=at), TEXT, [by("ec").certificate]).found
    assert found is not None
    assert found.signed_at == at


def test_a_key_that_cannot_sign_here_is_refused() -> None:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    anna = by("ec")
    whole = der.parse(anna.der).parts
    tbs = [spki if part.raw == chains.spki(anna.key) else part.raw for part in whole[0].parts]
    other = der.sequence(der.sequence(*tbs), *(part.raw for part in whole[1:]))
    with pytest.raises(ValueError, match="other"):
        cades.create(TEXT, other, lambda _: b"", at=None)


# ── the timestamp ──


def test_a_timestamp_changes_no_signed_byte_and_replaces_an_older_one() -> None:
    message = made(by("ec"))
    first, second = (der.sequence(der.SIGNED_DATA, der.octets(bytes([n]))) for n in (1, 2))
    once = cades.with_timestamp(message, first)
    twice = cades.with_timestamp(once, second)
    for one, token in ((once, first), (twice, second)):
        read, plain = signed_data.read(der.parse(one)), signed_data.read(der.parse(message))
        assert read.timestamp == token
        assert read.attributes == plain.attributes
        assert (read.value, read.embedded) == (plain.value, plain.embedded)
        assert cades.timestamp_digest(one) == cades.timestamp_digest(message)
        assert cms.verify(one, TEXT, [by("ec").certificate]).good
    assert signed_data.read(der.parse(message)).timestamp is None


def test_two_timestamps_are_ambiguous() -> None:
    message = cades.with_timestamp(made(by("ec")), der.SIGNED_DATA)
    whole = der.parse(message)
    attribute = whole.parts[1].parts[0].parts[-1].parts[0].parts[-1].parts[0]
    values = der.element(0x31, attribute.parts[1].body, attribute.parts[1].body)
    for unsigned in (der.sequence(attribute.parts[0].raw, values), attribute.raw * 2):
        changed = swapped(message, der.element(0xA1, attribute.raw), der.element(0xA1, unsigned))
        assert cms.verify(changed, TEXT, [by("ec").certificate]).why == "attributes"


def swapped(message: bytes, old: bytes, new: bytes) -> bytes:
    """One element in place of another; all lengths are right again."""

    def walk(element: der.Element) -> bytes:
        if element.raw == old:
            return new
        if not element.parts:
            return element.raw
        return der.element(element.tag, *map(walk, element.parts))

    return walk(der.parse(message))


@given(st.binary(max_size=60))
def test_rubbish_cannot_be_stamped(message: bytes) -> None:
    with pytest.raises(der.NotDer):
        cades.with_timestamp(message, der.SIGNED_DATA)
    with pytest.raises(der.NotDer):
        cades.timestamp_digest(message)


# ── what people upload ──

WHOLE = made(by("ec"))
LINES = base64.encodebytes(WHOLE)
UPLOADS = {
    "the file itself": WHOLE,
    "base64": base64.b64encode(WHOLE),
    "base64 in lines": LINES,
    "base64 in lines of Windows": LINES.replace(b"\n", b"\r\n"),
    "base64 with a mark of UTF-8": b"\xef\xbb\xbf" + LINES,
    "CMS": b"-----BEGIN CMS-----\n" + LINES + b"-----END CMS-----\n",
    "PKCS7": b"-----BEGIN PKCS7-----\r\n" + LINES + b"-----END PKCS7-----",
    "an old name": b"-----BEGIN PKCS #7 SIGNED DATA-----\n" + LINES + b"-----END PKCS #7 SIGNED DATA-----\n",
    "SIGNATURE": b"-----BEGIN SIGNATURE-----\n" + LINES + b"-----END SIGNATURE-----\n",
}


@pytest.mark.parametrize("how", UPLOADS)
def test_every_way_to_write_it_is_read(how: str) -> None:
    assert cades.read_upload(UPLOADS[how]) == WHOLE


REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b" \r\n", "empty"),
    "a novel": (b"\x30" + bytes(cades.LARGEST_UPLOAD), "large"),
    "the text": (TEXT, "unreadable"),
    "base64 of the text": (base64.b64encode(TEXT), "unreadable"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "unreadable"),
    "two signatures": (UPLOADS["CMS"] * 2, "several"),
    "a request": (UPLOADS["CMS"].replace(b"CMS", b"CERTIFICATE REQUEST"), "unreadable"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_signature_is_refused_by_its_code(what: str) -> None:
    uploaded, code = REFUSED[what]
    with pytest.raises(cades.NotSignature) as refusal:
        cades.read_upload(uploaded)
    assert refusal.value.code == code


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(uploaded: bytes) -> None:
    try:
        read = cades.read_upload(uploaded)
    except cades.NotSignature:
        return
    assert read[:1] == b"\x30"
