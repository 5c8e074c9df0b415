"""What signs certificates, lists and answers: RSA, EC and GOST behind one shape."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dopusk.trust import der, gost
from dopusk.trust.keys import PrivateKey

_RSA_SHA256: Final = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.element(0x05))


@dataclass(frozen=True)
class SigningKey:
    """algorithm: AlgorithmIdentifier of its signatures; spki: SubjectPublicKeyInfo (both DER); sign: data → value."""

    algorithm: bytes
    spki: bytes
    sign: Callable[[bytes], bytes] = field(repr=False)

    def signed(self, content: bytes) -> bytes:
        """SEQUENCE of the content (DER), the algorithm and the signature: a certificate, a list, a request."""
        return der.sequence(content, self.algorithm, bits(self.sign(content)))


def signing_key(key: PrivateKey | bytes) -> SigningKey:
    """Of an RSA or EC key (with SHA-256), or of a GOST key in PKCS#8 PEM; for that gost.EngineMissing."""
    if isinstance(key, bytes):
        return SigningKey(gost.signature_algorithm(key), gost.public_key(key), partial(gost.sign_raw, key))
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if isinstance(key, rsa.RSAPrivateKey):
        return SigningKey(_RSA_SHA256, spki, partial(_rsa, key))
    return SigningKey(der.ECDSA_SHA256, spki, partial(_ec, key))


def _rsa(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _ec(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def bits(content: bytes) -> bytes:
    """BIT STRING of whole octets."""
    return der.element(0x03, b"\0", content)
