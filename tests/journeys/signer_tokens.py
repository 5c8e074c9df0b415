"""Tokens in a slot, with real keys and certificates on them, for the stand-ins of signer_programs.py."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from dopusk.trust import cades, certificates
from dopusk.trust.certificates import Certificate
from dopusk.trust.issuers import Issuer, Pointers
from dopusk.trust.signing_keys import signing_key
from dopusk.trust.subjects import Subject, office_name

PIN = "12345678"
POINTERS = Pointers("http://localhost:8002/pki/ec.cer", "http://localhost:8002/pki/ec.crl")
NAME = office_name("Учебный УЦ EC", "Допуск")


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on a token."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Held:
    """A key with its certificate (DER)."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes

    @classmethod
    def of(
        cls, last_name: str, first_name: str, *, days_ago: int = 30, days: int = 365, **more: str
    ) -> "Held":
        """A certificate issued to somebody so many days ago, good for so many."""
        now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days_ago)
        root = Issuer.found(signing_key(new_key()), NAME, now)
        key = new_key()
        subject = Subject(last_name, first_name, "Петровна", "11223344595", **more)
        return cls(key, root.person(signing_key(key).spki, subject, now, POINTERS, days=days))

    @property
    def loaded(self) -> Certificate:
        """Parsed."""
        return certificates.read(self.certificate)

    @property
    def base64(self) -> str:
        """As programs hand it out."""
        return base64.b64encode(self.certificate).decode()

    def digest(self, algorithm: str) -> str:
        """Of the certificate, in hexadecimal."""
        return hashlib.new(algorithm, self.certificate).hexdigest()

    def sign(self, content: str) -> str:
        """base64 → a detached CAdES-BES, base64."""
        made = cades.create(
            base64.b64decode(content), self.certificate, cades.signer(self.key), at=datetime.now(UTC)
        )
        return base64.b64encode(made).decode()


class Wrong(Exception):
    """The PIN was not taken; left: tries."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


@dataclass
class Token:
    """A token in the slot."""

    label: str
    serial: str
    held: list[Held]
    left: int = 5

    def enter(self, pin: str) -> None:
        """Try a PIN."""
        if self.left and pin == PIN:
            self.left = 5
            return
        self.left = max(0, self.left - 1)
        raise Wrong(self.left)
