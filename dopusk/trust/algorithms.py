"""One signature by one certificate's key: RSA (PKCS#1 v1.5, PSS) and EC by `cryptography`, GOST by our own module.

Digests older than SHA-256 are not known here, so nothing signed with them is ever right.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dopusk.trust import der, gost, signed_data
from dopusk.trust.certificates import Certificate

COMPUTED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha384": lambda data: hashlib.sha384(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "streebog256": gost.streebog256,
    "streebog512": gost.streebog512,
}
_SHA2: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_KEY_OF: Final = {"rsa": "rsa", "rsa-pss": "rsa", "ecdsa": "ec"}  # GOST's have the same name
_CURVES: Final = {
    "secp256r1",
    "secp384r1",
    "secp521r1",
    "brainpoolP256r1",
    "brainpoolP384r1",
    "brainpoolP512r1",
}
_LEAST_RSA_BITS: Final = 2048
_MGF1: Final = "1.2.840.113549.1.1.8"
_NOTHING: Final = der.Element(0x30, b"", b"\x30\x00", ())


def fits(scheme: str, digest: str, signer: Certificate) -> bool:
    """Whether a key of this kind makes such signatures."""
    return _KEY_OF.get(scheme, scheme) == signer.algorithm and signer.gost == digest.startswith("streebog")


def strong(certificate: Certificate) -> bool:
    """Whether the key is long enough to be believed: RSA from 2048 bits on, EC on a curve of 256 bits or more."""
    if certificate.gost:
        return True
    try:
        key = load_der_public_key(certificate.spki)
    except (UnsupportedAlgorithm, ValueError):
        return False
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in _CURVES
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS


def verify(signer: Certificate, scheme: str, digest: str, signed: bytes, value: bytes, salt: int = 0) -> str:
    """``good``, ``algorithm_unknown`` or ``signature_wrong``.

    scheme, digest: by their names, of which :func:`fits` is true. salt: its length, of PSS alone.
    """
    if signer.gost:
        return "good" if gost.verify_raw(signer.spki, signed, value) else "signature_wrong"
    try:
        key = load_der_public_key(signer.spki)
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, signed, ec.ECDSA(_SHA2[digest]))
        elif isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(_SHA2[digest]), salt)
            key.verify(value, signed, pss if scheme == "rsa-pss" else padding.PKCS1v15(), _SHA2[digest])
        else:
            return "algorithm_unknown"
    except UnsupportedAlgorithm:
        return "algorithm_unknown"
    except (InvalidSignature, ValueError):
        # a key that cannot be read is no key we know; a value that cannot be read is no signature
        return "signature_wrong" if _readable(signer) else "algorithm_unknown"
    return "good"


def _readable(signer: Certificate) -> bool:
    try:
        load_der_public_key(signer.spki)
    except (UnsupportedAlgorithm, ValueError):
        return False
    return True


def signed_something(signer: Certificate, scheme: str, digest: str, value: bytes) -> bool:
    """Whether the key made this signature, of whatever: an RSA one (PKCS#1 v1.5) tells."""
    if scheme != "rsa" or signer.algorithm != "rsa":
        return False
    try:
        key = load_der_public_key(signer.spki)
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.recover_data_from_signature(value, padding.PKCS1v15(), _SHA2[digest])
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def pss(parameters: der.Element | None) -> tuple[str, int] | None:
    """Digest (by name) and salt length of RSASSA-PSS-params (RFC 4055 §3.1); None unless both digests are one.

    What is left out means SHA-1, so nothing may be left out.
    """
    try:
        read = der.Parts(parameters or _NOTHING)
        digest = signed_data.algorithm(der.Parts(read.take(0xA0), 0xA0).take())
        mask = signed_data.algorithm(der.Parts(read.take(0xA1), 0xA1).take())
        of_mask = signed_data.algorithm(mask.parameters or _NOTHING)
        salt = read.maybe(0xA2)
        length = int.from_bytes(der.Parts(salt, 0xA2).take(0x02).body, "big") if salt else 20
        read.end()
    except der.NotDer:
        return None
    name = signed_data.DIGESTS.get(digest.dotted, "")
    if mask.dotted != _MGF1 or of_mask.dotted != digest.dotted or name not in _SHA2 or length > 512:
        return None
    return name, length


def issued(signer: Certificate, algorithm: der.Element, signed: bytes, value: bytes) -> str:
    """:func:`verify` by an AlgorithmIdentifier, as certificates, revocation lists and OCSP answers have it."""
    try:
        read = signed_data.algorithm(algorithm)
    except der.NotDer:
        return "algorithm_unknown"
    scheme, digest = signed_data.SIGNATURES.get(read.dotted, ("", ""))
    salt = 0
    if scheme == "rsa-pss":
        digest, salt = pss(read.parameters) or ("", 0)
    elif read.parameters is not None:
        return "algorithm_unknown"
    if digest not in COMPUTED or not fits(scheme, digest, signer) or not strong(signer):
        return "algorithm_unknown"
    return verify(signer, scheme, digest, signed, value, salt)
