"""A token that is a folder: RSA, EC, and GOST where its engine is."""

from dataclasses import replace
from pathlib import Path

import pytest

from dopusk.agent import configuration, folders
from dopusk.agent.acts import Agent, thumbprint
from dopusk.agent.configuration import Configuration
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused
from dopusk.agent.tests.conftest import ORIGIN, PIN, SO_PIN, text
from dopusk.kernel import sandbox
from dopusk.stand.issuing import Authority
from dopusk.stand.pins import Pins
from dopusk.trust import certificates, cms, gost, keys
from dopusk.trust.keys import PrivateKey


def made(folder: Path, key: PrivateKey | bytes, *, of: PrivateKey | bytes | None = None) -> bytes:
    """A folder with the key and Анна's certificate, of this key or of another; the certificate."""
    authority = Authority()
    certificate = authority.person(of or key, sandbox.person("anna"))
    chain = [certificates.pem(one) for one in (certificate, authority.issuer.certificate)]
    folders.write(folder, label="Папка", serial=folder.name, chain=chain, key=key, pin=PIN, so_pin=SO_PIN)
    return certificate


@pytest.fixture
def agent(told: Configuration, tmp_path: Path) -> Agent:
    changed = replace(told, modules=(), folders=(str(tmp_path / "one"), str(tmp_path / "two")))
    return Agent(changed, configuration.state_folder(), Prompt(changed))


def refusal(agent: Agent, certificate: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        agent.sign(text(), thumbprint(certificate), ORIGIN)
    return refused.value


def signs_counts_and_is_opened_again(agent: Agent, pins: Pins, folder: Path, certificate: bytes) -> None:
    content = text("Фамилия: Орлова")
    pins.types(PIN)
    signature = agent.sign(content, thumbprint(certificate), ORIGIN)
    assert cms.verify(signature, content, [certificates.read(certificate)]).good
    pins.types(*["00000000"] * 5)
    codes = [refusal(agent, certificate).code for _ in range(5)]
    assert codes == ["WRONG_PIN"] * 4 + ["LOCKED"]
    pins.types(SO_PIN, "55555555", "55555555")
    agent.unlock(folder.name)
    assert agent.sign(content, thumbprint(certificate), ORIGIN)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_key_in_a_folder_signs(agent: Agent, pins: Pins, tmp_path: Path, kind: keys.Kind) -> None:
    certificate = made(tmp_path / "one", keys.new(kind, rsa_bits=2048))
    signs_counts_and_is_opened_again(agent, pins, tmp_path / "one", certificate)


@pytest.mark.usefixtures("gost_engine")
@pytest.mark.parametrize("bits", [256, 512])
def test_a_gost_key_in_a_folder_signs(agent: Agent, pins: Pins, tmp_path: Path, bits: gost.Bits) -> None:
    certificate = made(tmp_path / "one", gost.new_key(bits=bits))
    signs_counts_and_is_opened_again(agent, pins, tmp_path / "one", certificate)


def test_no_key_rests_without_its_pin(tmp_path: Path) -> None:
    made(tmp_path / "one", keys.new())
    for path in (tmp_path / "one").glob("key*.pem"):
        assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert path.stat().st_mode & 0o077 == 0


def test_the_folder_goes_and_comes_back(agent: Agent, pins: Pins, tmp_path: Path) -> None:
    certificate = made(tmp_path / "one", keys.new())
    (tmp_path / "one").rename(tmp_path / "away")
    assert refusal(agent, certificate).code == "NO_TOKEN"
    made(tmp_path / "two", keys.new())
    assert refusal(agent, certificate).code == "NO_CERT"
    (tmp_path / "away").rename(tmp_path / "one")
    pins.types(PIN)
    assert agent.sign(text(), thumbprint(certificate), ORIGIN)


@pytest.mark.parametrize(
    ("lost", "content", "code"),
    [
        ("key.pem", None, "NO_CERT"),
        ("key.pem", b"", "WRONG_PIN"),
        ("key.pem", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "WRONG_PIN"),
        ("certificate.pem", b"", "NO_CERT"),
        ("certificate.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "NO_CERT"),
        ("certificate.pem", None, "NO_TOKEN"),
        ("token.json", b"[]", "NO_TOKEN"),
        ("token.json", None, "NO_TOKEN"),
    ],
)  # fmt: skip
def test_what_a_broken_folder_answers(
    agent: Agent, pins: Pins, tmp_path: Path, lost: str, content: bytes | None, code: str
) -> None:
    certificate = made(tmp_path / "one", keys.new())
    path = tmp_path / "one" / lost
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    pins.types(PIN)
    assert refusal(agent, certificate).code == code


def test_a_key_of_another_certificate(agent: Agent, pins: Pins, tmp_path: Path) -> None:
    certificate = made(tmp_path / "one", keys.new(), of=keys.new())
    pins.types(PIN)
    assert refusal(agent, certificate).detail == "other_key"
