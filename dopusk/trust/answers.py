"""OCSP (RFC 6960): what is asked, and what an answer says, read strictly. Whom to believe is revocation's business."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dopusk.trust import algorithms, certificates, der, signed_data
from dopusk.trust.certificates import Certificate, NotACertificate

_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
_SHA1: Final = der.sequence(der.oid("1.3.14.3.2.26"), b"\x05\x00")
_DIGESTS: Final = algorithms.COMPUTED | {  # they name who is meant and protect nothing
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest()
}
_REASONS: Final = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
_ARCHIVE_CUTOFF: Final = "1.3.6.1.5.5.7.48.1.6"


class NotAnAnswer(ValueError):
    """The bytes are no OCSP answer that tells anything: broken, an error of the responder, or of unknown shape."""


@dataclass(frozen=True)
class Single:
    """Of one certificate. status: ``good``, ``revoked``, ``unknown``. understood: no critical extension is unknown."""

    named: tuple[
        str, bytes, bytes, bytes
    ]  # digest's name, of the issuer's name, of its key; serial number, DER
    status: str
    revoked_at: datetime | None
    reason: str
    this_update: datetime
    next_update: datetime | None
    cutoff: datetime | None
    understood: bool


@dataclass(frozen=True)
class Answer:
    """responder: its name (DER of Name) or SHA-1 of its key; the other is empty."""

    responder: bytes
    responder_key: bytes
    produced_at: datetime
    singles: tuple[Single, ...]
    understood: bool
    signed: bytes
    algorithm: der.Element
    value: bytes
    certificates: tuple[Certificate, ...]


def request(certificate: Certificate, issuer: Certificate) -> bytes:
    """OCSPRequest (DER) about one certificate, by SHA-1 as every responder knows it (RFC 5019 §2.1.1), no nonce."""
    name, key = _hashes("sha1", issuer)
    asked = der.sequence(_SHA1, der.octets(name), der.octets(key), certificate.serial_der)
    return der.sequence(der.sequence(der.sequence(der.sequence(asked))))


def of(single: Single, certificate: Certificate, issuer: Certificate) -> bool:
    """Whether this is said of the certificate (§4.1.1: CertID)."""
    digest, name, key, serial = single.named
    if digest not in _DIGESTS or serial != certificate.serial_der:
        return False
    return (name, key) == _hashes(digest, issuer)


def by(answer: Answer, responder: Certificate) -> bool:
    """Whether the answer names this certificate as its responder."""
    if answer.responder:
        return answer.responder == responder.subject_der
    return answer.responder_key == _hashes("sha1", responder)[1]


def _hashes(digest: str, issuer: Certificate) -> tuple[bytes, bytes]:
    """Of its name and of its key, the BIT STRING without tag, length and number of unused bits."""
    key = der.parse(issuer.spki).parts[1].body[1:]
    return _DIGESTS[digest](issuer.subject_der), _DIGESTS[digest](key)


def read(encoded: bytes) -> Answer:
    """An OCSPResponse (DER); :class:`NotAnAnswer`."""
    try:
        return _read(encoded)
    except (der.NotDer, NotACertificate, IndexError):
        raise NotAnAnswer from None


def _read(encoded: bytes) -> Answer:
    whole = der.Parts(der.parse(encoded))
    if whole.take(0x0A).body != b"\0":
        raise NotAnAnswer
    wrapped = der.Parts(whole.take(0xA0), 0xA0)
    whole.end()
    told = der.Parts(wrapped.take())
    if told.take(0x06).dotted() != _BASIC:
        raise NotAnAnswer
    basic = der.Parts(der.parse(told.take(0x04).body))
    tbs, algorithm, value, certificates_given = (
        basic.take(0x30),
        basic.take(0x30),
        basic.take(0x03),
        basic.maybe(0xA0),
    )
    basic.end()
    if value.body[:1] != b"\0":  # whole octets
        raise NotAnAnswer
    data = der.Parts(tbs)
    data.maybe(0xA0)  # version 1 is the default
    who = data.take()
    produced = der.moment(data.take(0x18))
    singles = tuple(map(_single, data.take(0x30).parts))
    further = data.maybe(0xA1)
    data.end()
    if who.tag not in {0xA1, 0xA2}:
        raise NotAnAnswer
    return Answer(
        responder=who.parts[0].raw if who.tag == 0xA1 else b"",
        responder_key=who.parts[0].body if who.tag == 0xA2 else b"",
        produced_at=produced,
        singles=singles,
        understood=not any(critical for _, critical, _ in _extensions(further)),
        signed=tbs.raw,
        algorithm=algorithm,
        value=value.body[1:],
        certificates=tuple(
            certificates.read(one.raw)
            for one in (certificates_given.parts[0].parts if certificates_given else ())
        ),
    )


def _single(element: der.Element) -> Single:
    parts = der.Parts(element)
    named = der.Parts(parts.take(0x30))
    digest, name, key, serial = named.take(0x30), named.take(0x04), named.take(0x04), named.take(0x02)
    named.end()
    status = parts.take()
    this, following, further = parts.take(0x18), parts.maybe(0xA0), parts.maybe(0xA1)
    parts.end()
    kind, revoked_at, reason = _status(status)
    dotted = signed_data.algorithm(digest).dotted
    said = _extensions(further)
    cutoff = next((value for kind_, _, value in said if kind_ == _ARCHIVE_CUTOFF), None)
    return Single(
        named=(signed_data.DIGESTS.get(dotted, dotted), name.body, key.body, serial.raw),
        status=kind,
        revoked_at=revoked_at,
        reason=reason,
        this_update=der.moment(this),
        next_update=der.moment(following.parts[0]) if following else None,
        cutoff=der.moment(der.parse(cutoff)) if cutoff else None,
        understood=not any(critical and kind_ != _ARCHIVE_CUTOFF for kind_, critical, _ in said),
    )


def _status(element: der.Element) -> tuple[str, datetime | None, str]:
    if element.tag == 0x80 and not element.body:
        return "good", None, ""
    if element.tag == 0x82 and not element.body:
        return "unknown", None, ""
    parts = der.Parts(element, 0xA1)
    revoked_at, reason = der.moment(parts.take(0x18)), parts.maybe(0xA0)
    parts.end()
    number = int.from_bytes(reason.parts[0].body, "big") if reason else 0
    return "revoked", revoked_at, _REASONS.get(number, str(number))


def _extensions(wrapped: der.Element | None) -> list[tuple[str, bool, bytes]]:
    """Identifier, whether it is critical, value; nothing may be there twice."""
    found = []
    for one in wrapped.parts[0].parts if wrapped else ():
        parts = der.Parts(one)
        kind, critical, value = parts.take(0x06).dotted(), parts.maybe(0x01), parts.take(0x04).body
        parts.end()
        found.append((kind, critical is not None and critical.body == b"\xff", value))
    if len({kind for kind, _, _ in found}) != len(found):
        raise NotAnAnswer
    return found
