"""Streebog and signatures of GOST R 34.10-2012: verified everywhere, made where the engine is."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from gostcrypto import gostsignature
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.trust import certificates, gost
from dopusk.trust.tests import kept_gost
from dopusk.trust.tests.kept_gost import SETS, SIGNED, octets

KEPT = kept_gost.read()
FIRST = KEPT["raw"]["256 A"]
SPKI, SIGNATURE = octets(FIRST["spki"]), octets(FIRST["signature"])
M1 = b"012345678901234567890123456789012345678901234567890123456789012"


def openssl(*arguments: object, **more: bytes) -> subprocess.CompletedProcess[bytes]:
    """The program from outside, as anybody would use it with the engine."""
    configuration = Path(gost.__file__).with_name("gost.cnf")
    env = {**os.environ, "OPENSSL_CONF": str(configuration)}
    return subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, check=False, env=env, **more
    )


@pytest.mark.parametrize(
    ("digest", "data", "known"),
    [
        (gost.streebog256, b"abc", "4e2919cf137ed41ec4fb6270c61826cc4fffb660341e0af3688cd0626d23b481"),
        # RFC 6986 §10.1
        (gost.streebog256, M1, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
        (
            gost.streebog512,
            M1,
            (
                "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
                "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
            ),
        ),
    ],
)
def test_streebog_gives_the_digests_of_the_standard(digest, data: bytes, known: str) -> None:
    assert digest(data).hex() == known


@pytest.mark.usefixtures("gost_engine")
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 127, 128, 200, 4096, 4097, 70_000])
def test_streebog_is_the_same_here_and_in_openssl_at_the_borders_of_blocks(size: int) -> None:
    data = os.urandom(size)
    for bits, here in ((256, gost.streebog256), (512, gost.streebog512)):
        assert openssl("dgst", f"-md_gost12_{bits}", "-binary", input=data).stdout == here(data)


@pytest.mark.parametrize("name", [f"{bits} {name}" for bits, name in SETS])
def test_a_signature_on_each_curve_is_right_for_its_data_and_key_alone(name: str) -> None:
    spki, signature = octets(KEPT["raw"][name]["spki"]), octets(KEPT["raw"][name]["signature"])
    half = len(signature) // 2
    assert gost.verify_raw(spki, SIGNED, signature)
    assert not gost.verify_raw(spki, SIGNED + b" ", signature)
    assert not gost.verify_raw(spki, SIGNED, signature[half:] + signature[:half])
    assert not gost.verify_raw(spki, SIGNED, signature[::-1])
    assert not gost.verify_raw(spki, SIGNED, signature[:-1])
    other = next(octets(each["spki"]) for key, each in KEPT["raw"].items() if key != name)
    assert not gost.verify_raw(other, SIGNED, signature)


def test_numbers_outside_the_group_are_no_signature() -> None:
    q = gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"]["q"]
    s, r = SIGNATURE[:32], SIGNATURE[32:]
    for wrong in (bytes(32), q.to_bytes(32, "big"), b"\xff" * 32):
        assert not gost.verify_raw(SPKI, SIGNED, wrong + r)
        assert not gost.verify_raw(SPKI, SIGNED, s + wrong)


@given(st.integers(0, 511))
def test_no_bit_of_a_signature_may_change(bit: int) -> None:
    changed = (int.from_bytes(SIGNATURE, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not gost.verify_raw(SPKI, SIGNED, changed)


@given(st.integers(0, len(SPKI) - 1), st.integers(1, 255))
def test_a_key_with_any_octet_changed_verifies_nothing_and_breaks_nothing(place: int, by: int) -> None:
    changed = SPKI[:place] + bytes((SPKI[place] ^ by,)) + SPKI[place + 1 :]
    if gost.verify_raw(changed, SIGNED, SIGNATURE):
        # another name of the same curve, or of the same digest in the parameters: the same key
        assert changed[-64:] == SPKI[-64:]


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=130))
def test_anything_at_all_may_be_given_as_a_key(spki: bytes, data: bytes, signature: bytes) -> None:
    assert not gost.verify_raw(spki, data, signature)


@settings(max_examples=5)
@given(st.binary(min_size=64, max_size=64))
def test_the_library_s_own_verifier_says_the_same(other: bytes) -> None:
    curve = gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"]
    verifier = gostsignature.new(gostsignature.MODE_256, curve)
    point = SPKI[-64:-32][::-1] + SPKI[-32:][::-1]
    digest = gost.streebog256(SIGNED)[::-1]
    for signature in (SIGNATURE, other):
        turned = signature[32:] + signature[:32]
        said = verifier.verify(bytearray(point), bytearray(digest), bytearray(turned))
        assert said == gost.verify_raw(SPKI, SIGNED, signature)


@pytest.mark.usefixtures("gost_engine")
class TestWithTheEngine:
    @pytest.mark.parametrize(("bits", "name"), SETS)
    def test_what_is_signed_here_is_right_here_and_outside(self, tmp_path: Path, bits, name: str) -> None:
        key = gost.new_key(bits=bits, parameters=name)
        spki, signature = gost.public_key(key), gost.sign_raw(key, SIGNED)
        assert len(signature) == bits // 4
        assert gost.verify_raw(spki, SIGNED, signature)
        (tmp_path / "key").write_bytes(spki)
        (tmp_path / "signature").write_bytes(signature)
        told = ("-keyform", "DER", "-verify", tmp_path / "key", "-signature", tmp_path / "signature")
        assert b"OK" in openssl("dgst", f"-md_gost12_{bits}", *told, input=SIGNED).stdout
        assert b"OK" not in openssl("dgst", f"-md_gost12_{bits}", *told, input=SIGNED + b".").stdout

    def test_what_is_signed_outside_is_right_here(self, tmp_path: Path) -> None:
        key = tmp_path / "key.pem"
        openssl("genpkey", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:TCA", "-out", key)
        spki = openssl("pkey", "-in", key, "-pubout", "-outform", "DER").stdout
        signature = openssl("dgst", "-md_gost12_256", "-sign", key, input=SIGNED).stdout
        assert gost.verify_raw(spki, SIGNED, signature)
        assert gost.public_key(key.read_bytes()) == spki

    @pytest.mark.parametrize("bits", [256, 512])
    def test_a_certificate_of_anna_s_hospital_verifies_outside(self, tmp_path: Path, bits) -> None:
        made = gost.self_signed(
            gost.new_key(bits=bits), {"CN": "Больница / №1 + «Заря»\\", "C": "RU"}, days=30
        )
        (tmp_path / "certificate").write_bytes(certificates.pem(made))
        said = openssl(
            "verify", "-check_ss_sig", "-CAfile", tmp_path / "certificate", tmp_path / "certificate"
        )
        assert said.returncode == 0, said.stderr
        read = certificates.read(made)
        assert read.algorithm == f"gost2012_{bits}"
        assert read.subject == r"C=RU,CN=Больница / №1 \+ «Заря»\\"
        assert (read.not_after - read.not_before).days == 30

    def test_a_subject_may_be_openssl_s_own_text(self) -> None:
        made = certificates.read(gost.self_signed(gost.new_key(), "/C=RU/CN=DOPUSK", days=1))
        assert made.subject == made.issuer == "CN=DOPUSK,C=RU"

    @pytest.mark.parametrize(
        "key", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
    )
    def test_what_is_no_gost_key_signs_nothing(self, key: bytes) -> None:
        with pytest.raises(ValueError):
            gost.sign_raw(key, SIGNED)

    def test_a_key_of_another_certificate_does_not_sign_a_cms(self) -> None:
        certificate = gost.self_signed(gost.new_key(), "/CN=DOPUSK", days=1)
        with pytest.raises(ValueError):
            gost.sign_cms(gost.new_key(), certificate, SIGNED, attached=False, attributes=True)

    def test_a_key_is_seen_neither_on_the_command_line_nor_on_a_disk(
        self, tmp_path: Path, monkeypatch
    ) -> None:
        told = tmp_path / "told"
        _stand_in(
            tmp_path,
            f'for part; do printf "%s\\n" "$part" >>{told}; readlink "$part" >>{told}; done; env >>{told}\n'
            f'exec {shutil.which("openssl")} "$@"\n',
        )
        key = gost.new_key()
        certificate = gost.self_signed(key, "/CN=DOPUSK", days=1)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        assert gost.sign_raw(key, SIGNED)
        assert gost.sign_cms(key, certificate, SIGNED, attached=True, attributes=True)
        said = told.read_text()
        assert said.count("/memfd:dopusk") == 3  # the key, the certificate, the key
        assert not any(line in said for line in key.decode().splitlines())
        assert "DATABASE_URL" not in said


def _stand_in(folder: Path, script: str) -> None:
    program = folder / "openssl"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def looked_again() -> Iterator[None]:
    """What was found of the engine is forgotten before and after."""
    gost._looked.cache_clear()
    yield
    gost._looked.cache_clear()


@pytest.mark.usefixtures("looked_again")
class TestWithoutTheEngine:
    @pytest.fixture(
        params=["no program", "no engine", "another program", "a program that hangs"], autouse=True
    )
    def missing(self, request, tmp_path: Path, monkeypatch) -> None:
        match request.param:
            case "no program":
                monkeypatch.setenv("PATH", str(tmp_path))
            case "no engine":
                monkeypatch.setenv("OPENSSL_ENGINES", str(tmp_path))
            case "another program":
                _stand_in(tmp_path, "echo hello\n")
                monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
            case _:
                _stand_in(tmp_path, "exec sleep 30\n")
                monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
                monkeypatch.setattr(gost, "_SECONDS", 0.2)

    def test_keys_and_signatures_say_that_it_is_missing(self) -> None:
        assert not gost.available()
        key = octets(KEPT["cms"]["256"]["key"])
        for act in (
            gost.new_key,
            lambda: gost.sign_raw(key, SIGNED),
            lambda: gost.self_signed(key, "/CN=DOPUSK", days=1),
            lambda: gost.sign_cms(key, b"", SIGNED, attached=True, attributes=True),
        ):
            with pytest.raises(gost.EngineMissing):
                act()

    def test_a_program_that_was_only_slow_is_asked_again(
        self, request, monkeypatch, gost_engine: None
    ) -> None:
        assert not gost.available()
        monkeypatch.undo()
        slow = request.node.callspec.params["missing"] == "a program that hangs"
        assert gost.available() == slow

    def test_hashing_and_verifying_go_on(self) -> None:
        assert gost.verify_raw(SPKI, SIGNED, SIGNATURE)
        assert gost.streebog256(bytes(20_000)).hex() == (
            "0249b65dbea684773d7cff8d6c220c2069ac88453228dd8f58dc84e72b1dd094"
        )
