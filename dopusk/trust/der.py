"""A few lines of DER (X.690): enough to write the structures we sign, byte for byte, and to read strictly."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from asn1crypto import core

_CONSTRUCTED: Final = {0x08, 0x0B, 0x10, 0x11}  # EXTERNAL, EMBEDDED PDV, SEQUENCE, SET
_DEEPEST: Final = 40
_MOST: Final = 20_000  # elements: a CMS with a long chain has some hundreds
_LONGEST_OID: Final = 64  # octets
_MOMENT: Final = re.compile(r"([0-9]{14})(?:\.([0-9]*[1-9]))?Z", re.ASCII)


class NotDer(ValueError):
    """The bytes are not DER.

    ``code``: ``empty``, ``truncated`` (an element ends behind the end), ``trailing`` (bytes after the end),
    ``indefinite`` (BER's indefinite length), ``length`` (not the shortest form), ``tag`` (of several bytes),
    ``form`` (constructed where DER has primitive, or the other way round), ``value`` (a boolean, integer,
    null, bit string or identifier that DER writes otherwise), ``too_deep``, ``too_many``, ``shape`` (of
    :class:`Parts` and :meth:`Element.dotted`: good DER of something else).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Element:
    """One element as it was read: identifier octet, content, all its octets, and the parts of a constructed one."""

    tag: int
    body: bytes
    raw: bytes
    parts: tuple["Element", ...]

    def dotted(self) -> str:
        """An OBJECT IDENTIFIER in dots; NotDer("shape") when it is none."""
        if self.tag != 0x06:
            raise NotDer("shape")
        return str(core.ObjectIdentifier(contents=self.body).dotted)


class Parts:
    """What is in an element of this tag, taken one after another; NotDer("shape") when it is something else."""

    def __init__(self, element: Element, tag: int = 0x30) -> None:
        if element.tag != tag:
            raise NotDer("shape")
        self._left = list(element.parts)

    def take(self, tag: int | None = None) -> Element:
        """The next one, which must be of this tag, if one is given."""
        if not self._left or (tag is not None and self._left[0].tag != tag):
            raise NotDer("shape")
        return self._left.pop(0)

    def maybe(self, tag: int) -> Element | None:
        """The next one if it is of this tag."""
        return self._left.pop(0) if self._left and self._left[0].tag == tag else None

    def rest(self) -> list[Element]:
        """All that is left."""
        taken, self._left = self._left, []
        return taken

    def end(self) -> None:
        """Nothing may be left."""
        if self._left:
            raise NotDer("shape")


def parse(data: bytes) -> Element:
    """Exactly one element with all that is in it; :class:`NotDer` when anything in it is not DER."""
    if not data:
        raise NotDer("empty")
    left = [_MOST]
    found, end = _element(data, 0, len(data), _DEEPEST, left)
    if end != len(data):
        raise NotDer("trailing")
    return found


def heads(data: bytes) -> tuple[Element, ...]:
    """What one constructed element consists of, without looking into that: for what is too large to be walked."""
    body, end = _span(data, 1, len(data)) if len(data) > 1 else (0, 0)
    if end != len(data) or not end or not data[0] & 0x20:
        raise NotDer("shape")
    found, at = [], body
    while at < end:
        if end - at < 2 or data[at] & 0x1F == 0x1F:
            raise NotDer("shape")
        inner, behind = _span(data, at + 1, end)
        found.append(Element(data[at], data[inner:behind], data[at:behind], ()))
        at = behind
    return tuple(found)


def _element(data: bytes, start: int, limit: int, deep: int, left: list[int]) -> tuple[Element, int]:
    left[0] -= 1
    if left[0] < 0:
        raise NotDer("too_many")
    if not deep:
        raise NotDer("too_deep")
    if limit - start < 2:
        raise NotDer("truncated")
    tag = data[start]
    if tag & 0x1F == 0x1F:
        raise NotDer("tag")
    body, end = _span(data, start + 1, limit)
    constructed = bool(tag & 0x20)
    if tag < 0x40 and constructed != (tag & 0x1F in _CONSTRUCTED):
        raise NotDer("form")
    parts = []
    if constructed:
        at = body
        while at < end:
            part, at = _element(data, at, end, deep - 1, left)
            parts.append(part)
    else:
        _check_value(tag, data[body:end])
    return Element(tag, data[body:end], data[start:end], tuple(parts)), end


def _span(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """Where the content begins and ends; ``at`` is the place of the length."""
    size, at = data[at], at + 1
    if size == 0x80:
        raise NotDer("indefinite")
    if size > 0x80:
        octets_of_length = size & 0x7F
        if octets_of_length > 4:
            raise NotDer("length")
        if limit - at < octets_of_length:
            raise NotDer("truncated")
        size = int.from_bytes(data[at : at + octets_of_length], "big")
        if size < 0x80 or size < 1 << 8 * (octets_of_length - 1):
            raise NotDer("length")
        at += octets_of_length
    if limit - at < size:
        raise NotDer("truncated")
    return at, at + size


def _check_value(tag: int, body: bytes) -> None:
    """X.690 §8 and §11 of the types whose encoding could be ambiguous."""
    if tag == 0x01:
        good = body in {b"\x00", b"\xff"}
    elif tag in {0x02, 0x0A}:
        good = bool(body) and not (
            len(body) > 1 and ((body[0] == 0 and body[1] < 0x80) or (body[0] == 0xFF and body[1] >= 0x80))
        )
    elif tag == 0x03:
        good = bool(body) and body[0] < 8 and (len(body) > 1 or body[0] == 0)
    elif tag == 0x05:
        good = not body
    elif tag == 0x06:
        starts = (0, *(place + 1 for place, octet in enumerate(body[:-1]) if octet < 0x80))
        good = (
            0 < len(body) <= _LONGEST_OID and body[-1] < 0x80 and all(body[place] != 0x80 for place in starts)
        )
    else:
        good = True
    if not good:
        raise NotDer("value")


def moment(found: Element) -> datetime:
    """A GeneralizedTime (aware) as DER has it (X.690 §11.7): Zulu, with seconds, a fraction only where it tells."""
    text = found.body.decode("ascii", errors="replace")
    whole = _MOMENT.fullmatch(text) if found.tag == 0x18 else None
    if whole is None:
        raise NotDer("shape")
    try:
        seconds = datetime.strptime(whole[1] + "Z", "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise NotDer("value") from None
    return seconds + timedelta(microseconds=int((whole[2] or "").ljust(6, "0")[:6]))


def element(tag: int, *parts: bytes) -> bytes:
    """A tag of one byte, its length, the parts one after another."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of already encoded parts."""
    return element(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """SET OF, sorted as DER wants it."""
    return element(0x31, *sorted(parts))


def explicit(number: int, *parts: bytes) -> bytes:
    """A constructed context tag: [number] around the parts."""
    return element(0xA0 | number, *parts)


def octets(content: bytes) -> bytes:
    """OCTET STRING."""
    return element(0x04, content)


def integer(number: int) -> bytes:
    """A non-negative INTEGER."""
    return element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    return bytes(core.ObjectIdentifier(dotted).dump())


SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"))
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
DATA = oid("1.2.840.113549.1.7.1")
SIGNED_DATA = oid("1.2.840.113549.1.7.2")
TST_INFO = oid("1.2.840.113549.1.9.16.1.4")

# attributes of a CMS signer
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an object identifier
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"  # version 2, RFC 5035


def attribute(kind: str, value: bytes) -> bytes:
    """A CMS attribute with one value."""
    return sequence(oid(kind), set_of(value))


def signed_data(content: bytes, certificates: bytes, signer: bytes, *, version: int = 1) -> bytes:
    """CMS SignedData (RFC 5652 §5.1) with SHA-256 and one signer.

    content: EncapsulatedContentInfo; certificates: the certificates one after another, may be empty;
    signer: SignerInfo.
    """
    return sequence(
        SIGNED_DATA,
        explicit(
            0,
            sequence(
                integer(version),
                set_of(SHA256),
                content,
                explicit(0, certificates) if certificates else b"",
                set_of(signer),
            ),
        ),
    )


def signer_info(sid: bytes, attributes: bytes, signature: bytes, unsigned: bytes = b"") -> bytes:
    """CMS SignerInfo by issuer and serial number, ECDSA with SHA-256.

    attributes: the signed attributes as the SET that was signed; unsigned: encoded attributes, may be empty.
    """
    return sequence(
        integer(1),
        sid,
        SHA256,
        b"\xa0" + attributes[1:],  # the same bytes under an implicit tag, RFC 5652 §5.4
        ECDSA_SHA256,
        octets(signature),
        explicit(1, unsigned) if unsigned else b"",
    )
