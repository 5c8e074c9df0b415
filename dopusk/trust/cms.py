"""CMS SignedData (RFC 5652) of one signer over data: what is in it, and whether it is right.

Read strictly: DER only, nothing behind its end, nothing twice. Who may sign is the caller's list of certificates;
their terms, purposes and issuers are the caller's business too. RSA (PKCS#1 v1.5, PSS) and EC by `cryptography`,
GOST by :mod:`dopusk.trust.gost`, so that verifying needs no engine.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key, pkcs7

from dopusk.trust import der, gost
from dopusk.trust.certificates import Certificate, NotACertificate
from dopusk.trust.certificates import read as certificate_of
from dopusk.trust.keys import PrivateKey

_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"

_DIGESTS: Final = {
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
_COMPUTED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha384": lambda data: hashlib.sha384(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "streebog256": gost.streebog256,
    "streebog512": gost.streebog512,
}
_OF_CERTIFICATES: Final = _COMPUTED | {  # of nothing but certificates: SHA-1 is all that version 1 knows
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest()
}
_SHA2: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# name of the scheme and the digest its identifier fixes, if any
_SIGNATURES: Final[dict[str, tuple[str, str]]] = {
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
_KEY_OF: Final = {"rsa": "rsa", "rsa-pss": "rsa", "ecdsa": "ec"}  # GOST's have the same name
_MGF1: Final = "1.2.840.113549.1.1.8"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"  # version 1, RFC 2634
_SINGLE: Final = {
    der.CONTENT_TYPE,
    der.MESSAGE_DIGEST,
    der.SIGNING_TIME,
    der.SIGNING_CERTIFICATE,
    _SIGNING_CERTIFICATE,
}
_SHORT_TIME: Final = re.compile(r"[0-9]{12}Z", re.ASCII)
_LONG_TIME: Final = re.compile(r"[0-9]{14}Z", re.ASCII)
_NOTHING: Final = der.Element(0x30, b"", b"\x30\x00", ())


@dataclass(frozen=True)
class Found:
    """What the CMS says of itself.

    digest, signature: names (``sha256``, ``streebog256``; ``rsa``, ``rsa-pss``, ``ecdsa``, ``gost2012_256``), or
    the identifier in dots when it is not known. signer: the certificate that its SignerInfo names, of those given,
    else of those embedded, else None. signed_at: aware, the signer's own word. content: only when attached.
    """

    attached: bool
    signed_attributes: bool
    digest: str
    signature: str
    signer: Certificate | None
    embedded: tuple[Certificate, ...]
    signed_at: datetime | None
    content: bytes | None


@dataclass(frozen=True)
class Verdict:
    """``code``: ``good``, or the first thing that is wrong.

    ``not_cms`` (``why`` says what: a code of :class:`~dopusk.trust.der.NotDer`, or ``other_type``, ``digests``,
    ``attributes``, ``certificates``), ``no_signer``, ``several_signers``, ``algorithm_unknown``,
    ``signer_unknown`` (not among the certificates given, or another certificate is embedded under its name),
    ``content_differs`` (what is attached), ``digest_differs`` (signed attributes are of another content),
    ``signature_wrong``. Without signed attributes a detached signature of another content is ``signature_wrong``.
    """

    code: str
    found: Found | None
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether a certificate of those given signed exactly this content."""
        return self.code == "good"


