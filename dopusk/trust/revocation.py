"""Whether a certificate was revoked: full revocation lists (RFC 5280 §6.3) and OCSP answers (RFC 6960 §3.2).

A list or an answer is believed when it is signed by the authority that issued the certificate (an answer also by a
responder that this very authority named), is about this certificate, and comes from no future.

It may say «not revoked» of a moment when it was produced at or after it, or when it is the current one now: at the
moment of the check nothing newer can be had (EN 319 102-1 §5.2.5; :data:`GRACE` is the difference of clocks we bear).
What is older says nothing about the moment (``stale``). After a certificate has expired its authority may drop it
from its lists, so a list of later counts only when it says that it keeps them (expiredCertsOnCRL, archive cutoff).
«Revoked» is believed of any age: nobody comes back from there. A hold ends, so there the newest statement counts,
and no «not revoked» from before a hold, however long it was promised to be current.

Lists of others' certificates (indirect), of changes (delta), of some reasons only, and those with anything critical
that we do not know, are not believed at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from dopusk.trust import algorithms, answers, der, extensions, paths
from dopusk.trust.certificates import UNREADABLE, Certificate
from dopusk.trust.evidence import Evidence, Statement, Wanted

GRACE: Final = timedelta(minutes=5)

_EXPIRED_KEPT: Final = x509.ObjectIdentifier("2.5.29.60")  # expiredCertsOnCRL
_LIST_UNDERSTOOD: Final = {
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.CRL_NUMBER,
    _EXPIRED_KEPT,
}
_ENTRY_UNDERSTOOD: Final = {CRLEntryExtensionOID.CRL_REASON, CRLEntryExtensionOID.INVALIDITY_DATE}
_TRUE: Final = b"\x01\x01\xff"  # how a critical extension says so


class _Disbelieved(Exception):
    """A list or an answer that says nothing about this certificate."""


@dataclass(frozen=True)
class Standing:
    """``statement``: what decides; None when nothing does, and then ``why``: ``none`` (there is no evidence at all),
    ``stale``, ``unknown`` (the responder does not know the certificate), ``untrusted`` (nothing that is there can be
    believed). used: what it rests on. wanted: where evidence may be had.
    """

    statement: Statement | None
    why: str
    used: Evidence
    wanted: Wanted


@dataclass(frozen=True)
class Question:
    """Was this certificate, of this issuer, revoked at this moment? ``now``: of the check; all aware."""

    certificate: Certificate
    issuer: Certificate
    at: datetime
    now: datetime
    evidence: Evidence = field(repr=False)


def standing(question: Question) -> Standing:
    """By the best of the evidence."""
    return _decide(question, [*_by_answers(question), *_by_lists(question)])


def where(certificate: Certificate, issuer: Certificate) -> Wanted:
    """What the certificate says about where its standing may be asked."""
    said = extensions.of(certificate)
    asked = answers.request(certificate, issuer)
    return Wanted(crls=said.crls, ocsp=tuple((address, asked) for address in said.ocsp))


@dataclass(frozen=True)
class _Found:
    """A believed statement; fresh: it may say «not revoked» of the moment asked about."""

    statement: Statement | None  # None: the responder does not know
    why: str
    fresh: bool
    used: Evidence


def _decide(question: Question, found: Sequence[_Found]) -> Standing:
    believed = [(one, one.statement) for one in found if one.statement is not None]
    wanted = where(question.certificate, question.issuer)
    gone = [one for one in believed if one[1].revoked_at is not None and not one[1].suspended]
    if gone:
        chosen, statement = min(gone, key=lambda one: one[1].revoked_at or one[1].produced_at)
        return Standing(statement, "", chosen.used, wanted)
    fresh = [one for one in believed if one[0].fresh]
    if fresh:
        newest = max(one[1].produced_at for one in fresh)
        held = [one for one in believed if one[1].suspended and one[1].produced_at > newest]
        chosen, statement = max(held or fresh, key=lambda one: one[1].produced_at)
        return Standing(statement, "", chosen.used, wanted)
    told = {one.why for one in found} | ({"stale"} if believed else set())
    why = next((one for one in ("unknown", "stale", "untrusted") if one in told), "none")
    return Standing(None, why, Evidence(), wanted)


def _fresh(
    question: Question, this: datetime, following: datetime | None, kept_from: datetime | None
) -> bool:
    expires = question.certificate.not_after
    if this > expires and (kept_from is None or kept_from > expires):
        return False
    return this >= question.at - GRACE or (following is not None and following >= question.now - GRACE)


def _disbelieved(why: str = "untrusted") -> _Found:
    return _Found(None, why, fresh=False, used=Evidence())


# ── lists ──


def _by_lists(question: Question) -> list[_Found]:
    found = []
    for encoded in question.evidence.crls:
        try:
            crl = x509.load_der_x509_crl(encoded)
            named = crl.issuer.public_bytes()
        except UNREADABLE:
            continue  # no list at all
        if named != question.certificate.issuer_der:
            continue  # of another authority
        try:
            found.append(_by_list(question, encoded, crl))
        except (*UNREADABLE, _Disbelieved):
            found.append(_disbelieved())
    return found


def _by_list(question: Question, encoded: bytes, crl: x509.CertificateRevocationList) -> _Found:
    certificate, issuer = question.certificate, question.issuer
    this, following = crl.last_update_utc, crl.next_update_utc
    said = {extension.oid: extension for extension in crl.extensions}
    _check_scope(certificate, said)
    authority = said.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    key = authority.value.key_identifier if authority else None
    may = extensions.of(issuer).usage
    if (key and issuer.key_identifier and key != issuer.key_identifier) or may is None or not may.crl_sign:
        raise _Disbelieved
    if following is None or this > question.now + GRACE or not _signed(encoded, issuer):
        raise _Disbelieved
    if encoded.count(_TRUE) > sum(one.critical for one in said.values()) and not all(map(_known, crl)):
        raise _Disbelieved  # §5.3: a list with one entry we cannot read says nothing of any
    kept = said.get(_EXPIRED_KEPT)
    kept_from = der.moment(der.parse(kept.value.value)) if kept else None
    entry = crl.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number)
    revoked_at, reason = _entry(entry) if entry else (None, "")
    statement = Statement(
        source="crl",
        of=certificate,
        produced_at=this,
        next_update=following,
        revoked_at=revoked_at,
        reason=reason,
        suspended=reason == "certificateHold",
        encoded=encoded,
    )
    fresh = _fresh(question, this, following, kept_from)
    return _Found(statement, "", fresh=fresh, used=Evidence(crls=(encoded,)))


def _check_scope(
    certificate: Certificate, said: dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]
) -> None:
    """§6.3.3 (b): the list is a whole one, of this authority's certificates of this kind."""
    if any(one.critical and one.oid not in _LIST_UNDERSTOOD for one in said.values()):
        raise _Disbelieved
    if ExtensionOID.DELTA_CRL_INDICATOR in said:
        raise _Disbelieved
    wrapped = said.get(ExtensionOID.ISSUING_DISTRIBUTION_POINT)
    if wrapped is None:
        return
    scope = wrapped.value
    if not isinstance(scope, x509.IssuingDistributionPoint):
        raise _Disbelieved
    if (
        scope.indirect_crl
        or scope.only_some_reasons
        or scope.only_contains_attribute_certs
        or scope.relative_name
    ):
        raise _Disbelieved
    ca = extensions.of(certificate).ca
    if (scope.only_contains_user_certs and ca) or (scope.only_contains_ca_certs and not ca):
        raise _Disbelieved
    if scope.full_name:
        named = {
            str(name.value) for name in scope.full_name if isinstance(name, x509.UniformResourceIdentifier)
        }
        if not named & {*extensions.of(certificate).crls}:
            raise _Disbelieved


