"""What a CMS SignedData (RFC 5652) of one signer over data consists of, read strictly: DER and nothing else.

Nothing is verified here; :mod:`dopusk.trust.cms` does that.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from dopusk.trust import der
from dopusk.trust.certificates import Certificate, NotACertificate
from dopusk.trust.certificates import read as certificate_of

_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"

DIGESTS: Final = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "1.2.643.2.2.9": "gost94",
    "1.2.643.7.1.1.2.2": "streebog256",
    "1.2.643.7.1.1.2.3": "streebog512",
}
# name of the scheme, and of the digest where the identifier fixes it
SIGNATURES: Final[dict[str, tuple[str, str]]] = {
    "1.2.840.113549.1.1.1": ("rsa", ""),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.113549.1.1.10": ("rsa-pss", ""),
    "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
    "1.2.643.7.1.1.1.1": ("gost2012_256", "streebog256"),
    "1.2.643.7.1.1.3.2": ("gost2012_256", "streebog256"),
    "1.2.643.7.1.1.1.2": ("gost2012_512", "streebog512"),
    "1.2.643.7.1.1.3.3": ("gost2012_512", "streebog512"),
}
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"  # version 1, RFC 2634
_SINGLE: Final = {
    der.CONTENT_TYPE,
    der.MESSAGE_DIGEST,
    der.SIGNING_TIME,
    der.SIGNING_CERTIFICATE,
    _SIGNING_CERTIFICATE,
}
_UNNAMED: Final = {1: "1.3.14.3.2.26", 2: "2.16.840.1.101.3.4.2.1"}  # digests of certificates, RFC 5035
_SHORT_TIME: Final = re.compile(r"[0-9]{12}Z", re.ASCII)
_LONG_TIME: Final = re.compile(r"[0-9]{14}Z", re.ASCII)


class NotSigned(ValueError):
    """It is no SignedData of one signer over data.

    ``code``: ``not_cms`` (``why``: ``other_type`` of the whole or of its content, ``digests``: the signer's is not
    announced, ``attributes``, ``certificates``: one cannot be read), ``no_signer``, ``several_signers``.
    """

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why)
        self.code, self.why = code, why


@dataclass(frozen=True)
class Algorithm:
    """AlgorithmIdentifier; NULL counts as no parameters."""

    dotted: str
    parameters: der.Element | None


@dataclass(frozen=True)
class SignedData:
    """What its one signer signed and how; names of algorithms are the identifier in dots when not known."""

    content: bytes | None
    embedded: tuple[Certificate, ...]
    signer_id: der.Element
    digest: Algorithm
    signature: Algorithm
    attributes: "Attributes | None"
    value: bytes
    timestamp: (
        bytes | None
    )  # the signature timestamp (RFC 3161, appendix A): a token in DER, judged by nobody yet

    @property
    def digest_name(self) -> str:
        return DIGESTS.get(self.digest.dotted, self.digest.dotted)

    @property
    def signature_name(self) -> str:
        return SIGNATURES.get(self.signature.dotted, (self.signature.dotted, ""))[0]


@dataclass(frozen=True)
class Attributes:
    """Signed attributes. ``signed``: the SET that was signed (RFC 5652 §5.4); ``certificates``: digests of the
    signer's certificate, by name and value, of RFC 5035's attributes.
    """

    signed: bytes
    digest: bytes
    signed_at: datetime | None
    certificates: tuple[tuple[str, bytes], ...]


def read(whole: der.Element, kind: str = _DATA) -> SignedData:
    """Of a ContentInfo with SignedData in it (RFC 5652 §3, §5.1); :class:`NotSigned`, or NotDer("shape").

    kind: the type of what is signed, in dots: data, or what a timestamping authority signs.
    """
    info = der.Parts(whole)
    if info.take(0x06).dotted() != _SIGNED_DATA:
        raise NotSigned("not_cms", "other_type")
    wrapped = der.Parts(info.take(), 0xA0)
    info.end()
    data = der.Parts(wrapped.take())
    wrapped.end()
    if data.take(0x02).body not in {b"\1", b"\3", b"\4", b"\5"}:
        raise der.NotDer("shape")
    digests = {_digest(one).dotted for one in data.take(0x31).parts}
    content = _content(der.Parts(data.take()), kind)
    embedded = data.maybe(0xA0)
    data.maybe(0xA1)  # revocation lists: whoever judges the certificate has his own
    signers = data.take(0x31).parts
    data.end()
    if len(signers) != 1:
        raise NotSigned("several_signers" if signers else "no_signer")
    certificates = tuple(map(_certificate, embedded.parts)) if embedded else ()
    found = _signer(signers[0], content, certificates, kind)
    if found.digest.dotted not in digests:
        raise NotSigned("not_cms", "digests")
    return found


def _content(encapsulated: der.Parts, kind: str) -> bytes | None:
    if encapsulated.take(0x06).dotted() != kind:
        raise NotSigned("not_cms", "other_type")
    wrapped = encapsulated.maybe(0xA0)
    encapsulated.end()
    if wrapped is None:
        return None
    inner = der.Parts(wrapped, 0xA0)
    content = inner.take(0x04).body
    inner.end()
    return content


def _certificate(element: der.Element) -> Certificate:
    try:
        return certificate_of(element.raw)
    except NotACertificate:
        raise NotSigned("not_cms", "certificates") from None


def _signer(
    element: der.Element, content: bytes | None, embedded: tuple[Certificate, ...], kind: str
) -> SignedData:
    """SignerInfo (RFC 5652 §5.3)."""
    info = der.Parts(element)
    version, signer_id, digest = info.take(0x02).body, info.take(), _digest(info.take())
    if (version, signer_id.tag) not in {(b"\1", 0x30), (b"\3", 0x80)}:
        raise der.NotDer("shape")
    attributes = info.maybe(0xA0)
    signature, value = algorithm(info.take()), info.take(0x04).body
    unsigned = info.maybe(0xA1)
    info.end()
    read = _attributes(attributes, kind) if attributes else None
    stamp = _timestamp(unsigned) if unsigned else None
    return SignedData(content, embedded, signer_id, digest, signature, read, value, stamp)


def _timestamp(unsigned: der.Element) -> bytes | None:
    """The signature timestamp, of which there may be one; other unsigned attributes say nothing to us."""
    found = [one for one in unsigned.parts if der.Parts(one).take(0x06).dotted() == der.TIMESTAMP_TOKEN]
    values = [value for one in found if len(one.parts) == 2 for value in one.parts[1].parts]
    if len(found) > 1 or len(values) != len(found):
        raise NotSigned("not_cms", "attributes")
    return values[0].raw if values else None


def algorithm(element: der.Element) -> Algorithm:
    """AlgorithmIdentifier."""
    parts = der.Parts(element)
    dotted, rest = parts.take(0x06).dotted(), parts.rest()
    if len(rest) > 1:
        raise der.NotDer("shape")
    return Algorithm(dotted, rest[0] if rest and rest[0].tag != 0x05 else None)


def _digest(element: der.Element) -> Algorithm:
    """DigestAlgorithmIdentifier: none that we know has parameters."""
    found = algorithm(element)
    if found.parameters is not None:
        raise der.NotDer("shape")
    return found


def _attributes(element: der.Element, of: str) -> Attributes:
    """Signed attributes (RFC 5652 §5.3, §11): DER even where the rest need not be, so in DER's order."""
    encoded = [attribute.raw for attribute in element.parts]
    by_type: dict[str, tuple[der.Element, ...]] = {}
    for attribute in element.parts:
        parts = der.Parts(attribute)
        kind, values = parts.take(0x06).dotted(), parts.take(0x31).parts
        parts.end()
        if kind in by_type or not values:
            raise NotSigned("not_cms", "attributes")
        by_type[kind] = values
    if encoded != sorted(encoded) or not {der.CONTENT_TYPE, der.MESSAGE_DIGEST} <= by_type.keys():
        raise NotSigned("not_cms", "attributes")
    if any(len(by_type[kind]) != 1 for kind in by_type.keys() & _SINGLE):
        raise NotSigned("not_cms", "attributes")
    digest = by_type[der.MESSAGE_DIGEST][0]
    if by_type[der.CONTENT_TYPE][0].dotted() != of or digest.tag != 0x04:
        raise NotSigned("not_cms", "attributes")
    return Attributes(
        signed=b"\x31" + element.raw[1:],
        digest=digest.body,
        signed_at=_time(by_type[der.SIGNING_TIME][0]) if der.SIGNING_TIME in by_type else None,
        certificates=tuple(
            _meant(by_type[kind][0], version)
            for version, kind in ((1, _SIGNING_CERTIFICATE), (2, der.SIGNING_CERTIFICATE))
            if kind in by_type
        ),
    )


def _time(element: der.Element) -> datetime:
    """UTCTime or GeneralizedTime as RFC 5652 §11.3 wants them: with seconds, without fractions, in Zulu time."""
    text = element.body.decode("ascii", errors="replace")
    if element.tag == 0x17 and _SHORT_TIME.fullmatch(text):
        text = ("19" if text >= "5" else "20") + text
    elif element.tag != 0x18 or not _LONG_TIME.fullmatch(text):
        raise NotSigned("not_cms", "attributes")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise NotSigned("not_cms", "attributes") from None


def _meant(element: der.Element, version: int) -> tuple[str, bytes]:
    """Which certificate the signer meant: the first of SigningCertificate or …V2 (RFC 5035 §5.4, §3)."""
    first = der.Parts(der.Parts(der.Parts(element).take()).take())
    by = first.maybe(0x30) if version == 2 else None
    named = algorithm(by).dotted if by else _UNNAMED[version]
    return DIGESTS.get(named, named), first.take(0x04).body