class _Not(ValueError):
    """It is no CMS of ours: the verdict's code and why."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why)
        self.code, self.why = code, why


@dataclass(frozen=True)
class _Algorithm:
    dotted: str
    parameters: der.Element | None


@dataclass(frozen=True)
class _Read:
    content: bytes | None
    embedded: tuple[Certificate, ...]
    signer_id: der.Element
    digest: _Algorithm
    signature: _Algorithm
    attributes: "_Attributes | None"
    value: bytes

    @property
    def digest_name(self) -> str:
        return _DIGESTS.get(self.digest.dotted, self.digest.dotted)

    @property
    def signature_name(self) -> str:
        return _SIGNATURES.get(self.signature.dotted, (self.signature.dotted, ""))[0]


@dataclass(frozen=True)
class _Attributes:
    signed: bytes  # as the SET they were signed as, RFC 5652 §5.4
    digest: bytes
    signed_at: datetime | None
    certificate: tuple[tuple[str, bytes], ...]  # digest's name and value, of RFC 5035's attributes


def verify(cms: bytes, content: bytes, certificates: Sequence[Certificate]) -> Verdict:
    """Whether one of the certificates signed this content. Anything at all may be given as ``cms``."""
    try:
        read = _read(der.parse(cms))
    except _Not as refused:
        return Verdict(refused.code, None, refused.why)
    except der.NotDer as broken:
        return Verdict("not_cms", None, broken.code)
    embedded = next((one for one in read.embedded if _names(read.signer_id, one)), None)
    named = [one for one in certificates if _names(read.signer_id, one)]
    given = embedded if embedded in named else next(iter(named), None)
    found = Found(
        attached=read.content is not None,
        signed_attributes=read.attributes is not None,
        digest=read.digest_name,
        signature=read.signature_name,
        signer=given or embedded,
        embedded=read.embedded,
        signed_at=read.attributes.signed_at if read.attributes else None,
        content=read.content,
    )
    if given is None or embedded not in {None, given}:
        return Verdict("signer_unknown", found)
    return Verdict(_judge(read, content, given), found)


def _names(signer_id: der.Element, certificate: Certificate) -> bool:
    """SignerIdentifier: issuer and serial number, or the subject key identifier."""
    if signer_id.tag == 0x80:
        return bool(signer_id.body) and signer_id.body == certificate.key_identifier
    return [part.raw for part in signer_id.parts] == [certificate.issuer_der, certificate.serial_der]


def _judge(read: _Read, content: bytes, signer: Certificate) -> str:
    name = read.digest_name
    scheme, fixed = _SIGNATURES.get(read.signature.dotted, ("", ""))
    if name not in _COMPUTED or fixed not in {"", name} or not _fits(scheme, name, signer):
        return "algorithm_unknown"
    signed = content
    if read.content is not None and read.content != content:
        return "content_differs"
    if read.attributes is not None:
        if read.attributes.digest != _COMPUTED[name](content):
            return "digest_differs"
        if any(_OF_CERTIFICATES[by](signer.der) != value for by, value in read.attributes.certificate):
            return "signer_unknown"
        signed = read.attributes.signed
    if signer.gost:
        return "good" if gost.verify_raw(signer.spki, signed, read.value) else "signature_wrong"
    return _verify(signer, read, signed)


def _fits(scheme: str, digest: str, signer: Certificate) -> bool:
    """Whether a key of this kind makes such signatures."""
    return _KEY_OF.get(scheme, scheme) == signer.algorithm and signer.gost == digest.startswith("streebog")


def _verify(signer: Certificate, read: _Read, signed: bytes) -> str:
    """RSA and EC."""
    digest = _SHA2[read.digest_name]
    try:
        key = load_der_public_key(signer.spki)
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(read.value, signed, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            scheme = _pss(read) if read.signature_name == "rsa-pss" else padding.PKCS1v15()
            if scheme is None:
                return "algorithm_unknown"
            key.verify(read.value, signed, scheme, digest)
        else:
            return "algorithm_unknown"
    except UnsupportedAlgorithm:
        return "algorithm_unknown"
    except (InvalidSignature, ValueError):
        return "signature_wrong"
    return "good"


def _pss(read: _Read) -> padding.PSS | None:
    """By RSASSA-PSS-params (RFC 4055 §3.1); None unless both digests are the signer's. The defaults mean SHA-1."""
    try:
        parameters = der.Parts(read.signature.parameters or _NOTHING)
        digest = _algorithm(der.Parts(parameters.take(0xA0), 0xA0).take())
        mask = _algorithm(der.Parts(parameters.take(0xA1), 0xA1).take())
        of_mask = _algorithm(mask.parameters or _NOTHING)
        salt = parameters.maybe(0xA2)
        length = int.from_bytes(der.Parts(salt, 0xA2).take(0x02).body, "big") if salt else 20
        parameters.end()
    except der.NotDer:
        return None
    if mask.dotted != _MGF1 or {digest.dotted, of_mask.dotted} != {read.digest.dotted} or length > 512:
        return None
    return padding.PSS(padding.MGF1(_SHA2[read.digest_name]), length)


# ── reading ──


def _read(whole: der.Element) -> _Read:
    """ContentInfo with SignedData in it (RFC 5652 §3, §5.1)."""
    info = der.Parts(whole)
    if info.take(0x06).dotted() != _SIGNED_DATA:
        raise _Not("not_cms", "other_type")
    wrapped = der.Parts(info.take(), 0xA0)
    info.end()
    data = der.Parts(wrapped.take())
    wrapped.end()
    if data.take(0x02).body not in {b"\1", b"\3", b"\4", b"\5"}:
        raise der.NotDer("shape")
    digests = {_algorithm(one).dotted for one in data.take(0x31).parts}
    content = _content(der.Parts(data.take()))
    embedded = data.maybe(0xA0)
    data.maybe(0xA1)  # revocation lists: whoever judges the certificate has his own
    signers = data.take(0x31).parts
    data.end()
    if len(signers) != 1:
        raise _Not("several_signers" if signers else "no_signer")
    read = _signer(signers[0], content, tuple(map(_certificate, embedded.parts)) if embedded else ())
    if read.digest.dotted not in digests:
        raise _Not("not_cms", "digests")
    return read


