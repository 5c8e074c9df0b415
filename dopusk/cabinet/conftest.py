"""What tests of the cabinet's slices share: the registers site really running, and people signed in."""

import json
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from dopusk.cabinet.registries import http
from dopusk.cabinet.signin.models import Person
from dopusk.cabinet.signin.tests import people
from dopusk.stand import fixtures
from dopusk.web.signing.tests import office as offices
from dopusk.web.signing.tests.conftest import afresh


@pytest.fixture(scope="session")
def registers_address() -> Iterator[str]:
    """The registers with the known people in them, one process for the whole run."""
    with fixtures.running_registers() as address:
        yield address


@pytest.fixture
def registers(registers_address: str, settings: Settings) -> Iterator[Callable[..., None]]:
    """The cabinet asks the running registers; call it as `registers("frmr", "off")` to break one.

    Every register works again afterwards, and no breaker or copy is carried over to the next test.
    """
    settings.REGISTERS_URL = registers_address
    http.start_afresh()
    broken: set[str] = set()

    def switch(register: str, mode: str, delay_ms: int = 0) -> None:
        fixtures.fault(registers_address, register, mode, delay_ms)
        broken.add(register)

    yield switch
    for register in broken:
        fixtures.fault(registers_address, register, "on")
    http.start_afresh()


@pytest.fixture
def anna(db: None) -> Person:
    """Анна Орлова, nurse, who has signed in before."""
    return people.person("anna")


@pytest.fixture
def maria(db: None) -> Person:
    """Мария Кузнецова, nurse: somebody else."""
    return people.person("maria")


@pytest.fixture
def viktor(db: None) -> Person:
    """Виктор Лебедев, a physician short of hours."""
    return people.person("viktor")


@pytest.fixture
def at_browser() -> Callable[[Person], Client]:
    """A browser in which the person is signed in."""
    return people.browser


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Iterator[offices.Office]:
    """An accredited authority really on HTTP: it issues certificates, revokes them, and may be silent."""
    with offices.running() as one:
        accredited = tmp_path / "roots.pem"
        accredited.write_bytes(one.roots)
        settings.SIGNING_ROOTS, settings.SIGNING_TSA_ROOTS = accredited, None
        settings.SIGNING_REGISTERS, settings.SIGNING_TSA = "", f"{one.address}/tsa"
        settings.SIGNING_NETWORKS = (ip_network("127.0.0.0/8"),)
        afresh()
        yield one
    afresh()


@pytest.fixture
def norms_say(settings: Settings, tmp_path: Path) -> Callable[..., None]:
    """norms_say(sign_intake_decision="required"): what this centre's file of norms corrects."""

    def say(**values: str) -> None:
        rows = [
            {"key": key, "value": value, "valid_from": "2020-01-01", "act": "Приказ центра"}
            for key, value in values.items()
        ]
        settings.NORMS_FILE = tmp_path / "norms.json"
        settings.NORMS_FILE.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    return say
