"""Each mistake of integrators has its own code, and the ESIA code that the real system answers with."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from dopusk.portal.esia.client_secret.judge import judge
from dopusk.portal.esia.client_secret.mistakes import MISTAKES
from dopusk.portal.esia.client_secret.signed import Signed, SystemView
from dopusk.portal.esia.tests.signed_requests import (
    CODE,
    NOW,
    OTHER,
    OWN,
    V1,
    VALUES,
    Case,
    certified,
    gost_signer,
    gost_v2,
    reissued,
    signer,
    stamp,
    url64,
    v1_ac,
    v1_te,
    v2_ac,
    v3_te,
)

ENGINE = pytest.mark.usefixtures("gost_engine")
WRONG, STRANGER, MISSING, TIME = "007053", "007002", "007014", "007015"
FOREIGN, FORBIDDEN = "007011", "007005"


# ── client_certificate_hash ──

PEM = base64.encodebytes(OWN.der).decode()
HASHES = {
    "SHA-1": (OWN.hashes["sha1"], "hash_sha1"),
    "SHA-1 of something": ("0" * 40, "hash_sha1"),
    "of the PEM": (OWN.hashes["pem_sha256"], "hash_pem"),
    "of the PEM by SHA-1": (OWN.hashes["pem_sha1"], "hash_pem"),
    "of the PEM with Windows' ends of line": (OWN.hashes["pem_crlf_sha256"], "hash_pem"),
    "Streebog for an RSA key": (OWN.hashes["streebog256"], "hash_other_algorithm"),
    "of the public key": (
        hashlib.sha256(OWN.registered().certificate.spki).hexdigest(),
        "hash_of_public_key",
    ),
    "bytes reversed": (bytes.fromhex(OWN.hashes["sha256"])[::-1].hex(), "hash_reversed"),
    "in base64": (base64.b64encode(bytes.fromhex(OWN.hashes["sha256"])).decode(), "hash_base64"),
    "with colons": (
        x509.load_der_x509_certificate(OWN.der).fingerprint(hashes.SHA256()).hex(":"),
        "hash_colons",
    ),
    "of 512 bits": (hashlib.sha512(OWN.der).hexdigest(), "hash_long"),
    "of a stranger's certificate": (OTHER.hashes["sha256"], "hash_unknown"),
    "no hash": ("ромашка", "hash_form"),
}


@pytest.mark.parametrize(("sent", "code"), HASHES.values(), ids=HASHES)
@pytest.mark.parametrize("made", [v2_ac, v3_te])
def test_a_wrong_hash_is_called_by_its_name(made, sent, code):
    assert made().code(client_certificate_hash=sent) == (code, WRONG)


def test_no_hash_at_v2_is_a_parameter_missing():
    verdict = v2_ac().judged(client_certificate_hash="absent")
    assert (verdict.fault.code, verdict.fault.esia_code, verdict.fault.detail) == (
        "hash_missing",
        MISSING,
        "client_certificate_hash",
    )


@ENGINE
def test_sha256_for_a_gost_key_is_the_wrong_algorithm_in_strict_mode():
    case = gost_v2()
    assert case.code(client_certificate_hash=case.by.hashes["sha256"]) == ("hash_other_algorithm", WRONG)


# ── the certificate ──


def test_a_hash_of_one_certificate_and_a_key_of_another():
    case = replace(v2_ac(), known=(OWN.registered(), OTHER.registered()))
    assert case.code(client_certificate_hash=OTHER.right) == ("hash_of_other_certificate", WRONG)


@pytest.mark.parametrize("endpoint", ["v1/ac", "v2/ac"])
@pytest.mark.parametrize(
    ("by", "code"),
    [
        (signer("Просрочен", begins=-60, ends=-1), "certificate_expired"),
        (signer("Рано", begins=5), "certificate_not_yet_valid"),
    ],
)
def test_a_certificate_out_of_its_term(endpoint, by, code):
    assert Case(endpoint, by).code() == (code, WRONG)


@pytest.mark.parametrize("endpoint", ["v1/ac", "v2/ac"])
def test_a_disabled_certificate(endpoint):
    case = Case(endpoint, OWN, known=(OWN.registered(disabled=True),))
    assert case.code() == ("certificate_disabled", WRONG)


def test_pkcs7_of_a_certificate_that_is_not_registered_names_it():
    verdict = v1_ac().judged(OTHER.pkcs7(v1_ac().string))
    assert (verdict.fault.code, verdict.fault.esia_code) == ("signer_unknown", STRANGER)
    assert verdict.report["cms"]["embedded"] == ["CN=Чужая система"]


def test_a_reissued_certificate_of_the_same_key():
    assert v1_ac().code(reissued(OWN).pkcs7(v1_ac().string)) == ("certificate_reissued", STRANGER)


def test_pkcs7_without_the_certificate_of_a_stranger():
    made = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(v1_ac().string.encode())
        .add_signer(x509.load_der_x509_certificate(OTHER.der), OTHER.key, hashes.SHA256())
        .sign(
            serialization.Encoding.DER,
            [pkcs7.PKCS7Options.NoCerts, pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary],
        )
    )
    assert v1_ac().code(made) == ("signer_not_embedded", STRANGER)


def test_a_system_without_certificates():
    fault = judge(Signed("v1/ac", "", {**VALUES, "client_secret": "x"}), SystemView("DOPUSK"), now=NOW).fault
    assert (fault.code, fault.esia_code) == ("no_certificates", STRANGER)


@pytest.mark.parametrize(("endpoint", "switch"), [("v1/ac", "v1"), ("v2/ac", "v2"), ("v3/te", "v2")])
def test_a_generation_that_is_switched_off(endpoint, switch):
    system = SystemView("DOPUSK", certificates=(OWN.registered(),), **{switch: False})
    fault = judge(Signed(endpoint, "", {**VALUES, "client_secret": "x"}), system, now=NOW).fault
    assert (fault.code, fault.esia_code) == ("version_off", FORBIDDEN)


# ── how client_secret is written, and what it is ──

RIGHT = v2_ac().signature()
WRITINGS = {
    "the password of passport-esia": ("clientSecret", "secret_literal"),
    "words": ("не подпись", "secret_form"),
    "hex": (RIGHT.hex(), "secret_hex"),
    "PEM": ("-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n", "secret_pem"),
    "PEM in base64": (url64(b"-----BEGIN PKCS7-----\n" + base64.encodebytes(RIGHT)), "secret_pem"),
    "a JWT": ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJET1BVU0sifQ.c2ln", "secret_jwt"),
    "encoded twice": (quote(base64.b64encode(b"\xfb\xff\xfe" * 30 + b"a").decode()), "secret_encoded_twice"),
    "its pluses lost": (
        base64.b64encode(b"\xfb\xef\xbe" * 30).decode().replace("+", " "),
        "secret_plus_lost",
    ),
    "in lines": (base64.encodebytes(b"\0" * 256).decode(), "secret_lines"),
    "in lines, its pluses lost": (
        base64.encodebytes(b"\xfb" * 256).decode().replace("+", " "),
        "secret_lines",
    ),
    "S/MIME": ("MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime\n\nMIIB\n", "secret_smime"),
    "S/MIME in base64": (
        url64(b"MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime\n\n" + base64.encodebytes(RIGHT)),
        "secret_smime",
    ),
    "base64 of base64": (url64(url64(RIGHT).encode()), "secret_base64_twice"),
    "other bytes": (url64(b"\xff" * 100), "secret_kind"),
    "standard base64": (base64.b64encode(b"\xfb" * 255 + b"\xff").decode(), "secret_base64"),
}


@pytest.mark.parametrize(("sent", "code"), WRITINGS.values(), ids=WRITINGS)
@pytest.mark.parametrize("made", [v1_ac, v2_ac, v3_te])
def test_a_secret_written_another_way(made, sent, code):
    assert made().code(sent) == (code, WRONG)


def test_no_secret_is_a_parameter_missing():
    verdict = v1_ac().judged("absent")
    assert (verdict.fault.code, verdict.fault.esia_code, verdict.fault.detail) == (
        "secret_missing",
        MISSING,
        "client_secret",
    )


def _with_digest(by, text, algorithm):
    return by.key.sign(text.encode(), padding.PKCS1v15(), algorithm)


def _bare_digest(by, text):
    """PKCS#1 v1.5 by hand: what is padded is the digest alone (RFC 8017 §9.2)."""
    digest, numbers = hashlib.sha256(text.encode()).digest(), by.key.private_numbers()
    padded = b"\0\1" + b"\xff" * (256 - 3 - len(digest)) + b"\0" + digest
    signature = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n)
    return signature.to_bytes(256, "big")


