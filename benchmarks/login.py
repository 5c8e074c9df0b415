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
import json
import secrets
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

import psutil
from argon2 import PasswordHasher

from benchmarks.providers import CLIENT, Server, Visitor, both, tree_cpu
from dopusk.kernel import sandbox

SCOPES = "openid profile birthdate snils inn email phone identity_document"
REQUESTS = 6
# those who enter the cabinet by a password alone
PEOPLE = [person.email for person in sandbox.PEOPLE if person.confirmed and not person.totp_secret]


def local(location: str) -> str:
    """A Location as a path on the same server."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def login(server: Server, visitor: Visitor, identifier: str) -> str:
    """The six requests, as a new browser; each answer is checked for what the next needs. Gives the access token."""
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
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": server.redirect_uri,
        "code_verifier": verifier,
    }
    status, _, body = visitor.ask("POST", server.token, form, Authorization=server.basic)
    if status != 200 or "id_token" not in (answer := json.loads(body)):
        raise SystemExit(f"{server.name}: no token: {status} {body}")
    bearer = f"Bearer {answer['access_token']}"
    status, _, body = visitor.ask("GET", server.userinfo, Authorization=bearer)
    if status != 200 or "identity_document" not in json.loads(body):
        raise SystemExit(f"{server.name}: no userinfo: {status} {body}")
    return str(answer["access_token"])


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
    with both() as (ours, peer, database):
        result = measure(ours, peer, database, options)
    show(result)
    if options.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
