"""Server CPU of one whole OIDC login, beside node oidc-provider doing the same six requests in the same run.

    python -m benchmarks.login [--json] [--rounds N] [--logins N] [--clients N]

The six: authorization request → sign-in page → sign-in form → authorization request again (code) → token →
userinfo. PKCE S256, ES256, client_secret_basic, a consent given earlier. Ours runs under granian over a durable
PostgreSQL of its own; the peer keeps everything in memory.

The password hash is left out by running at test cost (Argon2id of 8 KiB, once): every line of the real path is
walked, and nothing has to be subtracted; the cost of a real hash is measured apart and printed. The peer checks
no password at all. CPU is user + system time of each server's process tree, PostgreSQL's apart. Rounds
alternate, so that whatever else the machine does falls on both.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import psutil
from argon2 import PasswordHasher

from dopusk.kernel import sandbox
from dopusk.stand import databases
from dopusk.stand.environment import Addresses, compose
from dopusk.stand.postgres import Cluster
from dopusk.stand.stand import free_base
from dopusk.web.design.build.__main__ import QUIET, node, npm

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "benchmarks" / "login_peer"
SCOPES = "openid profile birthdate snils inn email phone identity_document"
CLIENT = "dopusk-cabinet"
REQUESTS = 6
# those who enter the cabinet by a password alone
PEOPLE = [person.email for person in sandbox.PEOPLE if person.confirmed and not person.totp_secret]


@dataclass(frozen=True)
class Server:
    """One provider under test. paths: of its three endpoints."""

    name: str
    port: int
    process: psutil.Process
    secret: str
    redirect_uri: str
    authorize: str
    token: str
    userinfo: str

    def cpu(self) -> float:
        """Seconds of CPU its process tree has used."""
        return tree_cpu(self.process)


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


def local(location: str) -> str:
    """A Location as a path on the same server."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def login(server: Server, visitor: Visitor, identifier: str) -> None:
    """The six requests, as a new browser; each answer is checked for what the next one needs."""
    visitor.cookies.clear()
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = urlencode(
        {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": server.redirect_uri,
            "scope": SCOPES,
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
    )
    _, location, _ = visitor.ask("GET", f"{server.authorize}?{asked}")
    _, _, page = visitor.ask("GET", local(location))
    status, location, body = visitor.submit(page, identifier=identifier, password=sandbox.PASSWORD)
    if not location:
        raise SystemExit(f"{server.name}: not signed in: {status} {body[:3000]}")
    _, location, _ = visitor.ask("GET", local(location))
    if "/consents/give/" in location:  # once a person, while warming up
        _, _, page = visitor.ask("GET", local(location))
        _, location, _ = visitor.submit(page, decision="allow")
        _, location, _ = visitor.ask("GET", local(location))
    if not location.startswith(server.redirect_uri):
        raise SystemExit(f"{server.name}: no code, but {location!r}")
    code = parse_qs(urlsplit(location).query)["code"][0]
    basic = base64.b64encode(f"{CLIENT}:{quote(server.secret, safe='')}".encode()).decode()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": server.redirect_uri,
        "code_verifier": verifier,
    }
    status, _, body = visitor.ask("POST", server.token, form, Authorization=f"Basic {basic}")
    if status != 200 or "id_token" not in (answer := json.loads(body)):
        raise SystemExit(f"{server.name}: no token: {status} {body}")
    bearer = f"Bearer {answer['access_token']}"
    status, _, body = visitor.ask("GET", server.userinfo, Authorization=bearer)
    if status != 200 or "identity_document" not in json.loads(body):
        raise SystemExit(f"{server.name}: no userinfo: {status} {body}")