def _signed(encoded: bytes, issuer: Certificate) -> bool:
    try:
        tbs, algorithm, value = der.heads(encoded)
        inside = next(part for part in der.heads(tbs.raw) if part.tag == 0x30)
        if inside.raw != algorithm.raw or value.body[:1] != b"\0":
            return False
        whole = der.parse(algorithm.raw)
    except (der.NotDer, ValueError, StopIteration):
        return False
    return algorithms.issued(issuer, whole, tbs.raw, value.body[1:]) == "good"


def _known(entry: x509.RevokedCertificate) -> bool:
    return all(one.oid in _ENTRY_UNDERSTOOD or not one.critical for one in entry.extensions)


def _entry(entry: x509.RevokedCertificate) -> tuple[datetime, str]:
    """When and why. removeFromCRL belongs into lists of changes, which this is not: who says it here is not clear."""
    revoked_at, reason = entry.revocation_date_utc, "unspecified"
    for one in entry.extensions:
        if one.oid not in _ENTRY_UNDERSTOOD and one.critical:
            raise _Disbelieved
        if isinstance(one.value, x509.CRLReason):
            reason = one.value.reason.value
        if isinstance(one.value, x509.InvalidityDate):
            revoked_at = min(revoked_at, one.value.invalidity_date_utc)
    if reason == x509.ReasonFlags.remove_from_crl.value:
        raise _Disbelieved
    return revoked_at, reason


