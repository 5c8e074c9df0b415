"""Which of the certificates on a token are authorities', and which of those lead to a person's."""

from collections.abc import Iterable

from cryptography import x509

from dopusk.trust import certificates
from dopusk.trust.certificates import Certificate


def is_authority(certificate: Certificate) -> bool:
    """By its basic constraints; one whose extensions cannot be read is a person's, and others will judge it."""
    try:
        return certificate.parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def upwards(certificate: bytes, others: Iterable[bytes]) -> tuple[bytes, ...]:
    """The issuers in order, as far as they are there; a root is left out: whoever trusts it has it."""
    known = {one.subject_der: one for one in map(certificates.read, others)}
    found: list[bytes] = []
    current = certificates.read(certificate)
    while (issuer := known.pop(current.issuer_der, None)) and issuer.subject_der != issuer.issuer_der:
        found.append(issuer.der)
        current = issuer
    return tuple(found)
