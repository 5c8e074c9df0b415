"""CMS SignedData (RFC 5652) of one signer over data: what is in it, and whether it is right.

Read strictly: DER only, nothing behind its end, nothing twice. Who may sign is the caller's list of certificates;
their terms, purposes and issuers are the caller's business too. RSA (PKCS#1 v1.5, PSS) and EC by `cryptography`,
GOST by :mod:`dopusk.trust.gost`, so that verifying needs no engine.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key, pkcs7

from dopusk.trust import der, gost, signed_data
from dopusk.trust.certificates import Certificate
from dopusk.trust.keys import PrivateKey

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
_KEY_OF: Final = {"rsa": "rsa", "rsa-pss": "rsa", "ecdsa": "ec"}  # GOST's have the same name
_MGF1: Final = "1.2.840.113549.1.1.8"
_NOTHING: Final = der.Element(0x30, b"", b"\x30\x00", ())


@dataclass(frozen=True)
class Found:
    """What the CMS says of itself.

    digest, signature: names (``sha256``, ``streebog256``; ``rsa``, ``rsa-pss``, ``ecdsa``, ``gost2012_256``), or
    the identifier in dots when it is not known. signer: the certificate that its SignerInfo names, of those given,
    else of those embedded, else None. embedded: nobody has signed for these. signed_at: aware, the signer's own word.
    content: only when attached.
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
    ``signer_unknown`` (``why``: ``foreign``, the certificate embedded is none of those given; ``absent``, the one
    named is neither given nor embedded; ``misnamed``, so too, but one of those given is embedded: node-forge writes
    Cyrillic issuers so; ``substituted``, the signer meant another certificate of that name), ``content_differs``
    (what is attached), ``digest_differs`` (signed attributes are of another content), ``signature_wrong`` (``why``:
    ``other_content``, where an RSA signature shows that the key did sign something: without attributes and detached
    that is all there is to see of another content).
    """

    code: str
    found: Found | None
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether a certificate of those given signed exactly this content."""
        return self.code == "good"


def verify(cms: bytes, content: bytes, certificates: Sequence[Certificate]) -> Verdict:
    """Whether one of the certificates signed this content. Anything at all may be given as ``cms``."""
    try:
        read = signed_data.read(der.parse(cms))
    except signed_data.NotSigned as refused:
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
        return Verdict("signer_unknown", found, _unknown(read, given, embedded, certificates))
    code, why = _judge(read, content, given)
    return Verdict(code, found, why)


def _unknown(
    read: signed_data.SignedData,
    given: Certificate | None,
    embedded: Certificate | None,
    certificates: Sequence[Certificate],
) -> str:
    if embedded is not None:
        return "substituted" if given else "foreign"
    return "misnamed" if set(read.embedded) & set(certificates) else "absent"


def _names(signer_id: der.Element, certificate: Certificate) -> bool:
    """SignerIdentifier: issuer and serial number, or the subject key identifier."""
    if signer_id.tag == 0x80:
        return bool(signer_id.body) and signer_id.body == certificate.key_identifier
    return [part.raw for part in signer_id.parts] == [certificate.issuer_der, certificate.serial_der]


def _judge(read: signed_data.SignedData, content: bytes, signer: Certificate) -> tuple[str, str]:
    """The verdict's code, and why."""
    name = read.digest_name
    scheme, fixed = signed_data.SIGNATURES.get(read.signature.dotted, ("", ""))
    if name not in _COMPUTED or fixed not in {"", name} or not _fits(scheme, name, signer):
        return "algorithm_unknown", ""
    if read.signature.parameters is not None and scheme in {"rsa", "ecdsa"}:
        return "algorithm_unknown", ""
    signed = content
    if read.content is not None and read.content != content:
        return "content_differs", ""
    if read.attributes is not None:
        if read.attributes.digest != _COMPUTED[name](content):
            return "digest_differs", ""
        if any(by not in _OF_CERTIFICATES for by, _ in read.attributes.certificates):
            return "algorithm_unknown", ""
        if any(_OF_CERTIFICATES[by](signer.der) != value for by, value in read.attributes.certificates):
            return "signer_unknown", "substituted"
        signed = read.attributes.signed
    if signer.gost:
        return ("good" if gost.verify_raw(signer.spki, signed, read.value) else "signature_wrong"), ""
    return _verify(signer, read, signed)


def _fits(scheme: str, digest: str, signer: Certificate) -> bool:
    """Whether a key of this kind makes such signatures."""
    return _KEY_OF.get(scheme, scheme) == signer.algorithm and signer.gost == digest.startswith("streebog")


def _verify(signer: Certificate, read: signed_data.SignedData, signed: bytes) -> tuple[str, str]:
    """RSA and EC."""
    digest = _SHA2[read.digest_name]
    try:
        key = load_der_public_key(signer.spki)
    except (UnsupportedAlgorithm, ValueError):
        return "algorithm_unknown", ""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(read.value, signed, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            scheme = _pss(read) if read.signature_name == "rsa-pss" else padding.PKCS1v15()
            if scheme is None:
                return "algorithm_unknown", ""
            key.verify(read.value, signed, scheme, digest)
        else:
            return "algorithm_unknown", ""
    except UnsupportedAlgorithm:
        return "algorithm_unknown", ""
    except (InvalidSignature, ValueError):
        return "signature_wrong", "other_content" if _signed_something(key, read) else ""
    return "good", ""


def _signed_something(key: object, read: signed_data.SignedData) -> bool:
    """Whether the key made this signature, of whatever: an RSA one (PKCS#1 v1.5) tells."""
    if not isinstance(key, rsa.RSAPublicKey) or read.signature_name != "rsa":
        return False
    try:
        key.recover_data_from_signature(read.value, padding.PKCS1v15(), _SHA2[read.digest_name])
    except (InvalidSignature, ValueError):
        return False
    return True


def _pss(read: signed_data.SignedData) -> padding.PSS | None:
    """By RSASSA-PSS-params (RFC 4055 §3.1); None unless both digests are the signer's. The defaults mean SHA-1."""
    try:
        parameters = der.Parts(read.signature.parameters or _NOTHING)
        digest = signed_data.algorithm(der.Parts(parameters.take(0xA0), 0xA0).take())
        mask = signed_data.algorithm(der.Parts(parameters.take(0xA1), 0xA1).take())
        of_mask = signed_data.algorithm(mask.parameters or _NOTHING)
        salt = parameters.maybe(0xA2)
        length = int.from_bytes(der.Parts(salt, 0xA2).take(0x02).body, "big") if salt else 20
        parameters.end()
    except der.NotDer:
        return None
    if mask.dotted != _MGF1 or {digest.dotted, of_mask.dotted} != {read.digest.dotted} or length > 512:
        return None
    return padding.PSS(padding.MGF1(_SHA2[read.digest_name]), length)


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
