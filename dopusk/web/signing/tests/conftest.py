"""Анна Орлова signs; the authority that vouches for her runs on this machine."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from pytest_django import Settings

from dopusk.web.signing import gathering, remembered, roots, stamping
from dopusk.web.signing.tests import office as offices


def afresh() -> None:
    """Nothing a process remembers outlives a test."""
    roots.forget()
    remembered.memory.forget()
    gathering.hosts.breakers.clear()
    stamping.breaker.answered()


@pytest.fixture(params=["ec"])
def office(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[offices.Office]:
    """An accredited authority; tests name another algorithm by `indirect`."""
    if request.param == "gost":
        request.getfixturevalue("gost_engine")
    with offices.running(request.param) as one:
        accredited = tmp_path / "roots"
        accredited.mkdir()
        (accredited / "ours.pem").write_bytes(one.roots)
        settings.SIGNING_ROOTS, settings.SIGNING_TSA_ROOTS = accredited, None
        settings.SIGNING_REGISTERS, settings.SIGNING_TSA = "", ""
        settings.SIGNING_NETWORKS = (ip_network("127.0.0.0/8"),)
        afresh()
        yield one
    afresh()


@pytest.fixture
def anna(office: offices.Office) -> offices.Card:
    """Her certificate and key."""
    return office.card()
