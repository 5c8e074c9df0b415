"""What a certificate says of itself in its extensions (RFC 5280 §4.2), as far as we act upon it."""

import functools
import re
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtensionOID

from dopusk.trust.certificates import UNREADABLE, Certificate

ANY_POLICY: Final = "2.5.29.32.0"
ANY_PURPOSE: Final = "2.5.29.37.0"
TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"

_UNDERSTOOD: Final = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
    ExtensionOID.CRL_DISTRIBUTION_POINTS,
}
# RFC 3986 knows visible ASCII alone (spaces are borne); a line end would begin a line of its own in our log
_ADDRESS: Final = re.compile(r"https?://[ -~]+", re.IGNORECASE)
# limits that we do not work out: who set them is not believed, critical or not
_LIMITS: Final = {
    ExtensionOID.NAME_CONSTRAINTS,
    ExtensionOID.POLICY_CONSTRAINTS,
    ExtensionOID.POLICY_MAPPINGS,
    ExtensionOID.INHIBIT_ANY_POLICY,
}


@dataclass(frozen=True)
class Extensions:
    """readable: no extension is broken or there twice; when False, nothing else here means anything.

    understood: nothing is critical that we do not act upon. ca, path_length: basic constraints; None is no limit.
    usage: None when the extension is missing. purposes: extended key usage, None when it is missing;
    purposes_critical. policies: certificatePolicies. issuers, crls, ocsp: http addresses. nocheck: an OCSP
    responder whose own revocation nobody need ask for (RFC 6960 §4.2.2.2.1).
    """

    readable: bool = True
    understood: bool = True
    ca: bool = False
    path_length: int | None = None
    usage: x509.KeyUsage | None = None
    purposes: tuple[str, ...] | None = None
    purposes_critical: bool = False
    policies: frozenset[str] = frozenset()
    authority_key: bytes = b""
    issuers: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    nocheck: bool = False


_BROKEN: Final = Extensions(readable=False, understood=False)


@functools.lru_cache(maxsize=128)
def of(certificate: Certificate) -> Extensions:
    """Never raises: what cannot be read is told so."""
    try:
        return _read(list(certificate.parsed.extensions))
    except UNREADABLE:
        return _BROKEN


def _read(found: list[x509.Extension[x509.ExtensionType]]) -> Extensions:
    by_kind = {extension.oid: extension.value for extension in found}
    constraints = by_kind.get(ExtensionOID.BASIC_CONSTRAINTS)
    usage = by_kind.get(ExtensionOID.KEY_USAGE)
    purposes = by_kind.get(ExtensionOID.EXTENDED_KEY_USAGE)
    policies = by_kind.get(ExtensionOID.CERTIFICATE_POLICIES)
    authority = by_kind.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    access = by_kind.get(ExtensionOID.AUTHORITY_INFORMATION_ACCESS)
    points = by_kind.get(ExtensionOID.CRL_DISTRIBUTION_POINTS)
    critical = {extension.oid for extension in found if extension.critical}
    return Extensions(
        understood=critical <= _UNDERSTOOD and not _LIMITS & by_kind.keys(),
        ca=isinstance(constraints, x509.BasicConstraints) and constraints.ca,
        path_length=constraints.path_length if isinstance(constraints, x509.BasicConstraints) else None,
        usage=usage if isinstance(usage, x509.KeyUsage) else None,
        purposes=tuple(p.dotted_string for p in purposes)
        if isinstance(purposes, x509.ExtendedKeyUsage)
        else None,
        purposes_critical=ExtensionOID.EXTENDED_KEY_USAGE in critical,
        policies=frozenset(
            policy.policy_identifier.dotted_string
            for policy in (policies if isinstance(policies, x509.CertificatePolicies) else ())
        ),
        authority_key=(isinstance(authority, x509.AuthorityKeyIdentifier) and authority.key_identifier)
        or b"",
        issuers=_access(access, Access.CA_ISSUERS),
        crls=_points(points),
        ocsp=_access(access, Access.OCSP),
        nocheck=ExtensionOID.OCSP_NO_CHECK in by_kind,
    )


def _access(access: object, kind: x509.ObjectIdentifier) -> tuple[str, ...]:
    if not isinstance(access, x509.AuthorityInformationAccess):
        return ()
    return _addresses([one.access_location for one in access if one.access_method == kind])


def _points(points: object) -> tuple[str, ...]:
    """Of lists by the issuer itself for all reasons; others are none we would believe."""
    if not isinstance(points, x509.CRLDistributionPoints):
        return ()
    whole = [point for point in points if not point.crl_issuer and not point.reasons]
    return _addresses([name for point in whole for name in point.full_name or ()])


def _addresses(names: list[x509.GeneralName]) -> tuple[str, ...]:
    given = [str(name.value) for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(address for address in given if _ADDRESS.fullmatch(address))
