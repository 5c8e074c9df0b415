"""Answers about single certificates (RFC 6960), signed by RSA, EC or GOST.

Whoever answers does so from the state of now: no nextUpdate is given, newer news can always be had (§2.4).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from dopusk.trust import der, gost
from dopusk.trust.issuers import REASONS, Issuer, Revoked, key_identifier
from dopusk.trust.signing_keys import SigningKey

LARGEST: Final = 4096  # bytes of a question
MOST: Final = 20  # certificates asked about at once
_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
_LONGEST_NONCE: Final = 32  # RFC 9654 §2.1 lets us refuse longer ones
_MALFORMED, _TRY_LATER = 1, 3
_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "1.3.14.3.2.26": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
    "2.16.840.1.101.3.4.2.2": lambda data: hashlib.sha384(data).digest(),
    "2.16.840.1.101.3.4.2.3": lambda data: hashlib.sha512(data).digest(),
    "1.2.643.7.1.1.2.2": gost.streebog256,
    "1.2.643.7.1.1.2.3": gost.streebog512,
}

Standings = Callable[[Sequence[int]], Mapping[int, Revoked | None]]
"""Serial numbers → what is known of those issued: revoked and how, or None for good. Others are left out."""


@dataclass(frozen=True)
class _Asked:
    identifier: bytes  # CertID as it came
    algorithm: str
    name_hash: bytes
    key_hash: bytes
    serial_number: int


@dataclass(frozen=True)
class Responder:
    """Who answers in an issuer's name: its key and certificate (DER)."""

    issuer: Issuer
    key: SigningKey
    certificate: bytes

    def answer(self, question: bytes, standings: Standings, now: datetime) -> bytes:
        """The response (DER) to a request (DER); one that cannot be read is told so, unsigned, by the protocol."""
        try:
            asked, nonce = _read(question)
        except der.NotDer:
            return refusal(_MALFORMED)
        ours = [one for one in asked if self._issued_here(one)]
        known = standings([one.serial_number for one in ours]) if ours else {}
        lines = [
            der.sequence(
                one.identifier, _standing(one.serial_number, known if one in ours else {}), _time(now)
            )
            for one in asked
        ]
        content = der.sequence(
            der.explicit(2, der.octets(key_identifier(self.key.spki))),
            _time(now),
            der.sequence(*lines),
            der.explicit(1, der.sequence(nonce)) if nonce else b"",
        )
        basic = self.key.signed(content)
        with_certificate = der.sequence(
            der.parse(basic).body, der.explicit(0, der.sequence(self.certificate))
        )
        return der.sequence(
            der.element(0x0A, b"\0"),
            der.explicit(0, der.sequence(der.oid(_BASIC), der.octets(with_certificate))),
        )

    @cached_property
    def _key_bits(self) -> bytes:
        return der.parse(self.issuer.key.spki).parts[1].body[1:]

    def _issued_here(self, one: _Asked) -> bool:
        digest = _HASHES.get(one.algorithm)
        return (
            digest is not None
            and digest(self.issuer.name) == one.name_hash
            and digest(self._key_bits) == one.key_hash
        )


def refusal(status: int = _TRY_LATER) -> bytes:
    """An answer without one (§4.2.1): 1 malformed, 2 internal error, 3 try later, 6 unauthorised."""
    return der.sequence(der.element(0x0A, bytes((status,))))


def _read(question: bytes) -> tuple[list[_Asked], bytes]:
    """What is asked, and the extension with the nonce (DER) or nothing; der.NotDer."""
    if len(question) > LARGEST:
        raise der.NotDer("too_many")
    content = der.Parts(der.Parts(der.parse(question)).take(0x30))
    content.maybe(0xA0)  # the version
    content.maybe(0xA1)  # who asks
    asked = [_asked(der.Parts(one).take(0x30)) for one in content.take(0x30).parts]
    extensions = content.maybe(0xA2)
    content.end()
    if not 0 < len(asked) <= MOST:
        raise der.NotDer("shape")
    return asked, _nonce(extensions) if extensions else b""


def _asked(identifier: der.Element) -> _Asked:
    parts = der.Parts(identifier)
    algorithm = der.Parts(parts.take(0x30)).take().dotted()
    name_hash, key_hash, serial = parts.take(0x04), parts.take(0x04), parts.take(0x02)
    parts.end()
    return _Asked(
        identifier.raw,
        algorithm,
        name_hash.body,
        key_hash.body,
        int.from_bytes(serial.body, "big", signed=True),
    )


def _nonce(extensions: der.Element) -> bytes:
    for extension in der.Parts(extensions, 0xA2).take(0x30).parts:
        if der.Parts(extension).take().dotted() == _NONCE:
            value = extension.parts[-1].body
            if not 0 < len(value) <= _LONGEST_NONCE + 2:
                raise der.NotDer("shape")
            return extension.raw
    return b""


def _standing(serial_number: int, known: Mapping[int, Revoked | None]) -> bytes:
    """CertStatus (§4.2.1)."""
    if serial_number not in known:
        return der.element(0x82)
    revoked = known[serial_number]
    if revoked is None:
        return der.element(0x80)
    reason = REASONS[revoked.reason]
    said = der.explicit(0, der.element(0x0A, bytes((reason,)))) if reason else b""
    return der.explicit(1, _time(revoked.revoked_at), said)


def _time(at: datetime) -> bytes:
    return der.element(0x18, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())
