"""Certificates as those see them who were given one: RSA, EC and GOST alike, and the digests people name them by."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from dopusk.trust import der, gost

# what the library raises when extensions of strangers are broken: a TLS feature of no kind, an unknown reason, …
UNREADABLE: Final = (
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)
_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_KEYS: Final = {"1.2.840.113549.1.1.1": "rsa", "1.2.840.10045.2.1": "ec"} | {
    dotted: f"gost2012_{bits}" for dotted, bits in gost.KEY_OIDS.items()
}
_SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
# what Russian certificates carry (order 795 of the ФСБ) and RFC 4514 has no short names for
_NAMES: Final = {
    NameOID.SURNAME: "SN",
    NameOID.GIVEN_NAME: "GN",
    NameOID.TITLE: "T",
    NameOID.EMAIL_ADDRESS: "E",
    NameOID.INN: "INN",
    NameOID.OGRN: "OGRN",
    NameOID.SNILS: "SNILS",
    x509.ObjectIdentifier("1.2.643.100.4"): "INNLE",
    x509.ObjectIdentifier("1.2.643.100.5"): "OGRNIP",
}


class NotACertificate(ValueError):
    """The bytes are no X.509 certificate that can be read, or are more than one.

    ``code``: ``empty``, ``several`` (PEM blocks), ``unreadable``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Certificate:
    """A certificate as it was read; two are equal when their bytes are.

    subject, issuer: as RFC 4514 writes names, the most particular first. serial: lower hex, whole octets.
    not_before, not_after: aware. algorithm: of the key, ``rsa``, ``ec``, ``gost2012_256``, ``gost2012_512``,
    or ``other``, with which nothing can be verified here. spki: SubjectPublicKeyInfo, DER. issuer_der, serial_der,
    key_identifier (empty when there is none): what a CMS names a signer by. subject_der: Name, DER.
    """

    der: bytes = field(repr=False)
    subject: str = field(compare=False)
    issuer: str = field(compare=False)
    serial: str = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    algorithm: str = field(compare=False)
    spki: bytes = field(compare=False, repr=False)
    issuer_der: bytes = field(compare=False, repr=False)
    serial_der: bytes = field(compare=False, repr=False)
    key_identifier: bytes = field(compare=False, repr=False)
    subject_der: bytes = field(compare=False, repr=False)

    @cached_property
    def parsed(self) -> x509.Certificate:
        """The library's view of it; of a GOST one everything but the key."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def gost(self) -> bool:
        """Whether its key is one of GOST R 34.10-2012."""
        return self.algorithm.startswith("gost")


def read(pem_or_der: bytes) -> Certificate:
    """One certificate, PEM (text may stand around it) or DER; :class:`NotACertificate`."""
    if not pem_or_der.strip():
        raise NotACertificate("empty")
    blocks = [] if pem_or_der.startswith(b"\x30") else _PEM.findall(pem_or_der)
    if len(blocks) > 1:
        raise NotACertificate("several")
    try:
        encoded = base64.b64decode(b"".join(blocks[0].split()), validate=True) if blocks else pem_or_der
        return _read(encoded)
    except (ValueError, TypeError, x509.InvalidVersion):
        raise NotACertificate("unreadable") from None


def _read(encoded: bytes) -> Certificate:
    fields = der.Parts(der.Parts(der.parse(encoded)).take())
    fields.maybe(0xA0)  # the version
    serial, _, issuer, _, subject, spki = (fields.take() for _ in range(6))
    loaded = x509.load_der_x509_certificate(encoded)
    return Certificate(
        der=encoded,
        subject=loaded.subject.rfc4514_string(_NAMES),
        issuer=loaded.issuer.rfc4514_string(_NAMES),
        serial=serial.body.lstrip(b"\0").hex() or "00",
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
        algorithm=_KEYS.get(der.Parts(der.Parts(spki).take()).take().dotted(), "other"),
        spki=spki.raw,
        issuer_der=issuer.raw,
        serial_der=serial.raw,
        key_identifier=_key_identifier(fields.rest()),
        subject_der=subject.raw,
    )


def _key_identifier(rest: list[der.Element]) -> bytes:
    """The value of the extension of RFC 5280 §4.2.1.2, or nothing."""
    for extensions in (der.Parts(element, 0xA3).take() for element in rest if element.tag == 0xA3):
        for extension in extensions.parts:
            if der.Parts(extension).take().dotted() == _SUBJECT_KEY_IDENTIFIER:
                return der.parse(extension.parts[-1].body).body
    return b""


def pem(encoded: bytes) -> bytes:
    """The PEM file OpenSSL writes of a certificate (DER)."""
    lines = base64.b64encode(encoded)
    body = b"".join(lines[at : at + 64] + b"\n" for at in range(0, len(lines), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def fingerprints(encoded: bytes) -> dict[str, str]:
    """Digests of a certificate (DER) that people take for its hash, lower hex, by name.

    ``sha1``, ``sha256``, ``streebog256`` over the DER; with the prefix ``pem_`` over the PEM file OpenSSL writes,
    ``pem_crlf_`` over the same with Windows' ends of line, ``pem_bare_`` without its last end of line.
    """
    text = pem(encoded)
    texts = {
        "": encoded,
        "pem_": text,
        "pem_crlf_": text.replace(b"\n", b"\r\n"),
        "pem_bare_": text.rstrip(b"\n"),
    }
    return {
        prefix + name: digest
        for prefix, octets in texts.items()
        for name, digest in (
            ("sha1", hashlib.sha1(octets, usedforsecurity=False).hexdigest()),
            ("sha256", hashlib.sha256(octets).hexdigest()),
            ("streebog256", gost.streebog256(octets).hex()),
        )
    }
