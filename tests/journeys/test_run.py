"""`./dev run`: what a person sees who starts, restarts, misuses and stops it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from dopusk.stand.running import RunningStand
from dopusk.stand.stand import SEEDED, free_base

ROOT = Path(__file__).resolve().parents[2]


def run(*options: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOPUSK_")}
    command = [sys.executable, "-m", "dopusk.stand", "run", *map(str, options)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_ready_line_tells_addresses_and_people(stand):
    assert stand.ready["ready"] is True
    for site in ("portal", "cabinet", "registers"):
        assert httpx.get(f"{stand.ready[site]}/health/ready/").json() == {"site": site, "ready": True}
    people = stand.ready["people"]
    assert {person["role"] for person in people} == {"applicant", "registrar", "commissioner", "operator"}
    assert all(set(person) == {"name", "role", "identifier", "password", "totp_secret"} for person in people)
    secrets = {person["identifier"]: person["totp_secret"] for person in people if person["totp_secret"]}
    assert list(secrets) == ["oleg@example.org"]  # the portal's operator signs in in two steps
    assert re.fullmatch("[A-Z2-7]{32}", secrets["oleg@example.org"])


def test_a_taken_port_is_said_with_the_way_out(tmp_path):
    base = free_base()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + 2))
        taken.listen()
        done = run("--state", tmp_path / "state", "--port-base", base)
    assert done.returncode == 2
    assert str(base + 2) in done.stderr
    assert "--port-base" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_stand_over_the_same_folder_is_refused_and_harms_nothing(stand):
    done = run("--state", stand.state, "--port-base", free_base())
    assert done.returncode == 2
    assert "--state" in done.stderr
    assert httpx.get(f"{stand.portal}/health/ready/").status_code == 200


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("name", ["portal", "cabinet", "registers", "live", "worker", "portal-worker"])
def test_a_process_killed_comes_back_by_itself(stand, name):
    before = (stand.state / "pids" / name).read_text()
    offspring = psutil.Process(int(before)).children(recursive=True)
    stand.kill(name)
    deadline = time.monotonic() + 30
    while (stand.state / "pids" / name).read_text() == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [one for one in offspring if alive(one)] == []  # none lives on, answering with what it knew
    if name in {"portal", "cabinet", "registers"}:
        while True:
            try:
                assert httpx.get(f"{stand.ready[name]}/health/ready/", timeout=5).status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)


def test_a_stand_keeps_its_data_and_secrets_and_leaves_nothing_running(tmp_path):
    first = RunningStand(tmp_path / "state")
    secrets = (first.state / "secrets.json").read_text()
    pids = [int(path.read_text()) for path in (first.state / "pids").iterdir()]
    first.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert (first.state / "secrets.json").stat().st_mode & 0o777 == 0o600
    second = RunningStand(tmp_path / "state")
    try:
        assert (second.state / "secrets.json").read_text() == secrets
        assert json.loads((second.state / "marks.json").read_text())["seeded"] == SEEDED
    finally:
        second.close()
        second.remove()
