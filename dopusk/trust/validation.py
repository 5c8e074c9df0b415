"""Whether a signature was good at the time it was made: validation in the spirit of ETSI EN 319 102-1.

No network and no clock: what was fetched is handed in, what is still missing is named in the verdict.
"""

import functools
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from dopusk.trust import algorithms, certificates, der, extensions, paths, revocation, signed_data, stamps
from dopusk.trust.certificates import Certificate
from dopusk.trust.cms import judge, names
from dopusk.trust.evidence import Evidence, Policy, Statement, Wanted
from dopusk.trust.owners import Owner, owner

__all__ = [
    "CODES",
    "Evidence",
    "Policy",
    "Statement",
    "Validation",
    "Wanted",
    "check_certificate",
    "validate",
]

CODES: Final = (
    "good",
    "not_signature",
    "several_signers",
    "content_differs",
    "other_content",
    "signature_wrong",
    "algorithm_unknown",
    "signer_absent",
    "chain_incomplete",
    "root_unknown",
    "chain_wrong",
    "not_yet_valid",
    "expired_at_signing",
    "expired_unproved",
    "revoked_before",
    "revoked_unproved",
    "suspended",
    "revocation_unknown",
    "wrong_purpose",
    "policy_missing",
    "snils_missing",
    "snils_wrong",
    "timestamp_wrong",
    "signed_in_future",
)


@dataclass(frozen=True)
class Validation:
    """``code``: one of :data:`CODES`; ``why`` says more where there is more to say.

    signer, owner: None when the signer's certificate was not found. chain: signer first, root last; as far as it was
    found. at: the best time of signing that is proved (aware). time_from: what proves it, a timestamp or our own
    receipt. claimed_at: the signer's word. revoked_at: when the signer's certificate was revoked, if it was,
    also after the signature. revocation: what the verdict rests on, of each certificate. used: exactly the evidence
    the verdict rests on. wanted: what could still change it.
    """

    code: str
    why: str
    signer: Certificate | None
    owner: Owner | None
    chain: tuple[Certificate, ...]
    at: datetime
    time_from: Literal["timestamp", "receipt"]
    claimed_at: datetime | None
    revoked_at: datetime | None
    revocation: tuple[Statement, ...]
    level: Literal["cms", "cades-bes", "cades-t"]
    attached: bool
    used: Evidence
    wanted: Wanted

    @property
    def good(self) -> bool:
        return self.code == "good"


# ── judging ──

_FOUND_WRONG: Final = {  # what cms.verify says, and how it is called here
    "content_differs": "content_differs",
    "digest_differs": "other_content",
    "signature_wrong": "signature_wrong",
    "algorithm_unknown": "algorithm_unknown",
    "signer_unknown": "signer_absent",
}


_MOST_NAMED: Final = 3  # certificates with one issuer and number: there is one, unless somebody plays with us


@dataclass(frozen=True)
class _Case:
    """What one judgement is about and rests on."""

    given: tuple[Certificate, ...]
    evidence: Evidence
    policy: Policy
    now: datetime


def validate(
    cms: bytes, content: bytes, *, received_at: datetime, now: datetime, evidence: Evidence, policy: Policy
) -> Validation:
    """The verdict on a CMS over this content. Anything at all may be given as ``cms``; nothing is raised.

    received_at: when we had the signature, which is the proof of its time when no timestamp gives an earlier one
    (EN 319 102-1: proof of existence). now: of the check, not before it. Both aware. A timestamp is looked at when
    the policy knows timestamping authorities; then a wrong one is no lesser fault than a wrong signature.

    Told first: what is wrong with the bytes, then with the time, the certificate's term, its chain, its purpose, its
    owner, and at last its revocation, so that nothing is fetched for what is refused anyhow.
    """
    blank = _blank(received_at)
    try:
        read = signed_data.read(der.parse(cms))
    except signed_data.NotSigned as refused:
        if refused.code == "several_signers":
            return replace(blank, code="several_signers")
        return replace(blank, why=refused.why or refused.code)
    except der.NotDer as broken:
        return replace(blank, why=broken.code)
    blank = replace(
        blank,
        attached=read.content is not None,
        level="cades-bes" if read.attributes and read.attributes.certificates else "cms",
        claimed_at=read.attributes.signed_at if read.attributes else None,
    )
    given = (*read.embedded, *_readable(evidence.certificates))
    named = [one for one in dict.fromkeys(given) if names(read.signer_id, one)][:_MOST_NAMED]
    if not named:
        return replace(blank, code="signer_absent")
    case = _Case(given, evidence, policy, now)
    judged = [_signed(read, content, one, blank) for one in named]
    found = next((one for one in judged if not one.code), judged[0])
    if found.code or found.signer is None:
        return found
    stamped = _stamped(read, found, case)
    return stamped if stamped.code else _trusted(stamped, found.signer, case)


