"""Those who sign in the tests of CMS and of bare signatures, and openssl as seen from outside."""

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from dopusk.trust import certificates, gost
from dopusk.trust.certificates import Certificate
from dopusk.trust.keys import PrivateKey

CONTENT: Final = b"openid fullname2026.11.22 14:36:11 +0300DOPUSK7a8c1e52-5a2f-4f0b-9b3e-1c7a3f5d9e20"


@dataclass(frozen=True)
class Signer:
    """A system that asks for an identity: its key (a GOST one as PEM) and its certificate."""

    name: str
    key: PrivateKey | bytes
    certificate: Certificate

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Key and certificate as PEM files."""
        key, certificate = folder / f"{self.name}.key", folder / f"{self.name}.pem"
        whole = (
            self.key
            if isinstance(self.key, bytes)
            else self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        key.write_bytes(whole)
        certificate.write_bytes(certificates.pem(self.certificate.der))
        return key, certificate


def self_signed(key: PrivateKey, name: str, serial: int | None = None, *, days: int = 30) -> Certificate:
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificates.read(made.public_bytes(Encoding.DER))


def rsa_signer(name: str = "rsa") -> Signer:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Signer(name, key, self_signed(key, name))


def ec_signer(name: str = "ec") -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    return Signer(name, key, self_signed(key, name))


def gost_signer(bits: gost.Bits = 256) -> Signer:
    key = gost.new_key(bits=bits)
    made = gost.self_signed(key, {"CN": f"gost{bits}"}, days=30)
    return Signer(f"gost{bits}", key, certificates.read(made))


def openssl(*arguments: object, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The program as anybody would use it, with GOST's engine where there is one."""
    configuration = (
        {"OPENSSL_CONF": str(Path(gost.__file__).with_name("gost.cnf"))} if gost.available() else {}
    )
    return subprocess.run(
        ["openssl", *map(str, arguments)],
        capture_output=True,
        check=False,
        env=os.environ | configuration,
        input=given,
    )
