"""Authorities that vouch for people: roots, those that issue under them, their lists. RSA, EC and GOST alike.

The sandbox's, and good for nothing outside it. `cryptography` can write no certificate of a GOST key, so they are
written here in DER, one way for all three; profiles follow RFC 5280 and order 795 of the ФСБ. Our tests have
openssl and `cryptography` read and verify them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from dopusk.kernel.dates import add_years
from dopusk.trust import der
from dopusk.trust.authority import ROOT_YEARS
from dopusk.trust.signing_keys import SigningKey
from dopusk.trust.subjects import Subject

LONGEST_DAYS: Final = 450  # fifteen months, as accredited authorities do
CRL_TERM: Final = timedelta(days=1)
POLICY: Final = "1.2.643.100.113.1"  # КС1, the lowest class of means
_SUBJECT_SIGN_TOOL: Final = "1.2.643.100.111"
_SIGN_TOOL: Final = "Учебное средство подписи, не сертифицировано"
_CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
# RFC 5280 §5.3.1; «unspecified» is said by saying nothing
REASONS: Final = {
    "unspecified": 0,
    "keyCompromise": 1,
    "affiliationChanged": 3,
    "superseded": 4,
    "cessationOfOperation": 5,
    "certificateHold": 6,
    "privilegeWithdrawn": 9,
}
HOLD: Final = "certificateHold"


@dataclass(frozen=True)
class Pointers:
    """Where others find the issuer's certificate (DER), its list, and who answers about one certificate; http(s)."""

    issuer: str
    revoked: str
    ocsp: str = ""


@dataclass(frozen=True)
class Revoked:
    """One line of a list. reason: one of REASONS."""

    serial_number: int
    revoked_at: datetime
    reason: str = "unspecified"


@dataclass(frozen=True)
class Issuer:
    """An authority: its key and its certificate (DER)."""

    key: SigningKey
    certificate: bytes

    @cached_property
    def loaded(self) -> x509.Certificate:
        """Its certificate, parsed. Of a GOST one the public key cannot be asked for."""
        return x509.load_der_x509_certificate(self.certificate)

    @cached_property
    def name(self) -> bytes:
        """Its Name, DER."""
        return self.loaded.subject.public_bytes()

    @classmethod
    def found(cls, key: SigningKey, name: bytes, now: datetime) -> "Issuer":
        """A new root, self-signed, good for ten years from ``now`` (aware)."""
        until = datetime.combine(add_years(now, ROOT_YEARS), now.timetz())
        extensions = _authority_extensions(key.spki, path_length=1)
        return cls(key, _certificate(key, name, name, key.spki, now, until, extensions))

    def subordinate(self, key: SigningKey, name: bytes, now: datetime, pointers: Pointers) -> "Issuer":
        """An authority under this root: issues to people and not to further authorities."""
        extensions = [
            *_authority_extensions(key.spki, path_length=0),
            (x509.CertificatePolicies([_policy("2.5.29.32.0")]), False),
            *self._about_itself(pointers),
        ]
        return Issuer(key, self._issue(name, key.spki, now, self.loaded.not_valid_after_utc, extensions))

    def responder(self, spki: bytes, name: bytes, now: datetime) -> bytes:
        """The certificate (DER) of who answers in its name about single certificates (RFC 6960 §4.2.2.2)."""
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
            (x509.OCSPNoCheck(), False),
            (x509.SubjectKeyIdentifier(key_identifier(spki)), False),
            self._authority_key(),
        ]
        return self._issue(name, spki, now, self.loaded.not_valid_after_utc, extensions)

    def person(
        self, spki: bytes, subject: Subject, now: datetime, pointers: Pointers, *, days: int = 365
    ) -> bytes:
        """The certificate (DER) of a person with this key, good for so many days (1 to LONGEST_DAYS)."""
        if not 1 <= days <= LONGEST_DAYS:
            raise ValueError(f"a certificate is good for 1 to {LONGEST_DAYS} days")
        tool = der.element(0x0C, _SIGN_TOOL.encode())
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(digital_signature=True, content_commitment=True), True),
            (x509.ExtendedKeyUsage(purposes), False),
            (x509.CertificatePolicies([_policy(POLICY)]), False),
            (x509.UnrecognizedExtension(x509.ObjectIdentifier(_SUBJECT_SIGN_TOOL), tool), False),
            (x509.SubjectKeyIdentifier(key_identifier(spki)), False),
            *self._about_itself(pointers),
        ]
        until = min(now + timedelta(days=days), self.loaded.not_valid_after_utc)
        return self._issue(subject.name(), spki, now, until, extensions)

    def revocation_list(self, revoked: Iterable[Revoked], now: datetime) -> bytes:
        """The list (DER) of what was revoked, signed now, good for a day. Its number grows with the clock."""
        lines = b"".join(map(_line, revoked))
        tbs = der.sequence(
            der.integer(1),
            self.key.algorithm,
            self.name,
            _time(now),
            _time(now + CRL_TERM),
            der.sequence(lines) if lines else b"",
            der.explicit(
                0, _extensions([self._authority_key(), (x509.CRLNumber(int(now.timestamp() * 1000)), False)])
            ),
        )
        return self.key.signed(tbs)

    def _issue(
        self,
        name: bytes,
        spki: bytes,
        now: datetime,
        until: datetime,
        extensions: Sequence[tuple[x509.ExtensionType, bool]],
    ) -> bytes:
        return _certificate(self.key, self.name, name, spki, now, until, extensions)

    def _about_itself(self, pointers: Pointers) -> list[tuple[x509.ExtensionType, bool]]:
        places = [(AuthorityInformationAccessOID.CA_ISSUERS, pointers.issuer)]
        if pointers.ocsp:
            places.append((AuthorityInformationAccessOID.OCSP, pointers.ocsp))
        access = [x509.AccessDescription(kind, x509.UniformResourceIdentifier(url)) for kind, url in places]
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(pointers.revoked)], None, None, None)
        return [
            self._authority_key(),
            (x509.AuthorityInformationAccess(access), False),
            (x509.CRLDistributionPoints([point]), False),
        ]

    def _authority_key(self) -> tuple[x509.ExtensionType, bool]:
        return x509.AuthorityKeyIdentifier(key_identifier(self.key.spki), None, None), False


