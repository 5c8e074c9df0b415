"""The stand-in alone for tests: started by its command line, called by a system that signs."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dopusk.trust import cms

ROOT = Path(__file__).resolve().parents[2]
CALLBACK, MNEMONIC, SCOPE = "http://127.0.0.1:9/cb", "ALONE", "openid fullname snils id_doc"


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


@dataclass
class System:
    """An information system with its key; made once a run. pair: its files."""

    pair: Pair
    key: rsa.RSAPrivateKey
    der: bytes

    @classmethod
    def made(cls, folder: Path) -> "System":
        pair = rsa_pair(folder, "system")
        key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        der = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        return cls(pair, key, der.public_bytes(serialization.Encoding.DER))

    def signed(self, **values: str) -> dict[str, str]:
        """A request of the first generation: CMS over scope, timestamp, mnemonic and state."""
        moscow = datetime.now(UTC) + timedelta(hours=3)
        values = {
            "client_id": MNEMONIC,
            "scope": SCOPE,
            "state": str(uuid.uuid4()),
            "timestamp": f"{moscow:%Y.%m.%d %H:%M:%S} +0300",
            "redirect_uri": CALLBACK,
            **values,
        }
        text = "".join(values[name] for name in ("scope", "timestamp", "client_id", "state"))
        made = cms.sign(self.key, self.der, text.encode(), attached=False, attributes=True)
        return {**values, "client_secret": base64.urlsafe_b64encode(made).decode()}

    def code(self, address: str) -> str:
        """A code by the answer to ac alone: no page, no cookie brought."""
        request = self.signed(response_type="code", access_type="offline")
        answer = httpx.get(f"{address}/aas/oauth2/ac", params=request)
        assert answer.status_code == 302, answer.text
        values = parse_qs(urlsplit(answer.headers["location"]).query)
        assert values["state"] == [request["state"]]
        return values["code"][0]

    def markers(self, address: str, **grant: str) -> httpx.Response:
        """te: by a code, or by a refresh token."""
        form = self.signed(token_type="Bearer", **grant)
        return httpx.post(f"{address}/aas/oauth2/te", data=form, timeout=20)


@dataclass
class Run:
    """A running stand-in. took: seconds to its first line."""

    address: str
    took: float
    child: subprocess.Popen[str]

    def said(self) -> str:
        """What it wrote to stderr; stops it."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.communicate(timeout=30)[1]


@contextmanager
def running(*options: str, name: str = "localhost") -> Iterator[Run]:
    """Start it, and stop it by Ctrl-C, after which nothing stands on stdout but the one line. name: in its links."""
    began = time.monotonic()
    child = _started(*options)
    assert child.stdout
    line = child.stdout.readline()
    try:
        assert line.startswith(f"ready http://{name}:"), line or child.communicate()[1]
        yield Run(line.removeprefix("ready ").rstrip("\n"), time.monotonic() - began, child)
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=30)
            assert (child.returncode, out) == (0, ""), err


def _started(*options: str) -> subprocess.Popen[str]:
    foreign = ("DOPUSK_", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return subprocess.Popen(
        [sys.executable, "dev", "esia", *options],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def refused(*options: str) -> str:
    """What it says when it does not start."""
    out, err = (child := _started(*options)).communicate(timeout=60)
    assert (child.returncode, out) == (2, ""), err
    return err


def claims(marker: str) -> dict[str, Any]:
    """The content of a marker, unread by any key."""
    part = marker.split(".")[1]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content
