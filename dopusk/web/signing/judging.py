"""A verdict on a signature with everything that can be fetched for it, and the timestamp it was given on the way."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple, Protocol, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from django.utils import timezone

from dopusk.kernel import signable
from dopusk.trust import certificates, der, revocation, signed_data, stamps, validation
from dopusk.trust import cms as cms_of
from dopusk.trust.certificates import Certificate
from dopusk.trust.stamps import Stamp
from dopusk.trust.validation import Evidence, Policy, Validation, Wanted
from dopusk.web.signing import gathering, remembered, roots, stamping
from dopusk.web.signing.gathering import Budget, Unreachable


class Wanting(Protocol):
    """A verdict that says what evidence it lacks."""

    @property
    def wanted(self) -> Wanted: ...


Verdict = TypeVar("Verdict", bound=Wanting)
log = logging.getLogger(__name__)

TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
ROUNDS: Final = 8  # an issuer a round, then answers, then lists
MOST_ISSUERS: Final = 20  # certificates at one address: whoever publishes hundreds wants us to be busy
# what a later look may change without anything having happened to the signature
UNDECIDED: Final = frozenset({"revocation_unknown", "chain_incomplete", "roots_unavailable"})


class Judged(NamedTuple):
    """code, why, found: as `validation.Validation`, or roots_unavailable and None. cms: with the timestamp it got."""

    code: str
    why: str
    found: Validation | None
    cms: bytes


def judge(
    cms: bytes, content: bytes, *, received_at: datetime, kept: Evidence | None = None, late: bool = False
) -> Judged:
    """The verdict now on a signature that came at received_at, over a text of `kernel.signable`.

    Nobody signed the text before it was made: a timestamp that says so is wrong, and would show a certificate as it
    stood before it was revoked. kept: evidence there is already. late: it came long ago; a timestamp of now would tell
    nothing of then.
    """
    kept = kept or Evidence()
    try:
        policy = roots.policy()
    except roots.Unavailable as unavailable:
        return Judged(unavailable.code, "", None, cms)
    search = Search(kept)

    def look(signed: bytes, came: datetime) -> Validation:
        return search.through(
            lambda evidence: validation.validate(
                signed, content, received_at=came, now=timezone.now(), evidence=evidence, policy=policy
            )
        )

    made_at = signable.read(content).made_at
    found = look(cms, received_at)
    if _too_early(found, made_at):
        return Judged("timestamp_wrong", "early", replace(found, code="timestamp_wrong", why="early"), cms)
    if not late and found.code in {"good", "revocation_unknown"} and timestamp_of(cms) is None:
        stamped = stamping.stamped(cms)
        # what was stamped just now we have just now
        judged = look(stamped, timezone.now()) if stamped != cms else found
        if stamped != cms and judged.code in {"good", found.code} and not _too_early(judged, made_at):
            return Judged(judged.code, search.why(judged), judged, stamped)
        if stamped != cms:
            log.warning("the timestamp just given is of no use: %s %s", judged.code, judged.why)
    return Judged(found.code, search.why(found), found, cms)


def _too_early(found: Validation, made_at: datetime) -> bool:
    return found.time_from == "timestamp" and found.at < made_at - revocation.GRACE


def judge_certificate(
    certificate: Certificate, *, at: datetime | None = None, policy: Policy | None = None
) -> Judged:
    """The verdict now on a certificate alone, as of `at` (now when left out)."""
    now = timezone.now()
    try:
        policy = policy or roots.policy()
    except roots.Unavailable as unavailable:
        return Judged(unavailable.code, "", None, b"")
    believed = policy
    search = Search(Evidence())
    found = search.through(
        lambda evidence: validation.check_certificate(
            certificate, at=at or now, now=now, evidence=evidence, policy=believed
        )
    )
    return Judged(found.code, search.why(found), found, b"")


def judge_stamp(token: bytes, value: bytes) -> Stamp:
    """The verdict now on a timestamp over these bytes. Raises roots.Unavailable."""
    believed = roots.policy().timestamp_roots
    return Search(Evidence()).through(
        lambda evidence: stamps.judge(
            token,
            value,
            tuple(map(certificates.read, evidence.certificates)),
            believed,
            evidence=evidence,
            now=timezone.now(),
        )
    )


class Search:
    """Fetches what a verdict still wants, each address once, until the verdict wants nothing more."""

    def __init__(self, kept: Evidence) -> None:
        self.evidence = kept
        self.budget = Budget()
        self.asked: set[tuple[str, bytes]] = set()
        self.silent = False  # somebody who might have known gave no answer

    def through(self, look: Callable[[Evidence], Verdict]) -> Verdict:
        """The verdict when all that can be had is there."""
        found = look(self.evidence)
        for _ in range(ROUNDS):
            if not self._more(found.wanted):
                break
            found = look(self.evidence)
        return found

    def why(self, found: Validation) -> str:
        """The verdict's why; "unreachable" when it is unknown because somebody did not answer."""
        return "unreachable" if found.code in UNDECIDED and self.silent else found.why

    def _more(self, wanted: Wanted) -> bool:
        """Whether the next kind of evidence was asked for: issuers first, lists only when answers did not do."""
        kinds = (
            [(url, b"", self._issuers) for url in wanted.certificates],
            [(url, question, self._answer) for url, question in wanted.ocsp],
            [(url, b"", self._list) for url in wanted.crls],
        )
        for kind in kinds:
            new = [one for one in kind if one[:2] not in self.asked]
            for url, question, fetch in new:
                self.asked.add((url, question))
                try:
                    self.evidence = self.evidence.with_(fetch(url, question))
                except Unreachable as error:
                    self.silent = True
                    log.warning("evidence of a signature cannot be had: %s", error)
            if new:
                return True
        return False

    def _issuers(self, url: str, _question: bytes) -> Evidence:
        return Evidence(
            certificates=issuers(gathering.fetch(url, gathering.ISSUERS, budget=self.budget), url)
        )

    def _answer(self, url: str, question: bytes) -> Evidence:
        return Evidence(ocsp=(remembered.ocsp_answer(url, question, self.budget),))

    def _list(self, url: str, _question: bytes) -> Evidence:
        return Evidence(crls=(remembered.crl(url, self.budget),))