def key_identifier(spki: bytes) -> bytes:
    """SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, method 1): a name, no protection."""
    key = der.parse(spki).parts[1]
    return hashlib.sha1(key.body[1:], usedforsecurity=False).digest()


def _certificate(
    key: SigningKey,
    issuer: bytes,
    name: bytes,
    spki: bytes,
    now: datetime,
    until: datetime,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
) -> bytes:
    return key.signed(
        der.sequence(
            der.explicit(0, der.integer(2)),
            der.integer(x509.random_serial_number()),
            key.algorithm,
            issuer,
            der.sequence(_time(now - _CLOCK_DIFFERENCE), _time(until)),
            name,
            spki,
            der.explicit(3, _extensions(extensions)),
        )
    )


def _authority_extensions(spki: bytes, *, path_length: int) -> list[tuple[x509.ExtensionType, bool]]:
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (_usage(key_cert_sign=True, crl_sign=True), True),
        (x509.SubjectKeyIdentifier(key_identifier(spki)), False),
    ]


def _extensions(extensions: Sequence[tuple[x509.ExtensionType, bool]]) -> bytes:
    return der.sequence(
        *(
            der.sequence(
                der.oid(extension.oid.dotted_string),
                der.element(0x01, b"\xff") if critical else b"",
                der.octets(extension.public_bytes()),
            )
            for extension, critical in extensions
        )
    )


def _line(line: Revoked) -> bytes:
    reason = REASONS[line.reason]
    return der.sequence(der.integer(line.serial_number), _time(line.revoked_at), _SAID[reason])


def _said(reason: int) -> bytes:
    """crlEntryExtensions with the reason, or nothing for «unspecified»."""
    if not reason:
        return b""
    return der.sequence(der.sequence(der.oid("2.5.29.21"), der.octets(der.element(0x0A, bytes((reason,))))))


_SAID: Final = {reason: _said(reason) for reason in REASONS.values()}


def _time(at: datetime) -> bytes:
    """Time of RFC 5280 §4.1.2.5: two digits of the year before 2050."""
    utc = at.astimezone(UTC)
    if utc.year < 2050:
        return der.element(0x17, utc.strftime("%y%m%d%H%M%SZ").encode())
    return der.element(0x18, utc.strftime("%Y%m%d%H%M%SZ").encode())


def _policy(dotted: str) -> x509.PolicyInformation:
    return x509.PolicyInformation(x509.ObjectIdentifier(dotted), None)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
