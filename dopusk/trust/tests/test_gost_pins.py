"""A GOST key under a PIN, and in the file people carry it in."""

import subprocess
from pathlib import Path

import pytest

from dopusk.trust import gost
from dopusk.trust.certificates import pem

pytestmark = pytest.mark.usefixtures("gost_engine")


@pytest.fixture(scope="module")
def key(gost_engine: None) -> bytes:
    return gost.new_key()


def test_a_key_under_a_pin_opens_with_that_pin_alone(key) -> None:
    locked = gost.locked(key, "Пароль 12345678")
    assert locked.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert gost.unlocked(locked, "Пароль 12345678") == key
    for wrong in ("Пароль 12345679", "1", "x" * 64):
        with pytest.raises(ValueError, match="openssl"):
            gost.unlocked(locked, wrong)


@pytest.mark.parametrize("pin", ["", "12\n34", "1" * 65])
def test_what_can_be_no_pin(key, pin) -> None:
    with pytest.raises(ValueError, match="not a PIN"):
        gost.locked(key, pin)


def test_only_a_key_under_a_pin_is_unlocked(key) -> None:
    for other in (
        key,
        b"",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMA==\n-----END ENCRYPTED PRIVATE KEY-----\n",
    ):
        with pytest.raises(ValueError, match=r"not a key|openssl"):
            gost.unlocked(other, "12345678")


def test_openssl_opens_the_file_people_carry(key, tmp_path: Path) -> None:
    certificate = gost.self_signed(key, {"CN": "Орлова Анна Сергеевна"}, days=3)
    (tmp_path / "anna.p12").write_bytes(gost.pkcs12(key, pem(certificate), "12345678"))
    for pin, good in (("12345678", True), ("12345679", False)):
        done = subprocess.run(
            ["openssl", "pkcs12", "-in", "anna.p12", "-passin", f"pass:{pin}", "-nodes"],
            cwd=tmp_path, capture_output=True, check=False,
            env={"PATH": "/usr/bin:/bin", "OPENSSL_CONF": str(Path(gost.__file__).with_name("gost.cnf"))},
        )  # fmt: skip
        assert (done.returncode == 0) is good
        assert (pem(certificate) in done.stdout) is good
        assert (b"BEGIN PRIVATE KEY" in done.stdout) is good
