"""A signed paper is valid as it was issued, and refused with its reason after anything was done to it."""

import io
import logging
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pikepdf
import pytest
from asn1crypto import cms
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dopusk.trust import pades
from dopusk.trust.authority import Revoked
from dopusk.trust.pades import SealSigner, validate
from dopusk.trust.tests.offices import NOW, Offices, found, new_key, ours, paper, signed, strangers
from dopusk.trust.timestamper import TimestampDown

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def code(pdf: bytes) -> str:
    return validate(pdf, ours().roots).code


def hole(pdf: bytes) -> tuple[int, int]:
    """Where the signature's own bytes stand."""
    found_ = re.search(rb"/ByteRange \[0 (\d+) (\d+) ", pdf)
    assert found_
    return int(found_[1]), int(found_[2])


def test_the_paper_is_valid_and_says_who_signed_and_when() -> None:
    verdict = validate(signed(), ours().roots)
    assert verdict.code == "valid"
    assert verdict.signer == "Учебный центр аккредитации"
    assert verdict.organisation == "Допуск"
    assert verdict.signed_at is not None
    assert abs(verdict.signed_at - datetime.now(UTC)) < timedelta(minutes=10)


def test_pyhanko_accepts_it_as_whole_trusted_and_timestamped() -> None:
    (signature,) = PdfFileReader(io.BytesIO(signed())).embedded_regular_signatures
    root = pades._asn1(ours().authority.certificate)
    status = validate_pdf_signature(
        signature,
        ValidationContext(trust_roots=[root]),
        ts_validation_context=ValidationContext(trust_roots=[root]),
    )
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.timestamp_validity.trusted
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_pdfsig_accepts_it(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(signed())
    told = subprocess.run(
        ["pdfsig", "-nocert", "paper.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_openssl_verifies_the_extracted_signature_as_cades(tmp_path: Path) -> None:
    start, end = hole(signed())
    padded = bytes.fromhex(signed()[start + 1 : end - 1].decode())
    (tmp_path / "paper").write_bytes(signed()[:start] + signed()[end:])
    (tmp_path / "paper.p7s").write_bytes(cms.ContentInfo.load(padded).dump())
    (tmp_path / "root.pem").write_bytes(ours().authority.certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "paper.p7s"]
    against = ["-content", "paper", "-CAfile", "root.pem", "-no-CApath", "-no-CAstore", "-purpose", "any"]
    told = subprocess.run(
        [*command, *against, "-out", "told"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr


def test_the_signature_changes_nothing_of_what_the_paper_claims() -> None:
    with pikepdf.open(io.BytesIO(paper())) as before, pikepdf.open(io.BytesIO(signed())) as after:
        assert after.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)
        assert after.Root.Lang == before.Root.Lang
        assert after.pdf_version == before.pdf_version == "1.7"  # PDF/A-2 is PDF 1.7
        assert "/Version" not in after.Root
        assert "/StructTreeRoot" in after.Root
        assert after.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1
        (field,) = after.Root.AcroForm.Fields
        assert field.TU == "Подпись"
        assert int(field.F) & 0b110 == 0b100  # printed, not hidden: PDF/A-2 §6.3.2
        assert after.pages[0].Tabs == "/S"
        assert "/NeedAppearances" not in after.Root.AcroForm
        keys = set(after.Root.Perms.DocMDP.Reference[0].keys())
        assert not keys & {"/DigestLocation", "/DigestMethod", "/DigestValue"}  # PDF/A-2 §6.1.12


def test_signing_again_fits_the_room_every_time() -> None:
    sizes = {len(ours().sign(paper())) for _ in range(12)}
    assert len(sizes) == 1


# offsets of a byte to change: head, text, structure, signature and its padding, byte range, tail
PLACES = [0.0, 0.01, 0.2, 0.5, 0.7, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98, 0.9999]


@pytest.mark.parametrize("place", PLACES)
def test_one_changed_byte_is_refused_wherever_it_is(place: float) -> None:
    changed = bytearray(signed())
    changed[int(place * len(changed))] ^= 1
    assert code(bytes(changed)) != "valid"


@settings(max_examples=200)
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_no_changed_byte_is_ever_accepted(place: float, mask: int) -> None:
    changed = bytearray(signed())
    changed[int(place * len(changed))] ^= mask
    assert code(bytes(changed)) != "valid"


@settings(max_examples=200)
@given(place=st.floats(0, 1, exclude_max=True), mask=st.sampled_from([0x01, 0x02, 0x04, 0x08, 0x20, 0x71]))
def test_no_changed_byte_of_the_signature_itself_is_ever_accepted(place: float, mask: int) -> None:
    start, end = hole(signed())
    changed = bytearray(signed())
    changed[start + int(place * (end - start))] ^= mask
    assert code(bytes(changed)) != "valid"


def in_the_hole(change) -> bytes:
    """The paper with its CMS changed in ways no signature covers; spelling and padding kept right."""
    start, end = hole(signed())
    padded = bytes.fromhex(signed()[start + 1 : end - 1].decode())
    message = change(cms.ContentInfo.load(padded)).dump()
    assert len(message) <= len(padded)
    filled = message.ljust(len(padded), b"\0").hex().upper().encode()
    return signed()[: start + 1] + filled + signed()[end - 1 :]


def other_version(message: cms.ContentInfo) -> cms.ContentInfo:
    message["content"]["version"] = "v3"
    return message


def other_signer_version(message: cms.ContentInfo) -> cms.ContentInfo:
    message["content"]["signer_infos"][0]["version"] = "v3"
    return message


def no_timestamp(message: cms.ContentInfo) -> cms.ContentInfo:
    del message["content"]["signer_infos"][0]["unsigned_attrs"]
    return message


def timestamp_of_another_signature(message: cms.ContentInfo) -> cms.ContentInfo:
    stamp = message["content"]["signer_infos"][0]["unsigned_attrs"][0]
    stamp["values"][0] = ours().timestamper().stamp(bytes(32))
    return message


def no_certificate(message: cms.ContentInfo) -> cms.ContentInfo:
    message["content"]["certificates"] = []
    return message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_version, "altered"),
        (other_signer_version, "altered"),
        (no_timestamp, "no_timestamp"),
        (timestamp_of_another_signature, "altered"),
        (no_certificate, "untrusted"),
    ],
)
def test_a_message_rebuilt_by_somebody_else_is_refused(change, told: str) -> None:
    assert in_the_hole(lambda message: message) == signed()
    assert code(in_the_hole(change)) == told


def test_the_spelling_of_the_signature_is_part_of_the_paper() -> None:
    start, end = hole(signed())
    assert code(signed()[:start] + signed()[start:end].lower() + signed()[end:]) == "altered"


def test_an_addition_after_the_signature_is_refused(tmp_path: Path) -> None:
    """The shadow attack: a later version of the same page, the signed bytes untouched. pdfsig would not mind."""
    update = IncrementalPdfFileWriter(io.BytesIO(signed()))
    page = update.root["/Pages"]["/Kids"][0]
    page["/Contents"] = update.add_object(StreamObject(stream_data=b"BT ET"))
    update.update_container(page)
    shadow = io.BytesIO()
    update.write(shadow)
    assert shadow.getvalue().startswith(signed())
    assert code(shadow.getvalue()) == "altered"

    (tmp_path / "shadow.pdf").write_bytes(shadow.getvalue())
    told = subprocess.run(
        ["pdfsig", "-nocert", "shadow.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid." in told  # hence pdfsig alone is never relied on


@pytest.mark.parametrize("tail", [b"\n", b"%", b"\n%%EOF\n", bytes(2000)])
def test_a_tail_is_refused(tail: bytes) -> None:
    assert code(signed() + tail) == "altered"


def test_a_paper_cut_short_is_refused() -> None:
    assert code(signed()[:-20]) == "altered"
    assert code(signed()[: hole(signed())[0] + 100]) == "altered"


def test_a_strangers_seal_is_not_ours() -> None:
    assert code(strangers().sign(paper())) == "untrusted"


def test_our_seal_with_a_strangers_time_is_not_believed() -> None:
    mixed = Offices(ours().authority, strangers().responder, ours().signer)
    foreign = Offices(strangers().authority, strangers().responder, strangers().signer)
    pdf = pades.sign(
        paper(),
        mixed.signer,
        foreign.timestamper(),
        reason="Выписка",
        location="Россия",
        field_words="Подпись",
    )
    assert code(pdf) == "untrusted"


def test_a_signature_of_ours_without_a_timestamp_is_not_enough() -> None:
    key = ours().signer._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    bare = signers.SimpleSigner(
        signing_cert=pades._asn1(ours().signer.certificate),
        signing_key=PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )
    meta = signers.PdfSignatureMetadata(field_name="Signature", subfilter=SigSeedSubFilter.PADES)
    made = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(paper())), meta, signer=bare)
    assert code(made.getvalue()) == "no_timestamp"


def test_a_certificate_is_no_use_without_its_key() -> None:
    with pytest.raises(ValueError):
        SealSigner(new_key(), ours().signer.certificate)


def test_what_was_never_signed_says_so() -> None:
    assert code(paper()) == "no_signature"
    assert code(b"") == "unreadable"
    assert code(b"\x89PNG") == "unreadable"
    assert code(b"%PDF-1.7\n") == "unreadable"


@given(pdf=st.binary(max_size=300))
def test_no_bytes_whatever_break_the_verifier(pdf: bytes) -> None:
    assert code(b"%PDF-1.7\n" + pdf) != "valid"


def test_a_seal_revoked_before_it_signed_is_refused_and_after_it_is_not() -> None:
    serial = ours().signer.certificate.serial_number
    now = datetime.now(UTC)
    before = ours().authority.revocation_list([Revoked(serial, NOW - timedelta(hours=1))], now)
    after = ours().authority.revocation_list([Revoked(serial, now + timedelta(seconds=1))], now)
    signed_before = ours().authority.revocation_list([], now)
    assert validate(signed(), ours().roots, before).code == "revoked"
    assert validate(signed(), ours().roots, after).code == "valid"
    assert validate(signed(), ours().roots, signed_before).code == "valid"


def test_the_paper_outlives_the_seal_that_signed_it() -> None:
    """B-T proves the seal was good when it signed; the authority's own term is the limit."""
    expiry = ours().signer.certificate.not_valid_after_utc
    assert validate(signed(), ours().roots, at=expiry + timedelta(days=30)).code == "valid"
    root_expiry = ours().authority.certificate.not_valid_after_utc
    assert validate(signed(), ours().roots, at=root_expiry + timedelta(days=30)).code != "valid"


def test_a_seal_that_had_run_out_signs_nothing_valid() -> None:
    old = found(NOW - timedelta(days=4 * 365))
    late = pades.sign(
        paper(), old.signer, old.timestamper(), reason="Выписка", location="Россия", field_words="Подпись"
    )
    assert validate(late, old.roots).code == "expired"


def test_without_a_timestamp_nothing_is_signed() -> None:
    down = ours().timestamper(lambda told: httpx.Response(503))
    fresh = SealSigner(ours().signer._key, ours().signer.certificate)
    with pytest.raises(TimestampDown):
        pades.sign(paper(), fresh, down, reason="Выписка", location="Россия", field_words="Подпись")
    with pytest.raises(TimestampDown):
        pades.sign(paper(), ours().signer, down, reason="Выписка", location="Россия", field_words="Подпись")


def test_the_reason_and_the_place_stand_in_the_signature() -> None:
    (signature,) = PdfFileReader(io.BytesIO(signed())).embedded_regular_signatures
    assert signature.sig_object["/Reason"] == "Выписка"
    assert signature.sig_object["/Location"] == "Россия"
    assert signature.sig_object["/Name"] == "Учебный центр аккредитации"
    assert SigSeedSubFilter.PADES.value == signature.sig_object["/SubFilter"]
