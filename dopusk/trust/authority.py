"""A small certification authority: one root, certificates for seals and for timestamps, a revocation list.

It is the sandbox's, and vouches for nothing outside it. Profiles follow RFC 5280; the key purposes of a seal
follow RFC 9336 (document signing), those of a timestamping authority RFC 3161 §2.3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from dopusk.kernel.dates import add_years
from dopusk.trust.keys import PrivateKey

Profile = Literal["seal", "timestamp"]

ROOT_YEARS: Final = 10
_TERM: Final[dict[Profile, timedelta]] = {
    "seal": timedelta(days=3 * 365),
    "timestamp": timedelta(
        days=ROOT_YEARS * 366
    ),  # the root's whole term: a paper is checked as long as that
}
_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_PURPOSES: Final[dict[Profile, list[x509.ObjectIdentifier]]] = {
    # readers built on NSS (pdfsig, for one) know document signing only by the name of mail protection
    "seal": [_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION],
    "timestamp": [ExtendedKeyUsageOID.TIME_STAMPING],
}
_CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
_CRL_TERM: Final = timedelta(days=7)

OGRN: Final = x509.ObjectIdentifier("1.2.643.100.1")
INN_OF_ORGANISATION: Final = x509.ObjectIdentifier("1.2.643.100.4")
_MAY_NAME: Final = frozenset(
    {
        NameOID.COUNTRY_NAME,
        NameOID.STATE_OR_PROVINCE_NAME,
        NameOID.LOCALITY_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.COMMON_NAME,
        OGRN,
        INN_OF_ORGANISATION,
    }
)


class RequestRefused(ValueError):
    """A certificate request the authority will not fulfil.

    ``code``: ``csr_unreadable``, ``csr_signature`` (not signed by its own key), ``csr_key`` (neither P-256 nor
    RSA of 2048 to 4096 bits), ``csr_subject`` (no common name and organisation, or an attribute a seal may not
    carry).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Pointers:
    """Where others find the root certificate (DER) and the revocation list; http(s) addresses."""

    root: str
    revoked: str


@dataclass(frozen=True)
class Revoked:
    """One line of the revocation list."""

    serial_number: int
    revoked_at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


def subject(common_name: str, organisation: str, **numbers: str) -> x509.Name:
    """A subject in Russia; ``ogrn`` and ``inn`` may be given."""
    named = {"ogrn": OGRN, "inn": INN_OF_ORGANISATION}
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RU"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            *(x509.NameAttribute(named[name], number) for name, number in numbers.items()),
        ]
    )


def request(key: PrivateKey, name: x509.Name) -> str:
    """A certificate request (PKCS#10, PEM) for this key."""
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return csr.public_bytes(Encoding.PEM).decode()


class Authority:
    """The root: its key, parsed once, and its certificate."""

    def __init__(self, key: PrivateKey, certificate: x509.Certificate) -> None:
        if certificate.public_key() != key.public_key():
            raise ValueError("the root certificate is not of this key")
        self.key = key
        self.certificate = certificate

    @classmethod
    def found(cls, key: PrivateKey, name: x509.Name, now: datetime) -> "Authority":
        """A new authority with a self-signed root, good for ten years from ``now`` (aware)."""
        public = key.public_key()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCK_DIFFERENCE)
            .not_valid_after(datetime.combine(add_years(now, ROOT_YEARS), now.timetz()))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    def issue(self, csr_pem: str, profile: Profile, now: datetime, pointers: Pointers) -> x509.Certificate:
        """The certificate for a request; :class:`RequestRefused` when the request will not do.

        Of the request only the key and the subject are taken: what the certificate may be used for is
        decided by the profile alone.
        """
        csr = _read(csr_pem)
        public = csr.public_key()
        root = self.certificate
        builder = (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(root.subject)
            .public_key(_fit(public))
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCK_DIFFERENCE)
            .not_valid_after(min(now + _TERM[profile], root.not_valid_after_utc))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                _usage(digital_signature=True, content_commitment=profile == "seal"), critical=True
            )
            .add_extension(x509.ExtendedKeyUsage(_PURPOSES[profile]), critical=profile == "timestamp")
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(_fit(public)), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                    root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
                ),
                critical=False,
            )
        )
        for extension in _pointing(pointers):
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def revocation_list(self, revoked: Iterable[Revoked], now: datetime) -> x509.CertificateRevocationList:
        """The list of what was revoked, signed now, good for a week. Its number grows with the clock."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now)
            .next_update(now + _CRL_TERM)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        for line in revoked:
            entry = (
                x509.RevokedCertificateBuilder()
                .serial_number(line.serial_number)
                .revocation_date(line.revoked_at)
            )
            if line.reason is not x509.ReasonFlags.unspecified:  # RFC 5280 §5.3.1: absent, not «unspecified»
                entry = entry.add_extension(x509.CRLReason(line.reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256())


def issued_by(certificate: x509.Certificate, roots: Sequence[x509.Certificate]) -> bool:
    """Whether one of the roots signed this certificate directly."""
    for root in roots:
        try:
            certificate.verify_directly_issued_by(root)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return True
    return False


def _read(csr_pem: str) -> x509.CertificateSigningRequest:
    try:
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        named = [attribute.oid for attribute in csr.subject]
    except ValueError:
        raise RequestRefused("csr_unreadable") from None
    _fit(csr.public_key())
    if not csr.is_signature_valid:
        raise RequestRefused("csr_signature")
    if not _MAY_NAME.issuperset(named) or len(set(named)) != len(named):
        raise RequestRefused("csr_subject")
    if not {NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME} <= set(named):
        raise RequestRefused("csr_subject")
    return csr


def _fit(key: object) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096:
        return key
    raise RequestRefused("csr_key")


def _pointing(pointers: Pointers) -> tuple[x509.AuthorityInformationAccess, x509.CRLDistributionPoints]:
    root = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(pointers.root)
    )
    revoked = x509.DistributionPoint([x509.UniformResourceIdentifier(pointers.revoked)], None, None, None)
    return x509.AuthorityInformationAccess([root]), x509.CRLDistributionPoints([revoked])


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
