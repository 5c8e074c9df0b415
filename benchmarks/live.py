"""How much memory an open stream of the live app takes: `python -m benchmarks.live [--json] [--streams N …]`.

The app is really served by granian, the streams are idle but heard: at the end one NOTIFY must reach all.
Memory is the growth of the resident set of the server's processes, divided by the number of streams.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
import uuid

import psycopg
from joserfc import jwt
from joserfc.jwk import OctKey

from benchmarks import certificates_table, processes
from dopusk.stand.postgres import Cluster
from dopusk.web.environment import key

OPEN_AT_ONCE = 200


async def measure(count: int, port: int, memory_of: int, database: str) -> dict[str, float]:
    """Open `count` streams, weigh the server, tell all of them something, time the last one to hear it."""
    topic = f"application:{uuid.uuid4()}"
    now = int(time.time())
    claims = {"sub": "bench", "topics": [topic], "iat": now, "exp": now + 60, "aud": "dopusk-live"}
    ticket = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key("DOPUSK_LIVE_KEY")))
    request = f"GET /events?ticket={ticket} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    gate = asyncio.Semaphore(OPEN_AT_ONCE)

    async def stream() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
            writer.write(request)
            await reader.readuntil(b"retry: 3000\n\n")
        return reader, writer

    before = processes.memory(memory_of)
    began = time.monotonic()
    streams = await asyncio.gather(*(stream() for _ in range(count)))
    opened = time.monotonic() - began
    await asyncio.sleep(1)
    after = processes.memory(memory_of)
    began = time.monotonic()
    with psycopg.connect(database, autocommit=True) as link:
        link.execute("SELECT pg_notify('dopusk_live', %s)", [json.dumps({"topic": topic, "version": 1})])
    await asyncio.wait_for(
        asyncio.gather(*(reader.readuntil(b'"version": 1}\n\n') for reader, _ in streams)), timeout=60
    )
    heard = time.monotonic() - began
    for _, writer in streams:
        writer.close()
    await asyncio.sleep(2)  # the server has heard of all the ends before it is asked to stop
    return {
        "streams": count,
        "kb_each": round((after - before) / 1024 / count, 1),
        "opened_per_s": round(count / opened),
        "last_heard_ms": round(heard * 1000),
    }


def main() -> int:
    """Start the server, measure each number of streams in a server of its own, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--streams", type=int, nargs="*", default=[1000, 5000])
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    cluster = Cluster(certificates_table.STATE)
    told, database = certificates_table.begin(cluster)
    os.environ.update(told)
    results = []
    try:
        for count in arguments.streams:
            with processes.serving("live", told, "/health/live") as server:
                results.append(asyncio.run(measure(count, server.port, server.pid, database)))
            print(
                "{streams:>6} streams  {kb_each:>6} kB each  opened {opened_per_s}/s  "
                "a notification reached the last one in {last_heard_ms} ms".format(**results[-1]),
                file=sys.stderr,
                flush=True,
            )
    finally:
        cluster.stop()
    if arguments.json:
        print(json.dumps({"live": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
