"""The ЕСИА stand-in as other people start it: `./dev esia`, in a process and a folder of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.clients.people import CALLBACK

ROOT = Path(__file__).resolve().parents[2]
MNEMONIC = "CLINIC"
STOP_SECONDS = 30


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in files."""

    certificate: Path
    key: Path


def rsa_pair(folder: Path, name: str = "clinic", *, days: int = 365) -> Pair:
    """A self-signed RSA certificate, as a developer makes one by openssl."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return pair


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
        command = [
            sys.executable, "-m", "dopusk.stand", "esia", "--port", str(_free()), "--state", str(folder / "state"),
            *(_listed(folder, pair, systems) if systems else _alone(pair)), *options,
        ]  # fmt: skip
        foreign = ("DOPUSK_", "DJANGO_SETTINGS_MODULE")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        with (folder / "errors").open("wb") as errors:
            child = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        try:
            line = child.stdout.readline() if child.stdout else ""
            assert line.startswith("ready "), line + (folder / "errors").read_text()[-3000:]
            yield StandIn(line.split()[1], folder, pair)
        finally:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
