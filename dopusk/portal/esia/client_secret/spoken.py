"""Which bytes a signature speaks of: asked of a wrong one, to tell a foreign key from a string built another way."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from asn1crypto import algos
from asn1crypto import cms as asn1
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dopusk.trust import cms, gost, raw
from dopusk.trust.certificates import Certificate

MANY: Final = 48
FEW: Final = 8

Digest = Callable[[bytes], bytes]


def _weak(name: str) -> Digest:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).digest()


DIGESTS: Final[dict[str, Digest]] = {
    **{name: _weak(name) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    "streebog256": gost.streebog256,
    "streebog512": gost.streebog512,
}


@dataclass(frozen=True)
class Spoken:
    """digest: its name, or empty. matches: whether these are the bytes. most: how many may be asked; 0 for any number.

    Each string against a GOST signature costs a verification, about 3 ms: who sends rubbish must not get much for it.
    """

    matches: Callable[[bytes], bool]
    digest: str = ""
    most: int = 0


def of_digest(name: str, value: bytes) -> Spoken | None:
    """Bytes of this digest; None for a digest that cannot be computed here."""
    compute = DIGESTS.get(name)
    if compute is None:
        return None
    return Spoken(lambda data: compute(data) == value, name, most=MANY if name.startswith("streebog") else 0)


def of_rsa(certificate: Certificate, signature: bytes) -> Spoken | None:
    """PKCS#1 v1.5 gives back the digest that was signed (RFC 8017 §9.2); None when it is not of this key.

    A digest without the name of its algorithm around it, as `pkeyutl` signs, is taken for SHA-256; `digest` is empty.
    """
    try:
        key = load_der_public_key(certificate.spki)
        if not isinstance(key, rsa.RSAPublicKey):
            return None
        encoded = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return None
    try:
        info = algos.DigestInfo.load(encoded, strict=True)
        return of_digest(info["digest_algorithm"]["algorithm"].native, info["digest"].native)
    except (ValueError, TypeError):
        return Spoken(lambda data: DIGESTS["sha256"](data) == encoded)


def of_gost(certificate: Certificate, signature: bytes, *, most: int = 0) -> Spoken:
    """A GOST signature gives nothing back: each string costs a verification."""
    return Spoken(lambda data: raw.verify(certificate, data, signature), "streebog256", most or MANY)


def is_pss(certificate: Certificate, signature: bytes, texts: Sequence[bytes]) -> bool:
    """Whether it is RSASSA-PSS over one of these, which the dialect does not know."""
    try:
        key = load_der_public_key(certificate.spki)
    except (UnsupportedAlgorithm, ValueError):
        return False
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    for data in texts:
        try:
            key.verify(
                signature, data, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), hashes.SHA256()
            )
        except InvalidSignature:
            continue
        return True
    return False


def of_cms(encoded: bytes, found: cms.Found) -> Spoken | None:
    """What is attached; else the digest in the signed attributes; else what the signature itself gives back."""
    if found.content is not None:
        content = found.content
        return Spoken(lambda data: data == content, found.digest)
    try:
        signer = asn1.ContentInfo.load(encoded)["content"]["signer_infos"][0]
        if found.signed_attributes:
            values = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
            return of_digest(found.digest, values["message_digest"][0].native)
        signature: bytes = signer["signature"].native
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    if found.signer is None:
        return None
    return of_gost(found.signer, signature) if found.signer.gost else of_rsa(found.signer, signature)
