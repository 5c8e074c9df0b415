"""What a judgement of a certificate may rest on, what it demands, and what is still to be fetched for it.

Values only: nothing here reads a clock, a network or a database.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from dopusk.trust.certificates import Certificate

SIGNING_PURPOSES: Final = frozenset(
    {
        "1.3.6.1.5.5.7.3.2",  # clientAuth, what qualified certificates carry
        "1.3.6.1.5.5.7.3.4",  # emailProtection
        "1.3.6.1.5.5.7.3.36",  # documentSigning, RFC 9336
        "2.5.29.37.0",  # any
    }
)


@dataclass(frozen=True)
class Evidence:
    """Certificates, revocation lists, OCSP answers (OCSPResponse, not only the basic one); all DER, of anybody."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[bytes, ...] = ()

    def with_(self, other: "Evidence") -> "Evidence":
        """Both together, nothing twice, in the order they came."""
        return Evidence(
            tuple(dict.fromkeys(self.certificates + other.certificates)),
            tuple(dict.fromkeys(self.crls + other.crls)),
            tuple(dict.fromkeys(self.ocsp + other.ocsp)),
        )


@dataclass(frozen=True)
class Policy:
    """Whom we believe and what we ask of a signer.

    roots: accredited authorities, each the end of a chain whether it signed itself or not. timestamp_roots: the same
    for timestamping authorities. policies: when not empty, the signer's certificate names one of these
    (certificatePolicies, in dots). person: a СНИЛС with right check digits is demanded. purposes: when the
    certificate limits its purposes (extended key usage), one of these is among them.
    """

    roots: tuple[Certificate, ...]
    timestamp_roots: tuple[Certificate, ...] = ()
    policies: frozenset[str] = frozenset()
    person: bool = True
    purposes: frozenset[str] = SIGNING_PURPOSES


@dataclass(frozen=True)
class Wanted:
    """Addresses where what is missing may be had, of the certificates' own words; nobody has fetched anything.

    certificates: of issuers (caIssuers). crls. ocsp: with the OCSPRequest (DER) to ask there.
    """

    certificates: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    ocsp: tuple[tuple[str, bytes], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.certificates or self.crls or self.ocsp)

    def with_(self, other: "Wanted") -> "Wanted":
        """Both together, nothing twice."""
        return Wanted(
            tuple(dict.fromkeys(self.certificates + other.certificates)),
            tuple(dict.fromkeys(self.crls + other.crls)),
            tuple(dict.fromkeys(self.ocsp + other.ocsp)),
        )


@dataclass(frozen=True)
class Statement:
    """What a list or an answer says of one certificate.

    produced_at: its thisUpdate; next_update: None when it promises none. revoked_at: None when it is not revoked, else
    the earlier of revocation and invalidity date (RFC 5280 §5.3.2). suspended: it is on hold. encoded: the DER.
    """

    source: Literal["crl", "ocsp"]
    of: Certificate
    produced_at: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    reason: str = ""
    suspended: bool = False
    encoded: bytes = field(default=b"", repr=False)
