"""Reading certificate requests (PKCS#10, RFC 2986) of RSA, EC and GOST keys."""

import base64
import re
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dopusk.trust import der, gost
from dopusk.trust.authority import RequestRefused

LARGEST: Final = 10_000  # bytes
_PEM: Final = re.compile(
    rb"-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----(.+?)-----END (?:NEW )?CERTIFICATE REQUEST-----", re.DOTALL
)


@dataclass(frozen=True)
class Asked:
    """Of a request we use the key alone. spki: DER; gost: whether it is one of GOST R 34.10-2012."""

    spki: bytes
    gost: bool


def read(request: bytes) -> Asked:
    """A request, PEM or DER, signed by its own key. RequestRefused: csr_unreadable, csr_signature, csr_key."""
    encoded = _der(request)
    try:
        outer = der.Parts(der.parse(encoded))
        information, _, value = outer.take(0x30), outer.take(0x30), outer.take(0x03)
        outer.end()
        fields = der.Parts(information)
        fields.take(0x02)
        fields.take(0x30)
        spki = fields.take(0x30)
        kind = der.Parts(der.Parts(spki).take()).take().dotted()
    except der.NotDer:
        raise RequestRefused("csr_unreadable") from None
    if kind in gost.KEY_OIDS:
        if not gost.verify_raw(spki.raw, information.raw, value.body[1:]):
            raise RequestRefused("csr_signature")
        return Asked(spki.raw, gost=True)
    _check(encoded)
    return Asked(spki.raw, gost=False)


def pem(request: bytes) -> bytes:
    """The PEM of a request in DER."""
    body = base64.encodebytes(request)
    return b"-----BEGIN CERTIFICATE REQUEST-----\n" + body + b"-----END CERTIFICATE REQUEST-----\n"


def _der(request: bytes) -> bytes:
    if len(request) > LARGEST:
        raise RequestRefused("csr_unreadable")
    if request.startswith(b"\x30"):
        return request
    blocks = _PEM.findall(request)
    try:
        (block,) = blocks
        return base64.b64decode(b"".join(block.split()), validate=True)
    except ValueError:
        raise RequestRefused("csr_unreadable") from None


def _check(encoded: bytes) -> None:
    try:
        csr = x509.load_der_x509_csr(encoded)
        key = csr.public_key()
        signed = csr.is_signature_valid
    except UnsupportedAlgorithm:
        raise RequestRefused("csr_key") from None
    except (ValueError, TypeError, x509.InvalidVersion):
        raise RequestRefused("csr_unreadable") from None
    p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not (p256 or (isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096)):
        raise RequestRefused("csr_key")
    if not signed:
        raise RequestRefused("csr_signature")
