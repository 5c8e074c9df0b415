"""Programs of tests/clients/programs: each is a service built on somebody else's library."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from dopusk.web.design.build.__main__ import node
from tests.clients.install import NODE, PYTHON, install
from tests.clients.people import Person

PROGRAMS = Path(__file__).resolve().parent / "programs"
SECONDS = 60


class Failed(Exception):
    """The library refused what the portal answered. name: its own word for it; told: all it said."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(json.dumps(told, ensure_ascii=False)[:3000])
        self.name, self.told = str(told["failed"]), told


def runs(
    program: str, told: dict[str, Any], person: Person, *, zone: str = "Europe/Moscow"
) -> dict[str, Any]:
    """Run a program to its end; the person opens what it sends her to. Returns what it saw, or raises Failed.

    zone: where the service stands.
    """
    install()
    if program.endswith(".py"):
        command = [str(PYTHON), "-W", "ignore", str(PROGRAMS / program)]
    else:
        # an import is looked up from the file that says it, so the programs lie beside the packages
        for path in PROGRAMS.glob("*.?js"):
            shutil.copy(path, NODE / path.name)
        command = [node(), "--no-deprecation", str(NODE / program)]
    # the service is another machine's: it is told nothing of ours
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOPUSK_")}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "TZ": zone},
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr
        try:
            _say(child, told)
            for line in child.stdout:
                heard = json.loads(line)
                if "done" in heard:
                    return dict(heard["done"])
                if "failed" in heard:
                    raise Failed(heard)
                _say(child, {"arrived": person.arrives(heard["visit"])})
            raise Failed({"failed": "ended", "stderr": child.stderr.read()[-3000:]})
        finally:
            child.kill()


def _say(child: "subprocess.Popen[str]", told: dict[str, Any]) -> None:
    assert child.stdin
    child.stdin.write(json.dumps(told) + "\n")
    child.stdin.flush()
