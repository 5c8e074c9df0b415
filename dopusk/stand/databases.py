"""The three databases: made when missing, brought to the current schema, filled on first start."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

SITES = ("portal", "cabinet", "registers")
PACKAGE = Path(__file__).resolve().parents[1]


class CommandFailed(Exception):
    """A site's management command failed; the message holds the end of what it printed."""


def addresses(environment: dict[str, str]) -> dict[str, str]:
    """Site → address of its database, as `dopusk.web.environment.database` reads it."""
    server = environment.get("DOPUSK_DATABASE_URL", "")
    found = {}
    for site in SITES:
        own = environment.get(f"DOPUSK_{site.upper()}_DATABASE_URL")
        found[site] = own or urlunsplit(urlsplit(server)._replace(path=f"/dopusk_{site}"))
    return found


def create_missing(environment: dict[str, str], sites: tuple[str, ...] = SITES) -> None:
    """Make the databases that do not exist; an existing one is left as it is."""
    for address in (addresses(environment)[site] for site in sites):
        name = urlsplit(address).path.lstrip("/")
        maintenance = urlunsplit(urlsplit(address)._replace(path="/postgres"))
        with psycopg.connect(maintenance, autocommit=True, connect_timeout=10) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
                connection.execute(statement.format(sql.Identifier(name)))


def drop(environment: dict[str, str]) -> None:
    """Delete the three databases, whoever is connected: their secrets are about to go too."""
    for address in addresses(environment).values():
        name = urlsplit(address).path.lstrip("/")
        maintenance = urlunsplit(urlsplit(address)._replace(path="/postgres"))
        with psycopg.connect(maintenance, autocommit=True, connect_timeout=10) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def fingerprint() -> str:
    """Changes whenever any migration file of ours, or Django's or procrastinate's version, does."""
    digest = hashlib.sha256((PACKAGE.parent / "uv.lock").read_bytes())
    for path in sorted(PACKAGE.glob("**/migrations/*.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return digest.hexdigest()


def manage(environment: dict[str, str], site: str, *arguments: str) -> str:
    """Run `python -m dopusk.<site> …`; returns what it printed. Raises CommandFailed."""
    done = subprocess.run(
        [sys.executable, "-m", f"dopusk.{site}", *arguments],
        env=environment,
        cwd=PACKAGE.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandFailed(f"{site} {' '.join(arguments)}:\n{done.stdout[-3000:]}")
    return done.stdout


def at_once(environment: dict[str, str], *arguments: str) -> None:
    """The same command on the three sites together."""
    with ThreadPoolExecutor(len(SITES)) as pool:
        list(pool.map(lambda site: manage(environment, site, *arguments), SITES))


class Marks:
    """What has been done to the databases of a stand, kept beside its data."""

    def __init__(self, state: Path) -> None:
        self.path = state / "marks.json"
        self.values: dict[str, str] = json.loads(self.path.read_text()) if self.path.exists() else {}

    def same(self, name: str, value: str) -> bool:
        """Whether the mark stands already with this value."""
        return self.values.get(name) == value

    def put(self, name: str, value: str) -> None:
        """Keep a mark."""
        self.values[name] = value
        partial = self.path.with_suffix(".new")
        partial.write_text(json.dumps(self.values))
        partial.replace(self.path)
