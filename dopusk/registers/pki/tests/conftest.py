"""Offices of their own for every test, and what openssl says of what they gave out."""

import subprocess
from pathlib import Path

import pytest

from dopusk.registers.pki import authorities, lists
from dopusk.registers.pki.office import office


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
    from dopusk.trust import gost

    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    if gost.available():
        environment["OPENSSL_CONF"] = str(Path(gost.__file__).with_name("gost.cnf"))

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["openssl", *arguments], cwd=tmp_path, capture_output=True, env=environment, check=False
        )
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    return run
