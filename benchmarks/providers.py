"""The two OpenID providers that benchmarks set side by side, each a process of its own, and a browser to visit them.

Ours runs under granian over a durable PostgreSQL of its own, at test cost of the password hash; the peer, node
oidc-provider, keeps everything in memory and checks no password.
"""

import base64
import http.client
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from dopusk.stand import databases
from dopusk.stand.environment import Addresses, compose
from dopusk.stand.postgres import Cluster
from dopusk.stand.stand import free_base
from dopusk.web.design.build.__main__ import QUIET, node, npm

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "benchmarks" / "peer"
CLIENT = "dopusk-cabinet"


@dataclass(frozen=True)
class Server:
    """One provider under test. authorize, token, userinfo, introspect: paths of its endpoints."""

    name: str
    port: int
    process: psutil.Process
    secret: str
    redirect_uri: str
    authorize: str
    token: str
    userinfo: str
    introspect: str

    def cpu(self) -> float:
        """Seconds of CPU its process tree has used."""
        return tree_cpu(self.process)

    @property
    def basic(self) -> str:
        """The Authorization header of the service (RFC 6749 §2.3.1)."""
        return "Basic " + base64.b64encode(f"{CLIENT}:{quote(self.secret, safe='')}".encode()).decode()


def tree_cpu(process: psutil.Process) -> float:
    """User and system seconds of a process and all below it."""
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


@dataclass
class Visitor:
    """A browser and the service behind it, over one kept connection. requests: how many were made."""

    server: Server
    connection: http.client.HTTPConnection = field(init=False)
    cookies: dict[str, str] = field(default_factory=dict)
    requests: int = 0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """Status, Location and body."""
        self.requests += 1
        sent = {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            "Accept-Language": "ru",
            **headers,
        }
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = urlencode(form) if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text

    def submit(self, page: str, **fields: str) -> tuple[int, str, str]:
        """Send the form that holds these fields, with its hidden ones."""
        for action, inside in re.findall(r'<form[^>]* action="([^"]+)"(.*?)</form>', page, re.DOTALL):
            if all(f'name="{name}"' in inside for name in fields):
                hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside))
                values = {name: unescape(value) for name, value in hidden.items()}
                return self.ask("POST", action, {**values, **fields})
        raise SystemExit(f"{self.server.name}: no such form on the page:\n{page[:500]}")


@contextmanager
def started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[psutil.Process]:
    """A server process, ended with the block."""
    with log.open("wb") as output:
        child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
    try:
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_it_answers(port: int, path: str, log: Path) -> None:
    """Until the server answers anything at all. Ends the program with its log after 60 s."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"port {port} does not answer:\n{log.read_text()[-3000:]}")


@contextmanager
def our_portal(state: Path, cluster: Cluster, base: int, prepare: tuple[str, ...] = ()) -> Iterator[Server]:
    """A private portal at test hash cost, on a database of its own."""
    inherited = [name for name in os.environ if name.startswith("DOPUSK_")]
    for name in inherited:
        del os.environ[name]
    addresses = Addresses(base)
    environment = {**compose(state, addresses, cluster.url()), "DOPUSK_TEST_COST_PASSWORDS": "1"}
    databases.create_missing(environment)
    databases.manage(environment, "portal", "migrate", "--verbosity", "0")
    databases.manage(environment, "portal", "seed")
    if prepare:
        databases.manage(environment, "portal", *prepare)
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4",
        "--host", "127.0.0.1", "--port", str(base), "--log-level", "warning", "dopusk.portal.wsgi:application",
    ]  # fmt: skip
    log = state / "portal.log"
    with started(command, environment, log) as process:
        wait_until_it_answers(base, "/health/ready/", log)
        yield Server(
            name="ours",
            port=base,
            process=process,
            secret=environment["DOPUSK_CABINET_CLIENT_SECRET"],
            redirect_uri=f"{addresses.url('cabinet')}/signin/callback/",
            authorize="/oidc/authorize",
            token="/oidc/token",
            userinfo="/oidc/userinfo",
            introspect="/oidc/introspect",
        )


@contextmanager
def the_peer(state: Path, port: int) -> Iterator[Server]:
    """node oidc-provider, installed by its lock file."""
    folder = ROOT / ".dopusk" / "bench-node"
    mark, lock = folder / ".installed", PEER / "package-lock.json"
    if not mark.exists() or mark.read_bytes() != lock.read_bytes():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PEER / name, folder / name)
        subprocess.run([*npm(), "ci", *QUIET], cwd=folder, check=True, stdout=sys.stderr)
        mark.write_bytes(lock.read_bytes())
    shutil.copy(PEER / "server.mjs", folder / "server.mjs")
    redirect, secret, log = (
        "https://cabinet.example/signin/callback/",
        secrets.token_urlsafe(32),
        state / "peer.log",
    )
    told = {
        "PEER_PORT": str(port),
        "PEER_SECRET": secret,
        "PEER_REDIRECT": redirect,
        "NODE_ENV": "production",
    }
    command = [node(), str(folder / "server.mjs")]
    with started(command, {"PATH": os.environ["PATH"], **told}, log) as process:
        wait_until_it_answers(port, "/.well-known/openid-configuration", log)
        yield Server(
            "peer", port, process, secret, redirect, "/auth", "/token", "/me", "/token/introspection"
        )


@contextmanager
def both(*, prepare: tuple[str, ...] = ()) -> Iterator[tuple[Server, Server, psutil.Process]]:
    """Ours, the peer, and the main process of our database, all gone with the block; our log is told if it fails.

    prepare: arguments of a management command of the portal, run after its seed.
    """
    state = Path(tempfile.mkdtemp(prefix="dopusk-bench-"))
    cluster, base = Cluster(state), free_base()
    try:
        cluster.start()
        postmaster = int((cluster.home / "data" / "postmaster.pid").read_text().splitlines()[0])
        with our_portal(state, cluster, base, prepare) as ours, the_peer(state, base + 4) as peer:
            yield ours, peer, psutil.Process(postmaster)
    except SystemExit:
        print((state / "portal.log").read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        cluster.remove()
        shutil.rmtree(state, ignore_errors=True)
