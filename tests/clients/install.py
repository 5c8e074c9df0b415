"""`python -m tests.clients.install`: clients we did not write, by their lock files, into .tools/clients.

Node's packages go to `node/`, those of Python to a virtual environment of their own, `python/`: esia-connector wants
a PyJWT that Dopusk could not use. Nothing is done when what stands there is what the lock files say.
"""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dopusk.web.design.build.__main__ import QUIET, npm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOME = ROOT / ".tools" / "clients"
NODE, PYTHON = HOME / "node", HOME / "python" / "bin" / "python"
UV = ROOT / ".tools" / "bin" / "uv"


@contextmanager
def _alone() -> Iterator[None]:
    """Two test runs do not install at once."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _standing(folder: Path, lock: Path) -> bool:
    mark = folder / ".installed"
    return mark.exists() and mark.read_bytes() == lock.read_bytes()


def node_packages() -> None:
    """`npm ci`: exactly what package-lock.json names, each archive checked by its hash."""
    lock = HERE / "package-lock.json"
    if _standing(NODE, lock):
        return
    print("Installing the clients of npm …", file=sys.stderr, flush=True)
    NODE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, NODE / name)
    subprocess.run([*npm(), "ci", *QUIET], cwd=NODE, check=True, stdout=sys.stderr)
    shutil.copy(lock, NODE / ".installed")


def python_packages() -> None:
    """A fresh environment with exactly what requirements.txt names, each checked by its hash."""
    lock = HERE / "requirements.txt"
    folder = PYTHON.parents[1]
    if _standing(folder, lock):
        return
    print("Installing the clients of PyPI …", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [UV, "venv", "--quiet", "--no-python-downloads", "--python", sys.executable, folder], check=True
    )
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--require-hashes", "--python", PYTHON, "-r", lock], check=True
    )
    shutil.copy(lock, folder / ".installed")


def install() -> None:
    """Bring both to what the lock files say."""
    with _alone():
        node_packages()
        python_packages()


if __name__ == "__main__":
    install()
