"""Bare signatures, without CMS: how they are written in a parameter, what they are, whether they are right."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dopusk.trust import gost
from dopusk.trust.certificates import Certificate

_TEXT: Final = re.compile(r"([A-Za-z0-9+/_-]+)(={0,2})", re.ASCII)
_CMS_BEGINS: Final = bytes.fromhex("06092a864886f70d010702")  # OBJECT IDENTIFIER signedData
_KINDS: Final = {64: "gost256", 128: "gost512", 256: "rsa", 384: "rsa", 512: "rsa"}


@dataclass(frozen=True)
class Decoded:
    """What a text held, and how it was written.

    form: ``base64url`` (no padding), ``base64url_padded``, ``base64url_half`` (one of two ``=`` is there), or
    ``base64``, ``base64_padded``, ``base64_half``, when there is a ``+`` or ``/`` in it.
    """

    data: bytes
    form: str


def decode(text: str) -> Decoded | None:
    """The bytes of base64 in either alphabet with any padding; None when it is no base64.

    One text has one meaning: mixed alphabets, anything beside the alphabet (spaces too), more padding than is due,
    and bits behind the last octet that are not zero (RFC 4648 §3.5) are refused.
    """
    whole = _TEXT.fullmatch(text)
    if whole is None:
        return None
    body, padded = whole[1], len(whole[2])
    standard = bool(set("+/") & set(body))
    due = -len(body) % 4
    if due == 3 or padded > due or (standard and set("-_") & set(body)):
        return None
    plain = body.replace("-", "+").replace("_", "/") + "=" * due
    try:
        data = binascii.a2b_base64(plain, strict_mode=True)
    except binascii.Error:
        return None
    if base64.b64encode(data).decode() != plain:
        return None
    alphabet = "base64" if standard else "base64url"
    if not padded:
        return Decoded(data, alphabet)
    return Decoded(data, f"{alphabet}_{'padded' if padded == due else 'half'}")


def kind(data: bytes) -> str:
    """What the bytes look like: ``cms``, ``gost256``, ``gost512``, ``rsa``, ``unknown``. BER counts as CMS here."""
    if data[:1] == b"\x30" and _CMS_BEGINS in data[:20]:
        return "cms"
    return _KINDS.get(len(data), "unknown")


def verify(certificate: Certificate, data: bytes, signature: bytes) -> bool:
    """Whether the certificate's key signed the data: RSA PKCS#1 v1.5 with SHA-256, or GOST with its Streebog."""
    if certificate.gost:
        return gost.verify_raw(certificate.spki, data, signature)
    if certificate.algorithm != "rsa":
        return False
    try:
        key = load_der_public_key(certificate.spki)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
            return True
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        pass
    return False


def sign(key: rsa.RSAPrivateKey | bytes, data: bytes) -> bytes:
    """The bare signature :func:`verify` knows: of an RSA key, or of a GOST key in PKCS#8 PEM (needs the engine)."""
    if isinstance(key, bytes):
        return gost.sign_raw(key, data)
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
