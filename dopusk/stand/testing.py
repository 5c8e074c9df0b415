"""pytest plugin: a throw-away PostgreSQL and a complete environment before Django reads its settings.

Loaded by `-p dopusk.stand.testing`. Several runs may share the server; the last one to end stops it.
Each run has databases of its own, named after its process.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import pytest

from dopusk.stand.databases import SITES
from dopusk.stand.environment import Addresses, compose
from dopusk.stand.postgres import THROWAWAY, Cluster

ROOT = Path(__file__).resolve().parents[2]
_lock: IO[str] | None = None
_cluster: Cluster | None = None


def _start() -> None:
    global _lock, _cluster
    shared = ROOT / ".dopusk" / "tests"
    shared.mkdir(parents=True, exist_ok=True)
    _lock = (shared / "users").open("w")
    fcntl.flock(_lock, fcntl.LOCK_SH)
    _cluster = Cluster(shared)
    with (shared / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        _cluster.start(THROWAWAY)
    state = Path(tempfile.mkdtemp(prefix="dopusk-test-"))
    for name, value in compose(state, Addresses(), _cluster.url()).items():
        os.environ.setdefault(name, value)
    for site in SITES:
        os.environ.setdefault(f"DOPUSK_{site.upper()}_DATABASE_URL", _cluster.url(f"{site}_{os.getpid()}"))
    atexit.register(_end, os.getpid(), state)


def _end(owner: int, state: Path) -> None:
    """Remove what this run kept, and stop the server unless another run still uses it."""
    if _lock is None or _cluster is None or os.getpid() != owner:
        return
    shutil.rmtree(state, ignore_errors=True)
    try:
        fcntl.flock(_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    _cluster.stop()


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied_between_tests() -> None:
    """Tests with real transactions end in TRUNCATE, which the journal refuses: there alone it is done as a replica.

    The queue's tables are not Django's, so they are emptied by name.
    """
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        return
    from django.db.backends.postgresql.operations import DatabaseOperations

    original = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
        wrapped = [
            "SET session_replication_role = replica",
            *sql_list,
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events, procrastinate_periodic_defers",
            "SET session_replication_role = DEFAULT",
        ]
        original(self, wrapped)

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign,assignment]  # a test seam


@pytest.fixture(scope="session")
def gost_engine() -> None:
    """For tests that make GOST keys or signatures: the one thing that may be missing, and never silently."""
    from dopusk.trust import gost

    if not gost.available():
        lost = (
            "NOT TESTED: signing by GOST. openssl has no engine for it here (Debian: libengine-gost-openssl)"
        )
        warnings.warn(lost, stacklevel=1)
        pytest.skip(lost)


if "DOPUSK_DATABASE_URL" not in os.environ:
    _start()
