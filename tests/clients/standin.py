"""The ЕСИА stand-in as other people start it: `./dev esia`, in a process and a folder of its own."""

import contextlib
import json
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.clients.people import CALLBACK
from tests.journeys import alone
from tests.journeys.alone import Pair, rsa_pair

MNEMONIC = "CLINIC"


@dataclass(frozen=True)
class StandIn:
    """A running stand-in and what a service must know to use it."""

    url: str
    folder: Path
    pair: Pair

    def told(self, system: str = MNEMONIC, **more: Any) -> dict[str, Any]:
        """What a program of tests/clients/programs is told."""
        check = self.folder / "esia.pub"
        check.write_bytes(httpx.get(f"{self.url}/sandbox/esia.pub", timeout=10).raise_for_status().content)
        return {
            "url": self.url,
            "clientId": system,
            "redirectUri": CALLBACK,
            "certificateFile": str(self.pair.certificate),
            "keyFile": str(self.pair.key),
            "checkKeyFile": str(check),
            **more,
        }

    def diagnoses(self, system: str) -> list[dict[str, Any]]:
        """What the console has of a system's refused requests, the newest first."""
        asked = {"client_id": system, "only": "refused", "format": "json"}
        answer = httpx.get(f"{self.url}/esia/console/", params=asked, timeout=10).raise_for_status()
        return list(answer.json()["diagnoses"])

    def advice(self, identifier: str) -> str:
        """What the console tells an integrator to do about one of them."""
        answer = httpx.get(f"{self.url}/esia/console/{identifier}/", params={"format": "json"}, timeout=10)
        return str(answer.raise_for_status().json()["advice"])


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _alone(pair: Pair) -> list[str]:
    return ["--client", MNEMONIC, "--certificate", str(pair.certificate), "--redirect-uri", CALLBACK]


def _listed(folder: Path, pair: Pair, systems: dict[str, dict[str, Any]]) -> list[str]:
    common = {"certificates": [pair.certificate.name], "redirect_uris": [CALLBACK]}
    rows = [{"client": mnemonic, **common, **more} for mnemonic, more in systems.items()]
    (folder / "systems.json").write_text(json.dumps(rows))
    return ["--systems", str(folder / "systems.json")]


@contextlib.contextmanager
def standing(*options: str, systems: dict[str, dict[str, Any]] | None = None) -> Iterator[StandIn]:
    """`./dev esia` with these options until the block ends, and one system, CLINIC, unless others are named.

    systems: mnemonic → how it differs from a strict one; all have one certificate.
    """
    with tempfile.TemporaryDirectory(prefix="dopusk-esia-test-") as name:
        folder = Path(name)
        pair = rsa_pair(folder)
        systems_of = _listed(folder, pair, systems) if systems else _alone(pair)
        with alone.running(
            "--port", str(_free()), "--state", str(folder / "state"), *systems_of, *options
        ) as run:
            yield StandIn(run.address, folder, pair)