def _streamed(encoded):
    """The outer element of indefinite length (X.690 §8.1.3.6), as `openssl cms -stream` begins."""
    header = 4  # a PKCS#7 with a certificate is longer than 255 octets
    return b"\x30\x80" + encoded[header:] + b"\0\0"


def _pss(by, text):
    return by.key.sign(text.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


def _several(by, text):
    certificate = x509.load_der_x509_certificate(by.der)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(text.encode())
    builder = builder.add_signer(certificate, by.key, hashes.SHA256())
    builder = builder.add_signer(x509.load_der_x509_certificate(OTHER.der), OTHER.key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _sha1_pkcs7(by, text):
    """The digest's identifiers of SHA-256 replaced by SHA-1: cryptography makes no such PKCS#7."""
    made = cms.ContentInfo.load(by.pkcs7(text))
    signed = made["content"]
    signed["digest_algorithms"] = [{"algorithm": "sha1"}]
    signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}
    return made.dump(force=True)


KINDS = {
    "PKCS#7 at v2": (v2_ac, lambda case: OWN.pkcs7(case.string), "cms_on_v2"),
    "PKCS#7 of v1 at v2": (v2_ac, lambda case: OWN.pkcs7(case.joined(*V1)), "cms_on_v2"),
    "PKCS#7 at v3": (v3_te, lambda case: OWN.pkcs7(case.string), "cms_on_v2"),
    "a bare signature at v1/ac": (v1_ac, lambda case: OWN.bare(case.string), "raw_on_v1"),
    "a bare signature at v1/te": (v1_te, lambda case: OWN.bare(case.string), "raw_on_v1"),
    "bytes reversed": (v2_ac, lambda case: OWN.bare(case.string)[::-1], "bytes_reversed"),
    "a stranger's key, v2": (v2_ac, lambda case: OTHER.bare(case.string), "foreign_key"),
    "a stranger's key, v3": (v3_te, lambda case: OTHER.bare(case.string), "foreign_key"),
    "SHA-1 under RSA": (v2_ac, lambda case: _with_digest(OWN, case.string, hashes.SHA1()), "digest_sha1"),  # noqa: S303 - the mistake itself
    "SHA-512 under RSA": (
        v2_ac,
        lambda case: _with_digest(OWN, case.string, hashes.SHA512()),
        "digest_other",
    ),
    "a digest without its name": (v2_ac, lambda case: _bare_digest(OWN, case.string), "digest_bare"),
    "PKCS#7 of indefinite length": (v1_ac, lambda case: _streamed(OWN.pkcs7(case.string)), "cms_not_der"),
    "RSA-PSS": (v2_ac, lambda case: _pss(OWN, case.string), "rsa_pss"),
    "as long as GOST, for an RSA certificate": (v2_ac, lambda _: b"\x01" * 64, "algorithm_mismatch"),
    "SHA-1 in PKCS#7": (v1_ac, lambda case: _sha1_pkcs7(OWN, case.string), "digest_sha1"),
    "two signers": (v1_ac, lambda case: _several(OWN, case.string), "cms_several_signers"),
    "PKCS#7 cut short": (v1_ac, lambda case: OWN.pkcs7(case.string)[:-3], "secret_kind"),
    "PKCS#7 with a byte changed": (
        v1_ac,
        lambda case: OWN.pkcs7(case.string)[:-1] + bytes([OWN.pkcs7(case.string)[-1] ^ 1]),
        "foreign_key",
    ),
}


@pytest.mark.parametrize(("made", "secret", "code"), KINDS.values(), ids=KINDS)
def test_a_signature_of_another_kind(made, secret, code):
    case = made()
    assert case.code(secret(case)) == (code, WRONG)


def test_a_forged_signer_with_the_name_of_ours_is_a_foreign_key():
    """The stranger writes our issuer and serial number into his PKCS#7."""
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = v1_ac().string
    forged = cms.ContentInfo.load(
        type(OWN)(stranger, certified(stranger, "Система регистратуры", NOW, NOW + timedelta(1))).pkcs7(text)
    )
    ours = cms.ContentInfo.load(OWN.pkcs7(text))
    forged["content"]["signer_infos"][0]["sid"] = ours["content"]["signer_infos"][0]["sid"]
    forged["content"]["certificates"] = ours["content"]["certificates"]
    assert v1_ac().code(forged.dump(force=True)) == ("foreign_key", WRONG)


def _halves_swapped(signature):
    return signature[32:] + signature[:32]


@ENGINE
@pytest.mark.parametrize(
    ("secret", "code"),
    [
        (lambda case: case.signature()[::-1], "bytes_reversed"),
        (lambda case: _halves_swapped(case.signature()), "halves_swapped"),
        (lambda case: OWN.bare(case.string), "algorithm_mismatch"),
        (lambda case: gost_signer("другой").bare(case.string), "signature_wrong"),
        (lambda case: case.by.pkcs7(case.string), "cms_on_v2"),
    ],
)
def test_a_gost_signature_of_another_kind(secret, code):
    case = gost_v2()
    assert case.code(secret(case)) == (code, WRONG)


def test_the_codes_of_these_tables_are_known_and_no_report_holds_a_secret():
    assert {code for *_, code in (*HASHES.values(), *WRITINGS.values(), *KINDS.values())} <= set(MISTAKES)
    verdict = v3_te().judged(OWN.pkcs7("пароль"))
    said = repr(verdict.report)
    assert url64(OWN.pkcs7("пароль")) not in said
    assert CODE["code"] not in said
    assert CODE["code"][:6] in said


@pytest.mark.parametrize(
    ("made", "sent", "codes"),
    [
        (v1_ac, {"timestamp": stamp(-4000)}, ["clock_behind", "string_unknown"]),
        (v2_ac, {"client_certificate_hash": OWN.hashes["pem_sha256"]}, ["hash_pem"]),
        (
            v2_ac,
            {"client_certificate_hash": OTHER.right, "timestamp": "вчера"},
            ["timestamp_form", "hash_unknown"],
        ),
        (v3_te, {"client_certificate_hash": "absent", "state": "x"}, ["hash_missing", "string_unknown"]),
    ],
)
def test_what_else_is_wrong_is_told_beside_the_first_mistake(made, sent, codes):
    case = made()
    verdict = case.judged(case.signature(), **sent)
    assert [verdict.fault.code, *verdict.report.get("also", [])][:2] == codes


def test_of_pkcs7_at_v2_the_string_is_told_too():
    verdict = v2_ac().judged(OWN.pkcs7(v2_ac().joined(*V1)))
    assert (verdict.fault.code, verdict.report["beside"]) == ("cms_on_v2", "string_v1")


@pytest.mark.parametrize("made", [v1_ac, v1_te, v2_ac, v3_te])
@pytest.mark.parametrize("lost", [" ", "  "])
def test_of_a_plus_lost_on_the_way_nothing_else_is_said_when_the_signed_string_has_it(made, lost):
    case = made()
    verdict = case.judged(timestamp=VALUES["timestamp"].replace(" +", lost))
    assert (verdict.fault.code, verdict.report.get("also")) == ("timestamp_plus", None)
    assert verdict.report["signed_right"]
    shown = {part["name"]: part["value"] for part in verdict.report["string_parts"]}
    assert shown["timestamp"] == VALUES["timestamp"]


def test_a_plus_lost_in_the_signed_string_too_is_told_beside():
    case = v1_ac()
    lost = VALUES["timestamp"].replace("+", " ")
    verdict = case.judged(case.signature(case.joined(*V1, timestamp=lost)), timestamp=lost)
    assert (verdict.fault.code, verdict.report["also"]) == ("timestamp_plus", ["string_timestamp_plus"])
    assert not verdict.report["signed_right"]


def test_a_plus_lost_and_a_clock_that_is_off_are_both_told():
    case = v2_ac().of(timestamp=stamp(-400))
    verdict = case.judged(timestamp=stamp(-400).replace("+", " "))
    assert (verdict.fault.code, verdict.report["also"]) == ("timestamp_plus", ["clock_behind"])
