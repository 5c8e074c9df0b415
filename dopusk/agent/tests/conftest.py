"""Анна's machine without a browser: tokens of SoftHSM, a stand-in for the PIN window, the agent's own folders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dopusk.agent import configuration, tongue
from dopusk.agent.acts import Agent
from dopusk.agent.configuration import Configuration
from dopusk.agent.prompts import Prompt
from dopusk.kernel import sandbox
from dopusk.kernel.signable import Signable
from dopusk.stand.issuing import Authority
from dopusk.stand.pins import Pins
from dopusk.stand.softhsm import SoftHsm
from dopusk.trust import keys

ORIGIN = "https://portal.example.org"
PIN, SO_PIN = "12345678", "87654321"


def text(*lines: str, origin: str = ORIGIN, title: str = "Вход на портал «Допуск»") -> bytes:
    """What Анна is asked to sign."""
    made = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    number = UUID("6f1c1f0e-6f4e-4a2f-8f0e-2a2f5d1c9b11")
    return Signable(title, origin, made, made + timedelta(minutes=10), number, lines).write()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in (
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_DATA_HOME",
        "GPG_TTY",
        "DISPLAY",
        "WAYLAND_DISPLAY",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(configuration, "SYSTEM_FILE", tmp_path / "etc/config.json")
    tongue.choose("")
    return folder


@pytest.fixture
def pins(tmp_path: Path) -> Pins:
    return Pins(tmp_path / "pins")


@pytest.fixture
def tokens(tmp_path: Path) -> SoftHsm:
    return SoftHsm(tmp_path / "softhsm")


@pytest.fixture
def told(tokens: SoftHsm, pins: Pins) -> Configuration:
    """The agent's settings, kept where it looks for them."""
    made = Configuration(
        origins=(ORIGIN,),
        known_modules=False,
        modules=(tokens.module(),),
        pinentry=str(pins.program),
    )
    configuration.save(made)
    return made


@pytest.fixture
def agent(told: Configuration) -> Agent:
    return Agent(told, configuration.state_folder(), Prompt(told))


Plug = Callable[..., tuple[str, bytes]]


@pytest.fixture
def plug(tokens: SoftHsm) -> Plug:
    """plug("Рутокен", "rsa") is a token with a key and Анна's certificate: its serial number, the certificate."""

    def make(label: str = "Рутокен", kind: keys.Kind = "ec") -> tuple[str, bytes]:
        authority, key = Authority(), keys.new(kind, rsa_bits=2048)
        certificate = authority.person(key, sandbox.person("anna"))
        serial = tokens.make(label, PIN, SO_PIN)
        tokens.put(serial, PIN, key=key, certificates=[certificate, authority.issuer.certificate])
        return serial, certificate

    return make


def with_tries(agent: Agent, tries: int) -> Agent:
    """The same agent that closes tokens after so many wrong PINs."""
    changed = replace(agent.configuration, tries=tries)
    return Agent(changed, configuration.state_folder(), Prompt(changed))
