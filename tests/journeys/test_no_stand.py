"""Commands over a stand that is not there: they say so, and make none; their help needs none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dopusk.stand.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    ["keys", "list"],
    ["client", "list"],
    ["client", "add", "--id", "app", "--name", "App", "--redirect-uri", "http://localhost:3000/cb"],
    ["journal", "verify"],
    ["manage", "portal", "check"],
]
HELP = [
    ["keys", "--help"],
    ["client", "--help"],
    ["client", "add", "--help"],
    ["journal", "--help"],
    ["manage", "portal", "seed_esia", "--help"],
]


def dev(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Typed in that folder."""
    foreign = ("DOPUSK_", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return subprocess.run(
        [sys.executable, str(ROOT / "dev"), *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_a_folder_typed_wrong_is_no_stand_and_becomes_none(command: list[str], tmp_path: Path) -> None:
    done = dev(tmp_path, *command, "--state", "stnad")
    state = tmp_path / "stnad"
    assert done.returncode == 2
    assert f"No stand at {state}. Make it with ./dev run or ./dev esia --state {state}" in done.stderr
    assert not state.exists()
    assert not Cluster(state).home.exists()


@pytest.mark.parametrize("command", HELP, ids=lambda command: " ".join(command[:-1]))
def test_help_touches_nothing(command: list[str], tmp_path: Path) -> None:
    done = dev(tmp_path, *command, "--state", "stnad")
    assert (done.returncode, done.stdout.count("usage:")) == (0, 1), done.stderr
    assert not (tmp_path / "stnad").exists()
    assert not Cluster(tmp_path / "stnad").home.exists()
