"""Verification under load: `python -m benchmarks.verify [--json] [--rows N] [--seconds N] [--rounds N]`.

Three sides answer the same questions (the same random keys, hits and misses mixed alike) over the same table of
3,000,000 certificates, each question one prepared statement at the same PostgreSQL, eight clients each:

  ours     the cabinet as the stand serves it (its own command line), JSON over HTTP
  pgbench  PostgreSQL's own client, prepared statements, over the socket the cabinet uses
  orm      the same question to Django's handler: the site's middleware, the view, the ORM, the same server

Rounds are interleaved, medians are shown. Load generators run on the same machine and take their share of it:
their CPU is shown beside the server's and PostgreSQL's, in microseconds a question.
"""

import argparse
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field

import psycopg

from benchmarks import certificates_table as table
from benchmarks import load, processes
from dopusk.stand.postgres import USER, Cluster

CLIENTS = 8
WARM_SECONDS = 2
GOALS = {"ratio_to_pgbench": 0.8, "ratio_to_orm": 10.0}
QUERY = (
    "SELECT valid_from, valid_until, state, kind, specialty_name, holder_mask "
    "FROM certificates_certificate WHERE number = :number AND code = :code"
)
SETTINGS = "-c plan_cache_mode=force_generic_plan -c DateStyle=ISO"  # as our own connections have them


@dataclass
class Side:
    """One side's rounds: rates, and microseconds of CPU a question."""

    rates: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    generator: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second, the median of the rounds."""
        return statistics.median(self.rates)

    def line(self, name: str) -> str:
        """Its row of the table."""

        def middle(values: list[float], form: str) -> str:
            return format(statistics.median(values), form) if values else "–"

        return (
            f"{name:<9}{self.rate:>10,.0f}{middle(self.p50, '.2f'):>9}{middle(self.p99, '.2f'):>9}"
            f"{middle(self.server, '.0f'):>10}{middle(self.postgres, '.0f'):>12}{middle(self.generator, '.0f'):>11}"
        )


@dataclass(frozen=True)
class Bench:
    """What every round needs. postmaster: pid of the server."""

    cluster: Cluster
    postmaster: int
    rows: int
    seconds: float

    def http(self, side: Side, server: processes.Server) -> None:
        """One round over HTTP."""
        before, database = processes.cpu(server.pid), processes.cpu(self.postmaster)
        seen = load.run(server.port, self.rows, CLIENTS, self.seconds)
        if seen.failed:
            raise RuntimeError(f"{seen.failed} of {seen.requests} questions failed")
        side.rates.append(seen.rate)
        side.p50.append(seen.p50_ms)
        side.p99.append(seen.p99_ms)
        side.server.append((processes.cpu(server.pid) - before) / seen.requests * 1e6)
        side.postgres.append((processes.cpu(self.postmaster) - database) / seen.requests * 1e6)
        side.generator.append(seen.cpu / seen.requests * 1e6)

    def pgbench(self, side: Side) -> None:
        """One round of pgbench; -j 2 is the best it does on two cores."""
        script = load.template("keys.sql", self.rows, QUERY)
        command = [
            str(self.cluster.binary("pgbench")), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2",
            "-T", f"{self.seconds:.0f}", "-f", str(script), "-h", str(self.cluster.socket), "-U", USER, table.DATABASE,
        ]  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        database = processes.cpu(self.postmaster)
        environment = {**os.environ, "PGOPTIONS": SETTINGS}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rate = re.search(r"tps = ([0-9.]+)", done.stdout)
        count = re.search(r"actually processed: ([0-9]+)", done.stdout)
        if not rate or not count:
            raise RuntimeError(f"pgbench said:\n{done.stdout}{done.stderr}")
        own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        side.rates.append(float(rate[1]))
        side.postgres.append((processes.cpu(self.postmaster) - database) / int(count[1]) * 1e6)
        side.generator.append(own / int(count[1]) * 1e6)


def the_answers_are_right(rows: int, database: str, *servers: processes.Server) -> None:
    """Before any figure: both servers answer what the table says, for hits, unknown numbers and wrong codes."""
    seen = set()
    with psycopg.connect(database) as link:
        for number, code in [load.question(rows) for _ in range(300)]:
            row = link.execute(
                "SELECT specialty_name FROM certificates_certificate WHERE number = %s AND code = %s",
                [number, code],
            ).fetchone()
            for server in servers:
                address = f"{server.url}/verify/{number}?code={code}&format=json"
                with urllib.request.urlopen(address) as reply:  # noqa: S310 - our own http address
                    answer = json.load(reply)
                if answer["specialty"] != (row and row[0]) or (answer["status"] == "not_found") != (
                    row is None
                ):
                    raise RuntimeError(f"{address} answered {answer}, the table says {row}")
                seen.add(answer["status"])
    if not {"in_force", "expired", "not_found"} <= seen:
        raise RuntimeError(f"the sample is too narrow: {seen}")


def measure(arguments: argparse.Namespace) -> dict[str, Side]:
    """All rounds of the three sides."""

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    cluster = Cluster(table.STATE)
    sides = {"ours": Side(), "pgbench": Side(), "orm": Side()}
    try:
        told, database = table.begin(cluster)
        table.fill(database, arguments.rows, say)
        postmaster = int((cluster.home / "data" / "postmaster.pid").read_text().split()[0])
        bench = Bench(cluster, postmaster, arguments.rows, arguments.seconds)
        with (
            processes.serving("cabinet", told, "/health/live/") as ours,
            processes.serving("cabinet", told, "/health/live/", "benchmarks.orm:application") as orm,
        ):
            the_answers_are_right(arguments.rows, database, ours, orm)
            for server in (ours, orm):
                load.run(server.port, arguments.rows, CLIENTS, WARM_SECONDS)
            for number in range(1, arguments.rounds + 1):
                bench.http(sides["ours"], ours)
                bench.pgbench(sides["pgbench"])
                bench.http(sides["orm"], orm)
                rates = ", ".join(f"{name} {side.rates[-1]:,.0f}" for name, side in sides.items())
                say(f"round {number} of {arguments.rounds}: {rates} a second")
    finally:
        cluster.stop()
    return sides


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    random.seed(7)
    sides = measure(arguments)
    ours, pgbench, orm = (sides[name].rate for name in ("ours", "pgbench", "orm"))
    figures = {
        "ours_rps": round(ours),
        "pgbench_tps": round(pgbench),
        "orm_rps": round(orm),
        "ratio_to_pgbench": round(ours / pgbench, 3),
        "ratio_to_orm": round(ours / orm, 2),
    }
    print(
        f"\n{arguments.rows:,} certificates, {CLIENTS} clients, {os.cpu_count()} cores, load by {load.generator()}"
    )
    print(
        f"{'':<9}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}   CPU µs a question: server  PostgreSQL  generator"
    )
    for name, side in sides.items():
        print(side.line(name))
    for name, goal in GOALS.items():
        print(
            f"{name} {figures[name]} (goal {goal}: {'reached' if figures[name] >= goal else 'not reached'})"
        )
    if arguments.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
