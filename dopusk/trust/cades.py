"""CAdES-BES (ETSI EN 319 122-1 §6) made piece by piece as DER, and its growth to CAdES-T by a timestamp.

Whoever holds the key signs the attributes: a software key here, a token elsewhere. Reading what people upload:
DER, PEM and base64 come to the same bytes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from dopusk.trust import certificates, der, gost
from dopusk.trust.certificates import Certificate
from dopusk.trust.keys import PrivateKey

Sign = Callable[[bytes], bytes]
"""Signed attributes (a DER SET) → the signature value as its algorithm has it: RSA PKCS#1 v1.5 and ECDSA (DER) over
SHA-256, GOST R 34.10-2012 s‖r over Streebog of the key's size."""

LARGEST_UPLOAD: Final = 200_000  # bytes

_NULL: Final = b"\x05\x00"
_SHA256: Final = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
_STREEBOG: Final = {
    256: der.sequence(der.oid("1.2.643.7.1.1.2.2")),
    512: der.sequence(der.oid("1.2.643.7.1.1.2.3")),
}
_SIGNATURE: Final = {
    "rsa": der.sequence(der.oid("1.2.840.113549.1.1.1"), _NULL),
    "ec": der.ECDSA_SHA256,
    "gost2012_256": der.sequence(der.oid("1.2.643.7.1.1.1.1")),
    "gost2012_512": der.sequence(der.oid("1.2.643.7.1.1.1.2")),
}
_UNSIGNED: Final = 0xA1
_ARMOUR: Final = re.compile(
    rb"-----BEGIN (CMS|PKCS7|PKCS #7 SIGNED DATA|SIGNATURE)-----([^-]*)-----END \1-----", re.ASCII
)


class NotSignature(ValueError):
    """What was uploaded is no signature whatever its form.

    ``code``: ``empty``, ``large`` (over :data:`LARGEST_UPLOAD`), ``several`` (PEM blocks), ``unreadable``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def create(
    content: bytes,
    certificate: bytes,
    sign: Sign,
    *,
    chain: Sequence[bytes] = (),
    at: datetime | None,
    attached: bool = False,
) -> bytes:
    """A CMS (DER) over the content: CAdES-BES with the certificate, and those of ``chain``, in it (all DER).

    at: the signer's own word about the time (aware), or None for none. ValueError when the key of the certificate
    is of no kind that can sign here.
    """
    signer = certificates.read(certificate)
    algorithm = _SIGNATURE.get(signer.algorithm)
    if algorithm is None:
        raise ValueError(f"no signatures are made with {signer.algorithm} keys")
    named, digest = _digest(signer)
    attributes = der.set_of(
        der.attribute(der.CONTENT_TYPE, der.DATA),
        der.attribute(der.MESSAGE_DIGEST, der.octets(digest(content))),
        der.attribute(der.SIGNING_CERTIFICATE, _meant(signer, named, digest)),
        *([der.attribute(der.SIGNING_TIME, _time(at))] if at else []),
    )
    information = der.sequence(
        der.integer(1),
        der.sequence(signer.issuer_der, signer.serial_der),
        named,
        b"\xa0" + attributes[1:],  # the same bytes under an implicit tag, RFC 5652 §5.4
        algorithm,
        der.octets(sign(attributes)),
    )
    return der.sequence(
        der.SIGNED_DATA,
        der.explicit(
            0,
            der.sequence(
                der.integer(1),
                der.set_of(named),
                der.sequence(der.DATA, *([der.explicit(0, der.octets(content))] if attached else [])),
                b"\xa0" + der.set_of(*{certificate, *chain})[1:],
                der.set_of(information),
            ),
        ),
    )


def _digest(signer: Certificate) -> tuple[bytes, Callable[[bytes], bytes]]:
    """AlgorithmIdentifier and function of the digest that goes with a key of this kind."""
    if signer.algorithm == "gost2012_256":
        return _STREEBOG[256], gost.streebog256
    if signer.algorithm == "gost2012_512":
        return _STREEBOG[512], gost.streebog512
    return _SHA256, lambda data: hashlib.sha256(data).digest()


def _meant(signer: Certificate, named: bytes, digest: Callable[[bytes], bytes]) -> bytes:
    """SigningCertificateV2 (RFC 5035 §3): SHA-256 is the default, and DER leaves defaults out."""
    issuer = der.sequence(der.explicit(4, signer.issuer_der))  # GeneralNames of one directoryName
    essential = der.sequence(
        b"" if named == _SHA256 else named,
        der.octets(digest(signer.der)),
        der.sequence(issuer, signer.serial_der),
    )
    return der.sequence(der.sequence(essential))


def _time(at: datetime) -> bytes:
    """UTCTime up to 2049, GeneralizedTime from then on (RFC 5652 §11.3)."""
    moment = at.astimezone(UTC)
    if moment.year < 2050:
        return der.element(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return der.element(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def signer(key: PrivateKey | bytes) -> Sign:
    """Signs with a software key: an RSA or EC object, or a GOST one in PKCS#8 PEM (needs the engine)."""
    if isinstance(key, bytes):
        return lambda data: gost.sign_raw(key, data)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))
    return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())


