"""Offices of their own for every test, and what openssl says of what they gave out."""

import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from dopusk.registers.pki import authorities, lists
from dopusk.registers.pki.office import office
from dopusk.registers.pki.tests.asking import ask
from dopusk.trust import gost


@pytest.fixture(autouse=True)
def _offices(tmp_path: Path, settings):
    """Offices in a folder of their own, founded anew for every test."""
    settings.STATE = tmp_path
    office.cache_clear()
    authorities.forget()
    lists.forget()
    yield
    office.cache_clear()
    authorities.forget()
    lists.forget()


@pytest.fixture
def openssl(tmp_path: Path):
    """The program in the test's folder, with the GOST engine where it is: (exit code, all it said)."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    if gost.available():
        environment["OPENSSL_CONF"] = str(Path(gost.__file__).with_name("gost.cnf"))

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["openssl", *arguments], cwd=tmp_path, capture_output=True, env=environment, check=False
        )
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    return run


@pytest.fixture(params=["ec", "rsa", "gost"])
def branch(request) -> str:
    """Each authority in turn; GOST only where it can be."""
    if request.param == "gost":
        request.getfixturevalue("gost_engine")
    return str(request.param)


@pytest.fixture
def kept(client, tmp_path: Path, cabinet, branch: str) -> str:
    """Anna's certificate with its chain and lists in the folder, as anybody would fetch them; its serial number."""
    told = ask(cabinet, branch).json()
    (tmp_path / "anna.pem").write_text(told["certificate"])
    (tmp_path / "issuer.pem").write_text(told["chain"][0])
    (tmp_path / "roots.pem").write_bytes(client.get(reverse("pki:roots")).content)
    return str(told["serialNumber"])
