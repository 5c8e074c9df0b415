"""A PostgreSQL server of one's own in place of the embedded one."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from dopusk.stand import databases
from dopusk.stand.postgres import THROWAWAY, Cluster

ROOT = Path(__file__).resolve().parents[2]


def test_three_databases_are_made_on_it_and_fresh_takes_them_away():
    with tempfile.TemporaryDirectory(prefix="dopusk-server-") as folder:
        server = Cluster(Path(folder) / "server")
        (Path(folder) / "server").mkdir()
        server.start(THROWAWAY)
        try:
            clean = {
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("DOPUSK_", "DJANGO_"))
            }
            environment = {**clean, "DOPUSK_DATABASE_URL": server.url()}
            command = [
                sys.executable,
                "-m",
                "dopusk.stand",
                "seed",
                "--workers",
                "5",
                "--state",
                f"{folder}/state",
            ]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            assert names(server) == {"dopusk_portal", "dopusk_cabinet", "dopusk_registers"}
            databases.drop(environment)
            assert names(server) == set()
        finally:
            server.remove()


def names(server: Cluster) -> set[str]:
    with psycopg.connect(server.url("postgres")) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'dopusk%'").fetchall()
    return {row[0] for row in rows}
