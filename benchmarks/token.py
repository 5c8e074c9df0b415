"""Server CPU of two requests that programs make all day, beside node oidc-provider in the same run.

    python -m benchmarks.token [--json] [--rounds N] [--requests N] [--clients N]

A token of a service for itself (`client_credentials`, RFC 6749 §4.4), and the introspection of a person's living access
token (RFC 7662): each one POST with HTTP Basic over a kept connection. Ours writes every token to a durable
PostgreSQL and reads it from there; the peer keeps everything in memory. CPU is user + system time of each
server's process tree, PostgreSQL's apart. Rounds alternate, so that whatever else the machine does falls on both.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil

from benchmarks.login import PEOPLE, login
from benchmarks.providers import Server, Visitor, both, tree_cpu

# the cabinet of the seed asks for people only; here it asks for itself too
GRANTS = """
from dopusk.portal.clients.models import Client
Client.objects.update(grant_types=["authorization_code", "client_credentials"])
"""

Ask = Callable[[Visitor], None]


def own_token(visitor: Visitor) -> None:
    """A token of the service's own."""
    form = {"grant_type": "client_credentials"}
    status, _, body = visitor.ask("POST", visitor.server.token, form, Authorization=visitor.server.basic)
    if status != 200 or not json.loads(body).get("access_token"):
        raise SystemExit(f"{visitor.server.name}: no token of its own: {status} {body}")


def introspecting(token: str) -> Ask:
    """The question whether this token is good."""

    def ask(visitor: Visitor) -> None:
        server = visitor.server
        status, _, body = visitor.ask("POST", server.introspect, {"token": token}, Authorization=server.basic)
        if status != 200 or json.loads(body).get("active") is not True:
            raise SystemExit(f"{server.name}: the token is not active: {status} {body}")

    return ask


def many(server: Server, ask: Ask, number: int, clients: int) -> None:
    """That many requests by so many clients at once."""

    def work(client: int) -> None:
        visitor = Visitor(server)
        for _ in range(client, number, clients):
            ask(visitor)
        visitor.connection.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))


def measure(
    asks: dict[str, Ask],
    servers: tuple[Server, Server],
    database: psutil.Process,
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Alternate rounds of one kind of request. asks: server's name → what it is asked."""
    spent: dict[str, list[float]] = {"ours": [], "peer": [], "postgres": []}
    for server in servers:
        many(server, asks[server.name], options.requests // 2, options.clients)
    for _ in range(options.rounds):
        for server in servers:
            before, stored = server.cpu(), tree_cpu(database)
            many(server, asks[server.name], options.requests, options.clients)
            spent[server.name].append((server.cpu() - before) / options.requests * 1000)
            if server.name == "ours":
                spent["postgres"].append((tree_cpu(database) - stored) / options.requests * 1000)
    middle = {name: statistics.median(values) for name, values in spent.items()}
    return {
        "ours_ms": round(middle["ours"], 4),
        "peer_ms": round(middle["peer"], 4),
        "ratio": round(middle["ours"] / middle["peer"], 3),
        "postgres_ms": round(middle["postgres"], 4),
        "spread": {name: [round(min(values), 4), round(max(values), 4)] for name, values in spent.items()},
    }


def show(results: dict[str, dict[str, Any]]) -> None:
    """The table for people."""
    print("One request, server CPU in ms (median of rounds)")
    print(f"{'':22}{'ours':>9}{'node':>9}{'ratio':>8}{'PostgreSQL':>12}   goal of the ratio: at most 1.0")
    for name, one in results.items():
        print(
            f"  {name:20}{one['ours_ms']:>9.3f}{one['peer_ms']:>9.3f}{one['ratio']:>8.2f}{one['postgres_ms']:>12.3f}"
        )


def main(arguments: list[str]) -> int:
    """Run; the exit code is 0 whatever the ratios: this measures, it does not judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.token", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object as the last line")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=3000, help="a round")
    parser.add_argument("--clients", type=int, default=6, help="at once")
    options = parser.parse_args(arguments)
    with both(prepare=("shell", "--command", GRANTS)) as (ours, peer, database):
        servers = (ours, peer)
        results = {
            "client_credentials": measure(
                {server.name: own_token for server in servers}, servers, database, options
            )
        }
        # only now: the peer's memory holds the latest thousand of everything
        tokens = {server.name: login(server, Visitor(server), PEOPLE[0]) for server in servers}
        results["introspection"] = measure(
            {name: introspecting(token) for name, token in tokens.items()}, servers, database, options
        )
    show(results)
    if options.json:
        print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
