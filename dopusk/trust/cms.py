"""CMS SignedData (RFC 5652) of one signer over data: what is in it, and whether it is right.

Read strictly: DER only, nothing behind its end, nothing twice. Who may sign is the caller's list of certificates;
their terms, purposes and issuers are the caller's business too. RSA (PKCS#1 v1.5, PSS) and EC by `cryptography`,
GOST by :mod:`dopusk.trust.gost`, so that verifying needs no engine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from dopusk.trust import algorithms, der, gost, signed_data
from dopusk.trust.certificates import Certificate
from dopusk.trust.keys import PrivateKey

_OF_CERTIFICATES: Final = algorithms.COMPUTED | {  # of nothing but certificates: SHA-1 is all version 1 knows
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest()
}


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
    embedded = next((one for one in read.embedded if names(read.signer_id, one)), None)
    named = [one for one in certificates if names(read.signer_id, one)]
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
    code, why = judge(read, content, given)
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


def names(signer_id: der.Element, certificate: Certificate) -> bool:
    """SignerIdentifier: issuer and serial number, or the subject key identifier."""
    if signer_id.tag == 0x80:
        return bool(signer_id.body) and signer_id.body == certificate.key_identifier
    return [part.raw for part in signer_id.parts] == [certificate.issuer_der, certificate.serial_der]


def judge(read: signed_data.SignedData, content: bytes, signer: Certificate) -> tuple[str, str]:
    """The verdict's code, and why, once it is known who should have signed."""
    name = read.digest_name
    scheme, fixed = signed_data.SIGNATURES.get(read.signature.dotted, ("", ""))
    if (
        name not in algorithms.COMPUTED
        or fixed not in {"", name}
        or not algorithms.fits(scheme, name, signer)
    ):
        return "algorithm_unknown", ""
    if read.signature.parameters is not None and scheme in {"rsa", "ecdsa"}:
        return "algorithm_unknown", ""
    signed = content
    if read.content is not None and read.content != content:
        return "content_differs", ""
    if read.attributes is not None:
        if read.attributes.digest != algorithms.COMPUTED[name](content):
            return "digest_differs", ""
        if any(by not in _OF_CERTIFICATES for by, _ in read.attributes.certificates):
            return "algorithm_unknown", ""
        if any(_OF_CERTIFICATES[by](signer.der) != value for by, value in read.attributes.certificates):
            return "signer_unknown", "substituted"
        signed = read.attributes.signed
    return _verify(signer, read, signed)


def _verify(signer: Certificate, read: signed_data.SignedData, signed: bytes) -> tuple[str, str]:
    salt = 0
    if read.signature_name == "rsa-pss":
        digest, salt = algorithms.pss(read.signature.parameters) or ("", 0)
        if digest != read.digest_name:
            return "algorithm_unknown", ""
    told = signer, read.signature_name, read.digest_name
    code = algorithms.verify(*told, signed, read.value, salt)
    if code == "signature_wrong" and algorithms.signed_something(*told, read.value):
        return code, "other_content"
    return code, ""


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
