"""A CMS is good when a certificate we know signed exactly this content, and in no other case."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dopusk.trust import certificates, cms, der
from dopusk.trust.tests import kept_gost, signers
from dopusk.trust.tests.kept_gost import FORMS, octets
from dopusk.trust.tests.signers import CONTENT, Signer, openssl

KEPT = kept_gost.read()["cms"]
RSA, EC, FOREIGN = signers.rsa_signer(), signers.ec_signer(), signers.rsa_signer("foreign")
by_each = pytest.mark.parametrize("signer", ["rsa", "ec", "gost256", "gost512"], indirect=True)
forms = pytest.mark.parametrize(("attached", "attributes"), FORMS)
SHA1 = der.sequence(der.oid("1.3.14.3.2.26"))


@pytest.fixture
def signer(request: pytest.FixtureRequest) -> Signer:
    if request.param in {"rsa", "ec"}:
        return RSA if request.param == "rsa" else EC
    request.getfixturevalue("gost_engine")
    return signers.gost_signer(512 if request.param == "gost512" else 256)


def code(message: bytes, content: bytes = CONTENT, signer: Signer = RSA) -> str:
    return cms.verify(message, content, [signer.certificate]).code


@by_each
@forms
def test_what_we_sign_is_good_here_and_by_openssl(
    tmp_path: Path, signer: Signer, attached: bool, attributes: bool
) -> None:
    message = cms.sign(signer.key, signer.certificate.der, CONTENT, attached=attached, attributes=attributes)
    verdict = cms.verify(message, CONTENT, [FOREIGN.certificate, signer.certificate])
    assert verdict.good
    assert verdict.found is not None
    assert (verdict.found.attached, verdict.found.signed_attributes) == (attached, attributes)
    assert verdict.found.signer == signer.certificate
    assert verdict.found.embedded == (signer.certificate,)
    assert verdict.found.content == (CONTENT if attached else None)
    assert (verdict.found.signed_at is not None) == attributes
    assert code(message, CONTENT + b" ", signer) in {"content_differs", "digest_differs", "signature_wrong"}

    told = ["cms", "-verify", "-binary", "-inform", "DER", "-noverify", "-in", tmp_path / "message"]
    (tmp_path / "message").write_bytes(message)
    for text, right in ((CONTENT, True), (CONTENT + b".", attached)):
        (tmp_path / "content").write_bytes(text)
        said = openssl(*told, *([] if attached else ["-content", tmp_path / "content"]))
        assert (said.returncode == 0) == right, said.stderr
        assert not right or said.stdout == CONTENT


SIGNED_OUTSIDE = [
    (),
    ("-nodetach",),
    ("-noattr",),
    ("-nodetach", "-noattr"),
    ("-keyid",),
    ("-keyid", "-nocerts"),
    ("-nocerts",),
    ("-cades",),
    ("-nosmimecap",),
]


@by_each
@pytest.mark.parametrize("how", SIGNED_OUTSIDE, ids=" ".join)
def test_what_openssl_signs_is_good_here(tmp_path: Path, signer: Signer, how: tuple[str, ...]) -> None:
    key, certificate = signer.files(tmp_path)
    digest = f"md_gost12_{signer.name[4:]}" if signer.certificate.gost else "sha256"
    made = openssl(
        *("cms", "-sign", "-binary", "-md", digest, "-signer", certificate, "-inkey", key),
        *("-outform", "DER", *how),
        given=CONTENT,
    )
    assert made.returncode == 0, made.stderr
    verdict = cms.verify(made.stdout, CONTENT, [signer.certificate])
    assert verdict.good, verdict
    assert code(made.stdout, CONTENT[:-1], signer) != "good"
    assert cms.verify(made.stdout, CONTENT, [FOREIGN.certificate]).code == "signer_unknown"


@pytest.mark.parametrize(
    ("how", "verdict", "names"),
    [
        (("-md", "sha384"), "good", ("sha384", "rsa")),
        (("-md", "sha512"), "good", ("sha512", "rsa")),
        (("-md", "sha1"), "algorithm_unknown", ("sha1", "rsa")),
        (("-md", "md5"), "algorithm_unknown", ("md5", "rsa")),
        (("-md", "sha256", "-keyopt", "rsa_padding_mode:pss"), "good", ("sha256", "rsa-pss")),
        (
            ("-md", "sha512", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"),
            "good",
            ("sha512", "rsa-pss"),
        ),
        (
            ("-md", "sha256", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha1"),
            "algorithm_unknown",
            ("sha256", "rsa-pss"),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_digests_and_schemes_are_named(
    tmp_path: Path, how: tuple[str, ...], verdict: str, names: tuple[str, str]
) -> None:
    key, certificate = RSA.files(tmp_path)
    made = openssl(
        "cms",
        "-sign",
        "-binary",
        "-signer",
        certificate,
        "-inkey",
        key,
        "-outform",
        "DER",
        *how,
        given=CONTENT,
    )
    assert made.returncode == 0, made.stderr
    said = cms.verify(made.stdout, CONTENT, [RSA.certificate])
    assert said.code == verdict
    assert said.found is not None
    assert (said.found.digest, said.found.signature) == names


@pytest.mark.parametrize("bits", ["256", "512"])
@forms
def test_a_kept_gost_signature_is_verified_without_the_engine(
    bits: str, attached: bool, attributes: bool
) -> None:
    certificate = certificates.read(octets(KEPT[bits]["certificate"]))
    message = octets(KEPT[bits][kept_gost.form(attached=attached, attributes=attributes)])
    verdict = cms.verify(message, kept_gost.SIGNED, [certificate])
    assert verdict.good
    assert verdict.found is not None
    assert (verdict.found.digest, verdict.found.signature) == (f"streebog{bits}", f"gost2012_{bits}")
    assert not cms.verify(message, kept_gost.SIGNED + b"1", [certificate]).good
    assert not cms.verify(message, kept_gost.SIGNED, []).good


def test_the_signer_s_clock_is_told() -> None:
    found = cms.verify(signed(), CONTENT, [RSA.certificate]).found
    assert found is not None
    assert found.signed_at is not None
    assert abs(datetime.now(UTC) - found.signed_at) < timedelta(minutes=5)


# ── what is refused, one by one ──


def signed(signer: Signer = RSA, *, attached: bool = False, attributes: bool = True) -> bytes:
    return cms.sign(signer.key, signer.certificate.der, CONTENT, attached=attached, attributes=attributes)


def rebuilt(message: bytes, change: Callable[[list[bytes]], None], *path: int) -> bytes:
    """The message with the parts of one element, found by the path of places, changed; all lengths are right again."""

    def walk(element: der.Element, left: tuple[int, ...]) -> bytes:
        parts = [part.raw for part in element.parts]
        if left:
            parts[left[0]] = walk(element.parts[left[0]], left[1:])
        else:
            change(parts)
        return der.element(element.tag, *parts)

    return walk(der.parse(message), path)


DATA, SIGNERS, SIGNER = (1, 0), (1, 0, -1), (1, 0, -1, 0)
ATTRIBUTES = (*SIGNER, 3)


def put(place: int, what: bytes) -> Callable[[list[bytes]], None]:
    def change(parts: list[bytes]) -> None:
        parts[place] = what

    return change


def drop(place: int) -> Callable[[list[bytes]], None]:
    return lambda parts: parts.pop(place) and None


def twice(place: int) -> Callable[[list[bytes]], None]:
    return lambda parts: parts.insert(place, parts[place])


def without(kind: str) -> Callable[[list[bytes]], None]:
    def change(parts: list[bytes]) -> None:
        parts[:] = [part for part in parts if der.oid(kind) not in part]

    return change


def two_values(kind: str) -> Callable[[list[bytes]], None]:
    def change(parts: list[bytes]) -> None:
        for place, part in enumerate(parts):
            if der.oid(kind) in part:
                value = der.parse(part).parts[1].parts[0].raw
                parts[place] = der.sequence(der.oid(kind), der.element(0x31, value, value))
        parts.sort()

    return change


ALTERED = {
    "no signer": (SIGNERS, drop(0), "no_signer", ""),
    "two signers": (SIGNERS, twice(0), "several_signers", ""),
    "another type of the whole": ((), put(0, der.DATA), "not_cms", "other_type"),
    "another type of content": ((*DATA, 2), put(0, der.TST_INFO), "not_cms", "other_type"),
    "a version of nobody": (DATA, put(0, der.integer(7)), "not_cms", "shape"),
    "a version for key identifiers": (SIGNER, put(0, der.integer(3)), "not_cms", "shape"),
    "a digest not announced": ((*DATA, 1), drop(0), "not_cms", "digests"),
    "something behind the signers": (DATA, twice(-1), "not_cms", "shape"),
    "a certificate that is none": ((*DATA, 3), put(0, der.sequence()), "not_cms", "certificates"),
    "an attribute twice": (ATTRIBUTES, twice(0), "not_cms", "attributes"),
    "attributes out of order": (ATTRIBUTES, lambda parts: parts.reverse(), "not_cms", "attributes"),
    "no digest among the attributes": (ATTRIBUTES, without(der.MESSAGE_DIGEST), "not_cms", "attributes"),
    "no type among the attributes": (ATTRIBUTES, without(der.CONTENT_TYPE), "not_cms", "attributes"),
    "two digests": (ATTRIBUTES, two_values(der.MESSAGE_DIGEST), "not_cms", "attributes"),
    "no attribute at all": (ATTRIBUTES, lambda parts: parts.clear(), "not_cms", "attributes"),
    "no time among the attributes": (
        ATTRIBUTES,
        without(der.SIGNING_TIME),
        "signature_wrong",
        "other_content",
    ),
    "the attributes taken away": (SIGNER, drop(3), "signature_wrong", "other_content"),
    "a digest nobody knows": (SIGNER, put(2, SHA1), "not_cms", "digests"),
    "a digest with parameters": ((*SIGNER, 2), put(1, der.octets(b"1")), "not_cms", "shape"),
    "an announced digest with parameters": ((*DATA, 1, 0), put(1, der.octets(b"1")), "not_cms", "shape"),
    "a scheme with parameters": ((*SIGNER, 4), put(1, der.octets(b"1")), "algorithm_unknown", ""),
    "a scheme for other keys": (SIGNER, put(4, der.ECDSA_SHA256), "algorithm_unknown", ""),
    "a scheme nobody knows": (SIGNER, put(4, der.sequence(der.oid("1.2.3.4"))), "algorithm_unknown", ""),
    "another issuer": ((*SIGNER, 1), put(0, der.sequence()), "signer_unknown", "misnamed"),
    "another number": ((*SIGNER, 1), put(1, der.integer(5)), "signer_unknown", "misnamed"),
    "no signature": (SIGNER, put(5, der.octets(b"")), "signature_wrong", ""),
    "a signature of zeros": (SIGNER, put(5, der.octets(bytes(256))), "signature_wrong", ""),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_message_is_refused_by_its_name(name: str) -> None:
    path, change, expected, why = ALTERED[name]
    message = rebuilt(signed(), change, *path)
    assert message != signed()
    verdict = cms.verify(message, CONTENT, [RSA.certificate])
    assert (verdict.code, verdict.why) == (expected, why)


@forms
def test_another_content_is_told_apart_where_it_can_be(attached: bool, attributes: bool) -> None:
    verdict = code(signed(attached=attached, attributes=attributes), b"profile" + CONTENT)
    if attached:
        assert verdict == "content_differs"
    else:
        assert verdict == ("digest_differs" if attributes else "signature_wrong")


def test_attached_content_cannot_be_changed_under_a_right_signature() -> None:
    other = b"profile" + CONTENT
    for attributes, expected in ((True, "digest_differs"), (False, "signature_wrong")):
        message = signed(attached=True, attributes=attributes)
        swapped = rebuilt(message, put(1, der.explicit(0, der.octets(other))), *DATA, 2)
        assert code(swapped, other) == expected
        assert code(swapped, CONTENT) == "content_differs"


def test_a_signature_of_another_system_is_no_signature_of_ours() -> None:
    verdict = cms.verify(signed(FOREIGN), CONTENT, [RSA.certificate])
    assert (verdict.code, verdict.why) == ("signer_unknown", "foreign")
    assert verdict.found is not None
    assert verdict.found.signer == FOREIGN.certificate  # for the diagnosis: who it was


def test_a_twin_by_name_and_number_is_not_taken_for_the_registered_one() -> None:
    number = int(RSA.certificate.serial, 16)
    twin = Signer("twin", FOREIGN.key, signers.self_signed(FOREIGN.key, "rsa", number))
    assert twin.certificate.issuer_der == RSA.certificate.issuer_der
    assert cms.verify(signed(twin), CONTENT, [RSA.certificate]).why == "substituted"
    bare = rebuilt(signed(twin), drop(3), *DATA)
    assert code(bare) == "signature_wrong"
    assert cms.verify(bare, CONTENT, [EC.certificate]).why == "absent"
    # where both are registered, the one embedded is meant
    assert cms.verify(signed(twin), CONTENT, [RSA.certificate, twin.certificate]).good
    assert cms.verify(signed(), CONTENT, [twin.certificate, RSA.certificate]).good


def test_a_cades_signature_names_the_certificate_it_was_made_with(tmp_path: Path) -> None:
    renewed = Signer("rsa", RSA.key, signers.self_signed(RSA.key, "rsa", int(RSA.certificate.serial, 16)))
    key, certificate = renewed.files(tmp_path)
    told = ("cms", "-sign", "-binary", "-md", "sha256", "-signer", certificate, "-inkey", key, "-nocerts")
    cades = openssl(*told, "-cades", "-outform", "DER", given=CONTENT).stdout
    assert code(cades, signer=renewed) == "good"
    later = signers.self_signed(RSA.key, "rsa", int(RSA.certificate.serial, 16) + 1)
    assert cms.verify(cades, CONTENT, [later]).why == "absent"
    again = signers.self_signed(RSA.key, "rsa", int(RSA.certificate.serial, 16), days=31)
    assert again.serial == renewed.certificate.serial
    assert cms.verify(cades, CONTENT, [again]).why == "substituted"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"", "empty"),
        (b"0", "truncated"),
        (b"\x30\x80\x00\x00", "indefinite"),
        (b"-----BEGIN CMS-----", "truncated"),
        (signed() + b"\x00", "trailing"),
        (signed() + signed(), "trailing"),
        (signed()[:-1], "truncated"),
        (b"\x30" * 2000, "truncated"),
        (b"\x30\x81\x05" + bytes(5), "length"),
        (b"\x1f\x01\x00", "tag"),
        (b"\x05\x00", "shape"),
        (b"\x30\x00", "shape"),
    ],
)
def test_what_is_no_der_is_no_cms(message: bytes, why: str) -> None:
    verdict = cms.verify(message, CONTENT, [RSA.certificate])
    assert (verdict.code, verdict.found, verdict.why) == ("not_cms", None, why)


def test_ber_is_refused_and_named(tmp_path: Path) -> None:
    key, certificate = RSA.files(tmp_path)
    told = ("cms", "-sign", "-binary", "-stream", "-nodetach", "-signer", certificate, "-inkey", key)
    made = openssl(*told, "-outform", "DER", given=CONTENT).stdout
    assert made
    assert cms.verify(made, CONTENT, [RSA.certificate]).why == "indefinite"


def test_deep_and_long_nonsense_ends_soon() -> None:
    deep = b""
    for _ in range(60):
        deep = der.sequence(deep)
    assert cms.verify(deep, CONTENT, [RSA.certificate]).why == "too_deep"
    assert cms.verify(der.sequence(b"\x05\x00" * 30_000), CONTENT, []).why == "too_many"
    assert cms.verify(der.sequence(der.element(0x06, b"\xff" * 9000 + b"\x01")), CONTENT, []).why == "value"
