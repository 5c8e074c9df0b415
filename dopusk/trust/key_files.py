"""A key made for somebody, in the files she carries it away in: nothing of it is kept."""

from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

from dopusk.trust import authority, gost, keys
from dopusk.trust.certificates import pem
from dopusk.trust.keys import PrivateKey

_RSA_BITS: Final = 2048  # a person's key lives for a year, and is made while she waits


@dataclass(frozen=True)
class MadeKey:
    """An RSA or EC key, or a GOST key in PKCS#8 PEM."""

    key: PrivateKey | bytes = field(repr=False)

    @classmethod
    def new(cls, algorithm: str) -> "MadeKey":
        """algorithm: ec, rsa or gost (for that gost.EngineMissing)."""
        if algorithm == "gost":
            return cls(gost.new_key())
        return cls(keys.new("rsa" if algorithm == "rsa" else "ec", rsa_bits=_RSA_BITS))

    def request(self, common_name: str) -> bytes:
        """A certificate request (PKCS#10, PEM or DER)."""
        if isinstance(self.key, bytes):
            return gost.request(self.key, common_name)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
        return authority.request(self.key, name).encode()

    def pkcs12(self, chain: tuple[bytes, ...], pin: str) -> bytes:
        """A .p12 under the PIN. chain: certificates (DER), the key's own first."""
        if isinstance(self.key, bytes):
            return gost.pkcs12(self.key, b"".join(map(pem, chain)), pin)
        own, *above = (x509.load_der_x509_certificate(one) for one in chain)
        return pkcs12.serialize_key_and_certificates(
            b"dopusk", self.key, own, above, BestAvailableEncryption(pin.encode())
        )

    def locked(self, pin: str) -> bytes:
        """The key under the PIN: encrypted PKCS#8, PEM."""
        if isinstance(self.key, bytes):
            return gost.locked(self.key, pin)
        return self.key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(pin.encode())
        )
