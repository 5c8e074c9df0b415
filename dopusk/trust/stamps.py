"""The timestamp of a signature (RFC 3161, appendix A): whether it proves that the signature was there at its time.

Another file, :mod:`dopusk.trust.timestamps`, makes tokens and takes our own authority's answers; this one judges
tokens of anybody, found inside a signature.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dopusk.trust import algorithms, cms, der, extensions, paths, revocation, signed_data
from dopusk.trust.certificates import Certificate
from dopusk.trust.evidence import Evidence, Statement, Wanted

_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
_NO_EVIDENCE: Final = Evidence()
_NOTHING_WANTED: Final = Wanted()
_PURPOSES: Final = frozenset({extensions.TIME_STAMPING})


@dataclass(frozen=True)
class Stamp:
    """``code``: "" when it is good, ``timestamp_wrong``, ``chain_incomplete`` or ``revocation_unknown`` (these two
    may change by more evidence, see ``wanted``). ``why`` of a wrong one: ``format``, ``imprint`` (of other bytes),
    ``algorithm``, ``signer`` (whose certificate is not there), ``signature``, ``purpose``, ``expired``, ``untrusted``
    (no accredited authority), ``revoked``, ``future``.

    at: its time; None when that could not be read.
    """

    code: str
    why: str
    at: datetime | None = None
    chain: tuple[Certificate, ...] = ()
    statements: tuple[Statement, ...] = ()
    used: Evidence = _NO_EVIDENCE
    wanted: Wanted = _NOTHING_WANTED


@dataclass(frozen=True)
class _Information:
    """TSTInfo, as far as it matters here."""

    digest: str
    imprint: bytes
    at: datetime


def judge(
    token: bytes,
    value: bytes,
    given: Sequence[Certificate],
    roots: Sequence[Certificate],
    *,
    evidence: Evidence,
    now: datetime,
) -> Stamp:
    """A token (DER) over a signature value. given: certificates beside those in the token."""
    try:
        read = signed_data.read(der.parse(token), _TST_INFO)
        if read.content is None:
            return _wrong("format")
        told = _information(read.content)
    except (signed_data.NotSigned, der.NotDer):
        return _wrong("format")
    if told.digest not in algorithms.COMPUTED:
        return _wrong("algorithm", told.at)
    if algorithms.COMPUTED[told.digest](value) != told.imprint:
        return _wrong("imprint", told.at)
    pool = (*read.embedded, *given)
    signer = next((one for one in pool if cms.names(read.signer_id, one)), None)
    if signer is None:
        return _wrong("signer", told.at)
    why = _signed(read, read.content, signer) or ("future" if told.at > now + revocation.GRACE else "")
    if why:
        return _wrong(why, told.at)
    return _trusted(signer, pool, roots, told.at, evidence, now)


def _wrong(why: str, at: datetime | None = None) -> Stamp:
    return Stamp("timestamp_wrong", why, at)


def _signed(read: signed_data.SignedData, content: bytes, signer: Certificate) -> str:
    """Why the token's own signature does not hold; RFC 3161 §2.4.2 demands attributes and the certificate's digest."""
    if read.attributes is None or not read.attributes.certificates:
        return "format"
    code, _ = cms.judge(read, content, signer)
    if code == "algorithm_unknown" or not algorithms.strong(signer):
        return "algorithm"
    return "" if code == "good" else "signature"


def _trusted(
    signer: Certificate,
    pool: Sequence[Certificate],
    roots: Sequence[Certificate],
    at: datetime,
    evidence: Evidence,
    now: datetime,
) -> Stamp:
    """Whether an accredited authority vouched for the stamping one, for nothing else, and at that time."""
    said = extensions.of(signer)
    usage = said.usage
    if said.purposes != (extensions.TIME_STAMPING,) or not said.purposes_critical:  # RFC 3161 §2.3
        return _wrong("purpose", at)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        return _wrong("purpose", at)
    if not signer.not_before <= at <= signer.not_after:
        return _wrong("expired", at)
    path = paths.find(signer, pool, roots, at=at, purposes=_PURPOSES)
    if path.code == "chain_incomplete" and path.missing:
        return Stamp(
            "chain_incomplete", "timestamp", at, path.chain, wanted=Wanted(certificates=path.missing)
        )
    if path.code:
        return _wrong("algorithm" if path.code == "algorithm_unknown" else "untrusted", at)
    stamp = Stamp("", "", at, path.chain)
    for certificate, issuer in zip(path.chain, path.chain[1:], strict=False):
        one = revocation.standing(revocation.Question(certificate, issuer, at, now, evidence))
        stamp = replace(stamp, used=stamp.used.with_(one.used))
        if one.statement is None:
            return replace(stamp, code="revocation_unknown", why="timestamp", wanted=one.wanted)
        if _gone(one.statement, at):
            return _wrong("revoked", at)
        stamp = replace(stamp, statements=(*stamp.statements, one.statement))
    return stamp


def _gone(statement: Statement, at: datetime) -> bool:
    """Revoked by then; a stolen key proves nothing of any time (RFC 3161 §4, no. 1)."""
    if statement.revoked_at is None:
        return False
    return statement.revoked_at <= at or statement.reason in {"keyCompromise", "cACompromise"}


def _information(content: bytes) -> _Information:
    """TSTInfo (§2.4.2), read strictly; NotDer."""
    parts = der.Parts(der.parse(content))
    if parts.take(0x02).body != b"\1":
        raise der.NotDer("shape")
    parts.take(0x06)  # the authority's policy: whom we believe is said by our roots
    imprint = der.Parts(parts.take(0x30))
    algorithm, digest = signed_data.algorithm(imprint.take(0x30)), imprint.take(0x04).body
    imprint.end()
    parts.take(0x02)  # serial number
    at = der.moment(parts.take(0x18))
    for optional in (0x30, 0x01, 0x02, 0xA0):  # accuracy, ordering, nonce, tsa
        parts.maybe(optional)
    for extension in found.parts if (found := parts.maybe(0xA1)) else ():
        if any(part.raw == b"\x01\x01\xff" for part in extension.parts):
            raise der.NotDer("shape")  # critical, and we know none
    parts.end()
    return _Information(signed_data.DIGESTS.get(algorithm.dotted, algorithm.dotted), digest, at)