# ── the timestamp ──


def timestamp_digest(cms: bytes) -> bytes:
    """SHA-256 of the signature value: what a timestamping authority is asked about (RFC 3161, appendix A).

    NotDer when the CMS is not strict DER with one signer.
    """
    return hashlib.sha256(_place(cms).value).digest()


def with_timestamp(cms: bytes, token: bytes) -> bytes:
    """The CMS with the token (DER) as its signature timestamp, in place of one that is there; signed parts keep
    every byte. NotDer when either is not strict DER.
    """
    place = _place(cms)
    kept = [one.raw for one in place.unsigned if one.parts[0].dotted() != der.TIMESTAMP_TOKEN]
    unsigned = der.set_of(*kept, der.attribute(der.TIMESTAMP_TOKEN, der.parse(token).raw))
    made = place.signer_before + b"\xa1" + unsigned[1:]
    information = der.element(0x30, made)
    data = der.element(0x30, place.data_before, der.element(0x31, information))
    return der.sequence(der.SIGNED_DATA, der.explicit(0, data))


@dataclass(frozen=True)
class _Place:
    """Where the one signer's value and unsigned attributes are, and the octets before them."""

    value: bytes
    unsigned: tuple[der.Element, ...]
    signer_before: bytes
    data_before: bytes


def _place(cms: bytes) -> _Place:
    whole = der.Parts(der.parse(cms))
    if whole.take(0x06).raw != der.SIGNED_DATA:
        raise der.NotDer("shape")
    data = der.Parts(whole.take(0xA0), 0xA0).take(0x30)
    signers = data.parts[-1].parts if data.parts else ()
    if len(signers) != 1 or data.parts[-1].tag != 0x31:
        raise der.NotDer("shape")
    parts = list(signers[0].parts)
    last = parts.pop() if parts and parts[-1].tag == _UNSIGNED else None
    unsigned = last.parts if last else ()
    if not parts or parts[-1].tag != 0x04 or any(one.tag != 0x30 or not one.parts for one in unsigned):
        raise der.NotDer("shape")
    return _Place(
        value=parts[-1].body,
        unsigned=unsigned,
        signer_before=b"".join(part.raw for part in parts),
        data_before=b"".join(part.raw for part in data.parts[:-1]),
    )


# ── what people upload ──


def read_upload(data: bytes) -> bytes:
    """The DER of a signature given as DER, PEM or base64 text; :class:`NotSignature`. Nothing in it is judged."""
    if len(data) > LARGEST_UPLOAD:
        raise NotSignature("large")
    if not data.strip():
        raise NotSignature("empty")
    if data[:1] == b"\x30" and data[1:2] > b"\x7f":  # no text begins so
        return data
    text = data.removeprefix(b"\xef\xbb\xbf")
    blocks = _ARMOUR.findall(text)
    if len(blocks) > 1:
        raise NotSignature("several")
    body = b"".join((blocks[0][1] if blocks else text).split())
    try:
        decoded = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise NotSignature("unreadable") from None
    if decoded[:1] != b"\x30":
        raise NotSignature("unreadable")
    return decoded