def _content(encapsulated: der.Parts) -> bytes | None:
    if encapsulated.take(0x06).dotted() != _DATA:
        raise _Not("not_cms", "other_type")
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
        raise _Not("not_cms", "certificates") from None


def _signer(element: der.Element, content: bytes | None, embedded: tuple[Certificate, ...]) -> _Read:
    """SignerInfo (RFC 5652 §5.3)."""
    info = der.Parts(element)
    version, signer_id, digest = info.take(0x02).body, info.take(), _algorithm(info.take())
    if (version, signer_id.tag) not in {(b"\1", 0x30), (b"\3", 0x80)}:
        raise der.NotDer("shape")
    attributes = info.maybe(0xA0)
    signature, value = _algorithm(info.take()), info.take(0x04).body
    info.maybe(0xA1)  # unsigned attributes
    info.end()
    read = _attributes(attributes) if attributes else None
    return _Read(content, embedded, signer_id, digest, signature, read, value)


def _algorithm(element: der.Element) -> _Algorithm:
    """AlgorithmIdentifier."""
    parts = der.Parts(element)
    dotted, rest = parts.take(0x06).dotted(), parts.rest()
    if len(rest) > 1:
        raise der.NotDer("shape")
    return _Algorithm(dotted, rest[0] if rest and rest[0].tag != 0x05 else None)


def _attributes(element: der.Element) -> _Attributes:
    """Signed attributes (RFC 5652 §5.3, §11): DER even where the rest need not be, so in DER's order."""
    encoded = [attribute.raw for attribute in element.parts]
    by_type: dict[str, tuple[der.Element, ...]] = {}
    for attribute in element.parts:
        parts = der.Parts(attribute)
        kind, values = parts.take(0x06).dotted(), parts.take(0x31).parts
        parts.end()
        if kind in by_type or not values:
            raise _Not("not_cms", "attributes")
        by_type[kind] = values
    if encoded != sorted(encoded) or not {der.CONTENT_TYPE, der.MESSAGE_DIGEST} <= by_type.keys():
        raise _Not("not_cms", "attributes")
    if any(len(by_type[kind]) != 1 for kind in by_type.keys() & _SINGLE):
        raise _Not("not_cms", "attributes")
    digest = by_type[der.MESSAGE_DIGEST][0]
    if by_type[der.CONTENT_TYPE][0].dotted() != _DATA or digest.tag != 0x04:
        raise _Not("not_cms", "attributes")
    return _Attributes(
        signed=b"\x31" + element.raw[1:],
        digest=digest.body,
        signed_at=_time(by_type[der.SIGNING_TIME][0]) if der.SIGNING_TIME in by_type else None,
        certificate=tuple(
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
        raise _Not("not_cms", "attributes")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _Not("not_cms", "attributes") from None


def _meant(element: der.Element, version: int) -> tuple[str, bytes]:
    """Which certificate the signer meant: the first of SigningCertificate or …V2 (RFC 5035 §5.4, §3)."""
    first = der.Parts(der.Parts(der.Parts(element).take()).take())
    by = first.maybe(0x30) if version == 2 else None
    name = _DIGESTS.get(_algorithm(by).dotted, "") if by else ("sha256" if version == 2 else "sha1")
    if name not in _OF_CERTIFICATES:
        raise _Not("algorithm_unknown")
    return name, first.take(0x04).body


# ── making ──


def sign(
    key: PrivateKey | bytes, certificate: bytes, content: bytes, *, attached: bool, attributes: bool
) -> bytes:
    """CMS SignedData (DER) over the content with the certificate (DER) in it.

    key: an RSA or EC key object (with SHA-256), or a GOST key in PKCS#8 PEM (needs the engine).
    """
    if isinstance(key, bytes):
        return gost.sign_cms(key, certificate, content, attached=attached, attributes=attributes)
    bare = pkcs7.PKCS7Options.NoCapabilities if attributes else pkcs7.PKCS7Options.NoAttributes
    options = [pkcs7.PKCS7Options.Binary, bare]
    options += [] if attached else [pkcs7.PKCS7Options.DetachedSignature]
    signer = x509.load_der_x509_certificate(certificate)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(signer, key, hashes.SHA256())
    return builder.sign(Encoding.DER, options)