def check_certificate(
    certificate: Certificate, *, at: datetime, now: datetime, evidence: Evidence, policy: Policy
) -> Validation:
    """The verdict on a certificate alone, as if it had signed something at that moment."""
    case = _Case(_readable(evidence.certificates), evidence, policy, now)
    blank = replace(_blank(at), code="", signer=certificate, owner=owner(certificate), chain=(certificate,))
    if not algorithms.strong(certificate):
        return replace(blank, code="algorithm_unknown", why="weak_key")
    # its word is the very moment, so that what was revoked or expired by then is not called unproved
    return replace(_trusted(replace(blank, claimed_at=at), certificate, case), claimed_at=None)


def _blank(at: datetime) -> Validation:
    return Validation(
        code="not_signature",
        why="",
        signer=None,
        owner=None,
        chain=(),
        at=at,
        time_from="receipt",
        claimed_at=None,
        revoked_at=None,
        revocation=(),
        level="cms",
        attached=False,
        used=Evidence(),
        wanted=Wanted(),
    )


def _readable(encoded: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    found = []
    for one in encoded:
        try:
            found.append(certificates.read(one))
        except certificates.NotACertificate:
            continue
    return tuple(found)


def _signed(
    read: signed_data.SignedData, content: bytes, signer: Certificate, blank: Validation
) -> Validation:
    """Whether this certificate's key signed this content; the code is empty when it did."""
    told = replace(blank, code="", signer=signer, owner=owner(signer), chain=(signer,))
    if not algorithms.strong(signer):
        return replace(told, code="algorithm_unknown", why="weak_key")
    code, why = judge(read, content, signer)
    if code == "good":
        return told
    if (code, why) == ("signature_wrong", "other_content") and read.attributes is None:
        return replace(told, code="other_content", why=_line_ends(read, content, signer))
    if code in {"content_differs", "digest_differs"}:
        why = _line_ends(read, content, signer)
    elif code == "signature_wrong":
        why = ""
    return replace(told, code=_FOUND_WRONG[code], why=why)


def _line_ends(read: signed_data.SignedData, content: bytes, signer: Certificate) -> str:
    """``line_ends`` when it is the same text with other ends of line, as editors and mail write them."""
    bare = content.replace(b"\r\n", b"\n")
    spelled = {
        bare,
        bare.replace(b"\n", b"\r\n"),
        bare.rstrip(b"\n"),
        bare.rstrip(b"\n").replace(b"\n", b"\r\n"),
    }
    same = any(judge(read, one, signer)[0] == "good" for one in spelled - {content})
    return "line_ends" if same else ""


def _stamped(read: signed_data.SignedData, found: Validation, case: _Case) -> Validation:
    """With the time that is proved."""
    roots = case.policy.timestamp_roots
    if read.timestamp is not None and roots:
        stamp = stamps.judge(
            read.timestamp, read.value, case.given, roots, evidence=case.evidence, now=case.now
        )
        if stamp.code:
            return replace(found, code=stamp.code, why=stamp.why, wanted=stamp.wanted)
        if stamp.at is not None and stamp.at <= found.at:  # later than we had it, it proves nothing new
            found = replace(
                found,
                at=stamp.at,
                time_from="timestamp",
                level="cades-t" if found.level == "cades-bes" else found.level,
                revocation=stamp.statements,
                used=Evidence(tuple(one.der for one in stamp.chain[1:-1])).with_(stamp.used),
            )
    if found.claimed_at is not None and found.claimed_at > found.at + revocation.GRACE:
        return replace(found, code="signed_in_future")
    return found


def _trusted(found: Validation, signer: Certificate, case: _Case) -> Validation:
    """Whether the certificate was one to be believed at the proved time."""
    code, why = _term(found, signer)
    if code:
        return replace(found, code=code, why=why)
    path = paths.find(signer, case.given, case.policy.roots, at=found.at, purposes=case.policy.purposes)
    found = replace(found, chain=path.chain)
    if path.code:
        return replace(found, code=path.code, why=path.why, wanted=Wanted(certificates=path.missing))
    code, why = _purpose(path.chain, case.policy) or _person(found.owner, case.policy) or ("", "")
    if code:
        return replace(found, code=code, why=why)
    return _unrevoked(found, case)


def _term(found: Validation, signer: Certificate) -> tuple[str, str]:
    if found.at < signer.not_before:
        return "not_yet_valid", ""
    if found.at <= signer.not_after:
        return "", ""
    if found.time_from == "receipt" and (found.claimed_at is None or found.claimed_at <= signer.not_after):
        return "expired_unproved", ""
    return "expired_at_signing", ""


def _purpose(chain: tuple[Certificate, ...], policy: Policy) -> tuple[str, str] | None:
    """Key usage, extended key usage and certificate policies of the signer's certificate."""
    said = extensions.of(chain[0])
    usage = said.usage
    if said.ca:
        return "wrong_purpose", "ca"
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        return "wrong_purpose", "key_usage"
    if said.purposes is not None and not policy.purposes & {*said.purposes}:
        return "wrong_purpose", "purpose"
    if policy.policies and not any(_named(chain, one) for one in policy.policies):
        return "policy_missing", ""
    return None


def _named(chain: tuple[Certificate, ...], wanted: str) -> bool:
    """The signer names the policy, and the authorities between it and the root do so too, or any (RFC 5280 §6.1)."""
    between = (extensions.of(one).policies for one in chain[1:-1])
    return wanted in extensions.of(chain[0]).policies and all(
        {wanted, extensions.ANY_POLICY} & named for named in between
    )


def _person(who: Owner | None, policy: Policy) -> tuple[str, str] | None:
    if not policy.person or who is None:
        return None
    if not who.snils:
        return "snils_missing", ""
    return None if who.snils_valid else ("snils_wrong", "")


def _unrevoked(found: Validation, case: _Case) -> Validation:
    """Of everyone in the chain but the root, whom its list of accredited ones vouches for; authorities first."""
    used = Evidence(tuple(one.der for one in found.chain[1:-1])).with_(found.used)
    found = replace(found, used=used)
    links = list(zip(found.chain, found.chain[1:], strict=False))
    unknown: list[revocation.Standing] = []
    for certificate, issuer in reversed(links):
        asked = revocation.Question(certificate, issuer, found.at, case.now, case.evidence)
        one = revocation.standing(asked)
        if one.statement is None:
            unknown.append(one)
            continue
        found = replace(found, revocation=(*found.revocation, one.statement), used=found.used.with_(one.used))
        if one.statement.revoked_at is not None:
            found = _revoked(found, one.statement, signer=certificate == found.signer)
            if found.code:
                return found
    if unknown:
        wanted = functools.reduce(Wanted.with_, (one.wanted for one in unknown))
        return replace(found, code="revocation_unknown", why=unknown[-1].why, wanted=wanted)
    return replace(found, code="good")


def _revoked(found: Validation, statement: Statement, *, signer: bool) -> Validation:
    """A revocation of later than the proved time is told, and does no harm; an authority's stolen key always does."""
    revoked_at = statement.revoked_at or found.at
    if not signer:
        stolen = statement.reason in {"keyCompromise", "cACompromise"}
        return (
            replace(found, code="chain_wrong", why="revoked") if stolen or revoked_at <= found.at else found
        )
    found = replace(found, revoked_at=revoked_at)
    if revoked_at > found.at:
        return found
    if statement.suspended:
        return replace(found, code="suspended")
    unproved = found.time_from == "receipt" and (found.claimed_at is None or found.claimed_at < revoked_at)
    return replace(found, code="revoked_unproved" if unproved else "revoked_before")
