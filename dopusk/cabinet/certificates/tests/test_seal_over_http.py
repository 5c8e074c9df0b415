"""The seal against the registers really running: a real certificate, a real time, real outages."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from dopusk.cabinet.certificates import seal
from dopusk.cabinet.certificates.tests.test_paper import ANNA
from dopusk.web.outgoing import RegisterDown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_keeper(settings, tmp_path: Path, registers_address: str):
    """A seal of its own for each test, as a fresh stand has none."""
    settings.STATE = tmp_path
    settings.REGISTERS_URL = registers_address
    seal.keeper.cache_clear()
    yield
    seal.keeper.cache_clear()


def test_the_first_paper_obtains_the_seal_and_is_valid(registers_address: str, tmp_path: Path) -> None:
    signed = seal.sealed(ANNA)
    assert seal.check(signed).code == "valid"
    root = x509.load_pem_x509_certificate(httpx.get(f"{registers_address}/pki/ca.pem").content)
    assert seal.keeper().obtain().roots == (root,)
    assert (tmp_path / "seal" / "seal.key").exists()


@pytest.mark.parametrize("mode", ["off", "break"])
def test_a_paper_waits_for_the_authority_and_comes_by_itself_later(
    registers: Callable[..., None], mode: str
) -> None:
    registers("pki", mode)
    with pytest.raises(RegisterDown):
        seal.sealed(ANNA)
    registers("pki", "on")
    seal.keeper.cache_clear()  # another try of the job, maybe in another process: no breaker rests there
    assert seal.check(seal.sealed(ANNA)).code == "valid"


@pytest.mark.parametrize("mode", ["off", "break"])
def test_with_the_seal_at_hand_a_paper_still_waits_for_the_time(
    registers: Callable[..., None], mode: str
) -> None:
    seal.sealed(ANNA)
    registers("pki", mode)
    with pytest.raises(RegisterDown) as down:
        seal.sealed(ANNA)
    assert down.value.name == "pki"
    registers("pki", "on")
    assert seal.check(seal.sealed(ANNA)).code == "valid"
