"""Chains: from a certificate to an accredited authority (RFC 5280 §6.1), at a moment of the past or present.

Revocation is :mod:`dopusk.trust.revocation`'s. Names are compared octet by octet, policies are not mapped, and
whoever limits names or policies in a way we do not work out is not believed (docs/decisions/0037).
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from dopusk.trust import algorithms, der, extensions
from dopusk.trust.certificates import Certificate

LONGEST: Final = 8  # certificates; accredited chains have three or four
_MOST_TRIES: Final = 40  # signatures checked for one chain: certificates come from whoever signed
_RANK: Final = (
    "",
    "chain_wrong",
    "algorithm_unknown",
    "root_unknown",
    "chain_incomplete",
)  # the most telling first


@dataclass(frozen=True)
class Path:
    """``code``: "" for a good one, else ``chain_incomplete``, ``root_unknown``, ``algorithm_unknown`` (``why``:
    ``chain``, a signature; ``weak_key``) or ``chain_wrong`` (``why``: ``signature``, ``ca``, ``path_length``,
    ``key_usage``, ``purpose``, ``critical``, ``unreadable``, ``expired``, ``length``).

    chain: as far as it was found, the certificate itself first. missing: addresses of the issuer not found.
    """

    code: str
    why: str
    chain: tuple[Certificate, ...]
    missing: tuple[str, ...] = ()


def find(
    certificate: Certificate,
    given: Iterable[Certificate],
    roots: Sequence[Certificate],
    *,
    at: datetime,
    purposes: frozenset[str],
) -> Path:
    """The first good chain among those the certificates given make, or the one that came nearest.

    purposes: for which the authorities in between must not be unfit.
    """
    pool = tuple(dict.fromkeys((*roots, *given)))
    nearest: Path | None = None
    for path in _walk((certificate,), pool, frozenset(roots), [_MOST_TRIES]):
        judged = path if path.code else _judge(path.chain, at, purposes)
        if not judged.code:
            return judged
        if nearest is None or _RANK.index(judged.code) < _RANK.index(nearest.code):
            nearest = judged
    return nearest or Path("chain_incomplete", "", (certificate,))


@functools.lru_cache(maxsize=128)
def issued(certificate: Certificate, issuer: Certificate) -> str:
    """Whether the issuer's key signed the certificate: ``good``, ``algorithm_unknown`` or ``signature_wrong``."""
    tbs, algorithm, value = der.parse(certificate.der).parts
    inside = [part for part in tbs.parts if part.tag == 0x30][:1]
    if not inside or inside[0].raw != algorithm.raw:  # RFC 5280 §4.1.1.2
        return "algorithm_unknown"
    if value.body[:1] != b"\0":  # whole octets, or the same certificate could be written in other bytes
        return "signature_wrong"
    return algorithms.issued(issuer, algorithm, tbs.raw, value.body[1:])


def _walk(
    chain: tuple[Certificate, ...],
    pool: tuple[Certificate, ...],
    roots: frozenset[Certificate],
    left: list[int],
) -> Iterator[Path]:
    """Chains whose names and signatures fit, and dead ends with their code; depth first."""
    top = chain[-1]
    if top in roots:
        yield Path("", "", chain)
        return
    if len(chain) == LONGEST:
        yield Path("chain_wrong", "length", chain)
        return
    refused = ""
    for issuer in pool:
        if issuer in chain or not _names(top, issuer) or left[0] == 0:
            continue
        left[0] -= 1
        told = issued(top, issuer)
        if told == "good":
            refused = "good"
            yield from _walk((*chain, issuer), pool, roots, left)
        elif refused != "good":
            refused = told
    if refused == "good":
        return
    if top.subject_der == top.issuer_der and issued(top, top) == "good":
        yield Path("root_unknown", "", chain)
    elif refused == "signature_wrong":
        yield Path("chain_wrong", "signature", chain)
    elif refused:
        yield Path("algorithm_unknown", "chain", chain)
    else:
        yield Path("chain_incomplete", "", chain, extensions.of(top).issuers)


def _names(certificate: Certificate, issuer: Certificate) -> bool:
    """By the name, and by the key identifier where both tell one (§4.2.1.1)."""
    if certificate.issuer_der != issuer.subject_der:
        return False
    key = extensions.of(certificate).authority_key
    return not key or not issuer.key_identifier or key == issuer.key_identifier


def _judge(chain: tuple[Certificate, ...], at: datetime, purposes: frozenset[str]) -> Path:
    """A chain whose signatures are right: limits, purposes and terms, from the root down (§6.1.3, §6.1.4)."""
    below = len(chain) - 1
    for place in reversed(range(len(chain))):
        why = _unfit(chain[place])
        if not why and place:
            between = sum(not _self_issued(one) for one in chain[1:place])
            why = _unfit_authority(chain[place], between, at, purposes, root=place == below)
        if why == "weak_key":
            return Path("algorithm_unknown", why, chain)
        if why:
            return Path("chain_wrong", why, chain)
    return Path("", "", chain)


def _unfit(certificate: Certificate) -> str:
    said = extensions.of(certificate)
    if not said.readable:
        return "unreadable"
    if not said.understood:
        return "critical"
    return "" if algorithms.strong(certificate) else "weak_key"


def _unfit_authority(
    certificate: Certificate, between: int, at: datetime, purposes: frozenset[str], *, root: bool
) -> str:
    """between: authorities under it that did not issue themselves. A root's purposes are its program's business."""
    said = extensions.of(certificate)
    if not said.ca or certificate.parsed.version is not x509.Version.v3:
        return "ca"
    if said.path_length is not None and between > said.path_length:
        return "path_length"
    if said.usage is None or not said.usage.key_cert_sign:
        return "key_usage"
    if not root and said.purposes is not None and not {*purposes, extensions.ANY_PURPOSE} & {*said.purposes}:
        return "purpose"
    return "" if certificate.not_before <= at <= certificate.not_after else "expired"


def _self_issued(certificate: Certificate) -> bool:
    return certificate.subject_der == certificate.issuer_der