# ── answers ──


def _by_answers(question: Question) -> list[_Found]:
    found = []
    for encoded in question.evidence.ocsp:
        try:
            answer = answers.read(encoded)
        except answers.NotAnAnswer:
            continue
        about = [one for one in answer.singles if answers.of(one, question.certificate, question.issuer)]
        if about:
            try:
                found.append(_by_answer(question, encoded, answer, about))
            except _Disbelieved:
                found.append(_disbelieved())
    return found


def _by_answer(
    question: Question, encoded: bytes, answer: answers.Answer, about: list[answers.Single]
) -> _Found:
    single = about[0]
    if len(about) > 1 or not answer.understood or not single.understood:
        raise _Disbelieved
    latest = question.now + GRACE
    if (
        single.this_update > latest
        or answer.produced_at > latest
        or single.this_update > answer.produced_at + GRACE
    ):
        raise _Disbelieved
    responder, used = _responder(question, answer)
    used = used.with_(Evidence(ocsp=(encoded,)))
    if single.status == "unknown":
        return _disbelieved("unknown")
    if single.reason == "removeFromCRL":
        raise _Disbelieved
    statement = Statement(
        source="ocsp",
        of=question.certificate,
        produced_at=single.this_update,
        next_update=single.next_update,
        revoked_at=single.revoked_at,
        reason=single.reason if single.status == "revoked" else "",
        suspended=single.reason == "certificateHold",
        encoded=encoded,
    )
    following = single.next_update and min(
        single.next_update, responder.not_after
    )  # nobody's word outlives him
    fresh = _fresh(question, single.this_update, following, single.cutoff)
    return _Found(statement, "", fresh=fresh, used=used)


def _responder(question: Question, answer: answers.Answer) -> tuple[Certificate, Evidence]:
    """Who signed the answer, and may: the issuer, or whom it named for that (RFC 6960 §4.2.2.2).

    And what the belief in the responder rests on beside the answer itself.
    """
    issuer = question.issuer
    if answers.by(answer, issuer) and _answered(answer, issuer):
        return issuer, Evidence()
    for responder in answer.certificates:
        if answers.by(answer, responder) and _named(responder, issuer, answer.produced_at):
            if not _answered(answer, responder):
                raise _Disbelieved
            if extensions.of(responder).nocheck:
                return responder, Evidence()
            asked = Question(responder, issuer, answer.produced_at, question.now, question.evidence)
            own = _decide(asked, _by_lists(asked))
            if own.statement is not None and own.statement.revoked_at is None:
                return responder, own.used
    raise _Disbelieved


def _answered(answer: answers.Answer, responder: Certificate) -> bool:
    return algorithms.issued(responder, answer.algorithm, answer.signed, answer.value) == "good"


def _named(responder: Certificate, issuer: Certificate, at: datetime) -> bool:
    said = extensions.of(responder)
    if not said.understood or said.purposes is None or extensions.OCSP_SIGNING not in said.purposes:
        return False
    if said.usage is not None and not said.usage.digital_signature:
        return False
    if responder.issuer_der != issuer.subject_der or not responder.not_before <= at <= responder.not_after:
        return False
    return paths.issued(responder, issuer) == "good"