def issuers(body: bytes, url: str) -> tuple[bytes, ...]:
    """Certificates (DER) at a caIssuers address: one in DER or PEM, or a PKCS#7 of several (RFC 5280 §4.2.2.1)."""
    begin = body[:1] != b"\x30" and body.count(b"-----BEGIN")
    if begin > MOST_ISSUERS:
        raise Unreachable("garbage", url, f"{begin} certificates")
    try:
        return tuple(one.der for one in roots.bundle(body))
    except ValueError:
        pass
    several = (
        pkcs7.load_pem_pkcs7_certificates if b"-----BEGIN" in body else pkcs7.load_der_pkcs7_certificates
    )
    try:
        found = several(body)
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise Unreachable("garbage", url) from None
    if len(found) > MOST_ISSUERS:
        raise Unreachable("garbage", url, f"{len(found)} certificates")
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def standing(code: str) -> str:
    """What follows from a verdict on a signature that is kept."""
    return "valid" if code == "good" else "unknown" if code in UNDECIDED else "invalid"


def attached(cms: bytes) -> bytes:
    """The content inside a CMS; nothing when there is none."""
    try:
        return signed_data.read(der.parse(cms)).content or b""
    except (signed_data.NotSigned, der.NotDer):
        return b""


def timestamp_of(cms: bytes) -> bytes | None:
    """The signature timestamp (RFC 3161 token, DER) inside a CMS."""
    try:
        return signed_data.read(der.parse(cms)).timestamp
    except (signed_data.NotSigned, der.NotDer):
        return None


def stamped_by(token: bytes) -> tuple[Certificate, ...]:
    """The certificates inside a timestamp token, its signer's first."""
    try:
        read = signed_data.read(der.parse(token), TST_INFO)
    except (signed_data.NotSigned, der.NotDer):
        return ()
    return tuple(sorted(read.embedded, key=lambda one: not cms_of.names(read.signer_id, one)))


def _roots_of_time(token: bytes, found: Validation) -> Iterator[bytes]:
    """The roots a token ends at, of those believed here: the verdict names all certificates but these."""
    pool = (*stamped_by(token), *(roots.bundle(one)[0] for one in found.used.certificates))
    issuers_ = {one.issuer_der for one in pool}
    for one in roots.policy().timestamp_roots:
        if one.parsed.subject.public_bytes() in issuers_:
            yield one.der


def signer_of(cms: bytes, sha256: str) -> Certificate:
    """The certificate of this digest inside a signature that was kept. Raises LookupError when it is not there."""
    for one in signed_data.read(der.parse(cms)).embedded:
        if hashlib.sha256(one.der).hexdigest() == sha256:
            return one
    raise LookupError(sha256)


def evidence_of(cms: bytes, found: Validation) -> list[tuple[str, bytes]]:
    """(kind, DER) of all that the verdict rests on and anybody may know.

    Not the signer's own certificate: it is a person's, with her name and СНИЛС, and stays in the sealed signature.
    """
    token = timestamp_of(cms)
    above = _roots_of_time(token, found) if token else ()
    certificates = dict.fromkeys((*(one.der for one in found.chain[1:]), *found.used.certificates, *above))
    return [
        *(("certificate", one) for one in certificates),
        *(("crl", one) for one in found.used.crls),
        *(("ocsp", one) for one in found.used.ocsp),
        *([("timestamp", token)] if token else []),
    ]
