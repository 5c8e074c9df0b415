"""How the stand's cabinet signs people in: by OpenID Connect, or as an information system by the ЕСИА dialect.

Everything is told to the cabinet by settings, the same as before a real ЕСИА; the keys are made on first need and
kept in the folder `signin` of the state.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dopusk.stand import databases
from dopusk.stand.environment import Addresses
from dopusk.trust import gost

# name → DOPUSK_SIGNIN, the system's key, what signs its markers
DIALECTS: Final[dict[str, tuple[str, str, str]]] = {
    "oidc": ("oidc", "", ""),
    "esia-v1": ("esia-v1", "rsa", "RS256"),
    "esia-v2": ("esia-v2", "rsa", "RS256"),
    "esia-v1-gost": ("esia-v1", "gost", "GOST3410_2012_256"),
    "esia-v2-gost": ("esia-v2", "gost", "GOST3410_2012_256"),
}
MNEMONIC: Final = "DOPUSK_CABINET"
DAYS: Final = 3 * 365


class NoEngine(Exception):
    """A GOST dialect where OpenSSL has no engine for it."""

    def __init__(self) -> None:
        super().__init__(
            "GOST keys need OpenSSL's engine, which is not here. "
            "Install it: sudo apt-get install -y openssl libengine-gost-openssl. Or take --signin esia-v1 or esia-v2."
        )


def prepare(state: Path, addresses: Addresses, environment: dict[str, str], dialect: str) -> dict[str, str]:
    """Register the cabinet as a system of the portal and trust its signer; what the cabinet is to be told.

    environment: of the stand's processes, with the portal's schema current. Raises NoEngine, CommandFailed.
    """
    protocol, kind, token_alg = DIALECTS[dialect]
    if protocol == "oidc":
        return {"DOPUSK_SIGNIN": "oidc"}
    folder = state / "signin"
    key, certificate = _pair(folder, kind)
    markers = folder / "markers.pem"
    databases.manage(
        environment, "portal", "register_cabinet", "--client", MNEMONIC,
        "--certificate", str(certificate), "--token-alg", token_alg, "--markers", str(markers),
    )  # fmt: skip
    return {
        "DOPUSK_SIGNIN": protocol,
        "DOPUSK_ESIA_URL": addresses.url("portal"),
        "DOPUSK_ESIA_CLIENT": MNEMONIC,
        "DOPUSK_ESIA_CERTIFICATE": str(certificate),
        "DOPUSK_ESIA_KEY": str(key),
        "DOPUSK_ESIA_MARKER_CERTIFICATE": str(markers),
        "DOPUSK_ESIA_ACCOUNT_URL": f"{addresses.url('portal')}/proofing/",
    }


def _pair(folder: Path, kind: str) -> tuple[Path, Path]:
    """The system's key (mode 600) and certificate, PEM."""
    key, certificate = folder / f"{kind}.key", folder / f"{kind}.pem"
    if not (key.exists() and certificate.exists()):
        if kind == "gost" and not gost.available():
            raise NoEngine
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _gost() if kind == "gost" else _rsa()
        for path, content in zip((key, certificate), made, strict=True):
            _write(path, content)
    return key, certificate


def _write(path: Path, content: bytes) -> None:
    partial = path.with_suffix(f"{path.suffix}.new")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    partial.replace(path)


def _gost() -> tuple[bytes, bytes]:
    key = gost.new_key()
    made = x509.load_der_x509_certificate(gost.self_signed(key, {"CN": MNEMONIC}, days=DAYS))
    return key, made.public_bytes(serialization.Encoding.PEM)


def _rsa() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, MNEMONIC)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=DAYS))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return secret, made.public_bytes(pem)