def many_logins(server: Server, number: int, clients: int) -> int:
    """That many logins by so many clients at once; returns how many requests they took."""

    def work(client: int) -> int:
        visitor = Visitor(server)
        for turn in range(client, number, clients):
            login(server, visitor, PEOPLE[turn % len(PEOPLE)])
        visitor.connection.close()
        return visitor.requests

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(work, range(clients)))


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
def our_portal(state: Path, cluster: Cluster, base: int) -> Iterator[Server]:
    """A private portal at test hash cost, on a database of its own."""
    inherited = [name for name in os.environ if name.startswith("DOPUSK_")]
    for name in inherited:
        del os.environ[name]
    addresses = Addresses(base)
    environment = {**compose(state, addresses, cluster.url()), "DOPUSK_TEST_COST_PASSWORDS": "1"}
    databases.create_missing(environment)
    databases.manage(environment, "portal", "migrate", "--verbosity", "0")
    databases.manage(environment, "portal", "seed")
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
        yield Server("peer", port, process, secret, redirect, "/auth", "/token", "/me")


def real_hash_ms() -> float:
    """CPU milliseconds of one password check at the cost the portal really uses."""
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    kept = hasher.hash(sandbox.PASSWORD)
    began = time.process_time()
    for _ in range(10):
        hasher.verify(kept, sandbox.PASSWORD)
    return (time.process_time() - began) * 100


def measure(
    ours: Server, peer: Server, database: psutil.Process, options: argparse.Namespace
) -> dict[str, object]:
    """Alternate rounds; medians of CPU milliseconds a login."""
    for server in (ours, peer):
        many_logins(server, max(len(PEOPLE) * 2, options.warm), options.clients)
    spent: dict[str, list[float]] = {"ours": [], "peer": [], "postgres": []}
    for _ in range(options.rounds):
        for server in (ours, peer):
            before, stored = server.cpu(), tree_cpu(database)
            requests = many_logins(server, options.logins, options.clients)
            if requests != options.logins * REQUESTS:
                raise SystemExit(f"{server.name}: {requests} requests for {options.logins} logins")
            spent[server.name].append((server.cpu() - before) / options.logins * 1000)
            if server is ours:
                spent["postgres"].append((tree_cpu(database) - stored) / options.logins * 1000)
    middle = {name: statistics.median(values) for name, values in spent.items()}
    return {
        "ours_ms": round(middle["ours"], 3),
        "peer_ms": round(middle["peer"], 3),
        "ratio": round(middle["ours"] / middle["peer"], 3),
        "postgres_ms": round(middle["postgres"], 3),
        "hash_ms": round(real_hash_ms(), 1),
        "spread": {name: [round(min(values), 3), round(max(values), 3)] for name, values in spent.items()},
        "rounds": options.rounds,
        "logins": options.logins,
        "clients": options.clients,
    }


def show(result: dict[str, object]) -> None:
    """The table for people."""
    print("One OIDC login, six requests, server CPU in ms (median of rounds)")
    print(f"  portal, without the password hash  {result['ours_ms']:>8}   {result['spread']['ours']}")  # type: ignore[index]  # a dict there
    print(f"  node oidc-provider, in memory      {result['peer_ms']:>8}   {result['spread']['peer']}")  # type: ignore[index]  # a dict there
    print(f"  ratio                              {result['ratio']:>8}   goal: at most 1.0")
    print(f"  PostgreSQL beside the portal       {result['postgres_ms']:>8}")
    print(f"  a real password check, left out    {result['hash_ms']:>8}")


def main(arguments: list[str]) -> int:
    """Run; the exit code is 0 whatever the ratio: this measures, it does not judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object as the last line")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--logins", type=int, default=400, help="a round")
    parser.add_argument("--clients", type=int, default=6, help="at once")
    parser.add_argument("--warm", type=int, default=400, help="logins before the first round")
    options = parser.parse_args(arguments)
    state = Path(tempfile.mkdtemp(prefix="dopusk-bench-login-"))
    cluster, base = Cluster(state), free_base()
    try:
        cluster.start()
        postmaster = int((cluster.home / "data" / "postmaster.pid").read_text().splitlines()[0])
        with our_portal(state, cluster, base) as ours, the_peer(state, base + 4) as peer:
            result = measure(ours, peer, psutil.Process(postmaster), options)
    except SystemExit:
        print((state / "portal.log").read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        cluster.remove()
        shutil.rmtree(state, ignore_errors=True)
    show(result)
    if options.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
