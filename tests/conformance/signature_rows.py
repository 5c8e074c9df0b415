"""The table of signatures: what is judged, our verdict, openssl's, and why openssl's may be missing.

docs/signatures.md is written from it: `python -m tests.conformance.signature_rows > docs/signatures.md`.
"""
# long: one table, a few lines a signature

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import override

from dopusk.trust import cades, certificates, cms, der, owners
from dopusk.trust.evidence import Evidence
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, EXPIRES, FOUNDED, SIGNED, Holder, Issued
from dopusk.web.signing.words import say
from tests.conformance import signatures
from tests.conformance.signatures import (
    DAY,
    HOUR,
    RECEIVED,
    SIGNER,
    STAMPED,
    TEXT,
    Case,
    Outside,
    World,
    flipped,
    put,
    rebuilt,
    stamped,
    stampers,
    two_signers,
    world,
)  # fmt: skip

NO_SNILS: Final = "it knows nothing of СНИЛС"
NO_DATES: Final = "to it what stands in a list was revoked always"
NO_CLAIM: Final = "it does not look at the signer's clock"
ANY_NUMBER: Final = "it takes any number of signers"
BER_TOO: Final = "it reads BER too"
OLD_DIGEST: Final = "its security level counts for certificates, not for the digest of what is signed"
NO_RECORDS: Final = "it knows nothing of when we received it"
DROPPED: Final = "it takes removeFromCRL in any list for «not revoked»"


@dataclass(frozen=True)
class Row:
    """``bad``: what openssl says when it refuses. ``silent``: why it has no opinion; with neither, it accepts."""

    what: str
    kind: str
    make: Callable[[World], Case]
    code: str
    why: str
    bad: str
    silent: str

    @property
    def case(self) -> Case:
        return self.make(world(self.kind))


ROWS: Final[list[Row]] = []


def row(
    what: str, code: str, why: str = "", *, bad: str = "", silent: str = "", kinds: str = "ec"
) -> Callable[[Callable[[World], Case]], Callable[[World], Case]]:
    """Of each of the kinds of keys."""

    def add(make: Callable[[World], Case]) -> Callable[[World], Case]:
        ROWS.extend(Row(what, kind, make, code, why, bad, silent) for kind in kinds.split())
        return make

    return add


ALL: Final = "rsa ec gost"

# ── good ones ──


@row("detached, as it should be", "good", kinds="rsa ec gost gost512")
def _detached(w: World) -> Case:
    return w.case()


@row("attached, the text inside", "good", kinds=ALL)
def _attached(w: World) -> Case:
    return w.case(w.signed(attached=True))


@row("with a timestamp", "good", kinds=ALL)
def _with_timestamp(w: World) -> Case:
    return w.case(stamped(w.signed()))


@row("signed attributes, but no CAdES among them", "good", kinds=ALL)
def _plain(w: World) -> Case:
    return with_issuer(w, plain(w, attributes=True))


@row("no signed attributes at all", "good", kinds=ALL)
def _bare(w: World) -> Case:
    return with_issuer(w, plain(w, attributes=False))


def plain(w: World, *, attributes: bool) -> bytes:
    """Made by the library (GOST: by openssl), not by us; its clock is that of the machine, so it tells no time."""
    message = cms.sign(w.anna.key, w.anna.der, TEXT, attached=False, attributes=attributes)
    return message if not attributes else resigned(w, message)


def resigned(w: World, message: bytes) -> bytes:
    """The library writes today's time; the table's days are fixed."""
    attributes = der.parse(message).parts[1].parts[0].parts[-1].parts[0].parts[3]
    kept = [one.raw for one in attributes.parts if one.parts[0].dotted() != der.SIGNING_TIME]
    signed = der.set_of(*kept)
    changed = rebuilt(message, put(3, b"\xa0" + signed[1:]), *SIGNER)
    return rebuilt(changed, put(5, der.octets(cades.signer(w.anna.key)(signed))), *SIGNER)


def with_issuer(w: World, message: bytes) -> Case:
    """Where the message has only the signer's certificate, the issuer's was fetched."""
    case = w.case(message)
    return replace(case, evidence=case.evidence.with_(Evidence((w.ca.der,))))


@row("no claimed time", "good")
def _no_time(w: World) -> Case:
    return w.case(w.signed(at=None))


@row("uploaded as PEM", "good")
def _pem(w: World) -> Case:
    text = certificates.pem(w.signed()).replace(b"CERTIFICATE", b"CMS")
    return w.case(text)


@row("uploaded as base64 in lines of Windows", "good")
def _base64(w: World) -> Case:
    lines = certificates.pem(w.signed()).split(b"\n")[1:-2]
    return w.case(b"\xef\xbb\xbf" + b"\r\n".join(lines) + b"\r\n")


@row("the issuer's certificate is not in it, but was fetched", "good", kinds=ALL)
def _fetched(w: World) -> Case:
    return with_issuer(w, w.signed(chain=()))


@row("an OCSP answer by the authority's responder", "good", kinds=ALL)
def _answered(w: World) -> Case:
    answer = w.ca.ocsp(w.anna.certificate, by=w.ca.responder(w.kind))
    return by_answer(w, answer)


def by_answer(w: World, *answers: bytes) -> Case:
    """The issuing authority has no list here; it answers."""
    case = w.case(evidence=Evidence(crls=(w.root.crl(),), ocsp=answers))
    return replace(case, outside=Outside(crls=(), ocsp=(w.anna.certificate, w.ca.certificate)))


@row("an OCSP answer by the authority itself", "good")
def _answered_itself(w: World) -> Case:
    return by_answer(w, w.ca.ocsp(w.anna.certificate))


@row("the policy demanded is named", "good")
def _policy_named(w: World) -> Case:
    return by_policy(w, "1.2.643.100.113.1")


def by_policy(w: World, wanted: str) -> Case:
    ca = w.root.office(w.kind, "ca-with-policies", policies=("2.5.29.32.0",))
    anna = ca.holder(w.anna.key, Issued(ANNA))
    case = w.case(w.signed(anna, chain=(ca.der,)), evidence=Evidence(crls=(w.root.crl(), ca.crl())))
    return replace(
        case, policy=replace(case.policy, policies=frozenset({wanted})), outside=Outside(policy=wanted)
    )


# ── altered ones ──


@row("the text was changed", "other_content", bad="content verify error", kinds=ALL)
def _text_changed(w: World) -> Case:
    return w.case(content=TEXT.replace(b"000117", b"000118"))


@row("the text with the ends of line of Unix", "other_content", "line_ends", bad="content verify error")
def _line_ends(w: World) -> Case:
    return w.case(w.signed(content=TEXT.replace(b"\r\n", b"\n")))


@row("attached, another text inside", "content_differs", bad="another text comes out", kinds=ALL)
def _other_inside(w: World) -> Case:
    return w.case(w.signed(content=TEXT + b"!", attached=True))


@row("attached, the text inside was changed", "other_content", bad="content verify error")
def _inside_changed(w: World) -> Case:
    other = TEXT.replace(b"000117", b"000118")
    inside = der.explicit(0, der.octets(other))
    return w.case(rebuilt(w.signed(attached=True), put(1, inside), 1, 0, 2), content=other)


@row("one bit of the signature was changed", "signature_wrong", bad="verification failure", kinds=ALL)
def _value_flipped(w: World) -> Case:
    return w.case(flipped(w.signed(), *SIGNER, 5))


@row(
    "one bit of the signed attributes was changed: the claimed second",
    "signature_wrong",
    bad="verification failure",
    kinds=ALL,
)
def _attribute_flipped(w: World) -> Case:
    message = w.signed()
    claimed = chains.utc(SIGNED)
    return w.case(message.replace(claimed, chains.utc(SIGNED + signatures.HOUR)))


@row("a foreign key signed in her name", "signature_wrong", bad="verification failure", kinds=ALL)
def _foreign_key(w: World) -> Case:
    return w.case(w.signed(sign=cades.signer(w.boris.key)))


@row(
    "another certificate of hers was put in its place",
    "signer_absent",
    "substituted",
    bad="ess cert id not found",
)
def _substituted(w: World) -> Case:
    serial = w.anna.certificate.parsed.serial_number
    other = w.anna_as(serial=serial, subject={**ANNA, NameOID.TITLE: "главная медсестра"})
    certificate_set = b"\xa0" + der.set_of(other.der, w.ca.der)[1:]
    return w.case(rebuilt(w.signed(), put(3, certificate_set), 1, 0))


@row("her certificate was taken out", "signer_absent", bad="signer certificate not found")
def _no_certificate(w: World) -> Case:
    return w.case(rebuilt(w.signed(), put(3, b"\xa0" + der.set_of(w.ca.der)[1:]), 1, 0))


@row("a second signer", "several_signers", silent=ANY_NUMBER, kinds="rsa ec")
def _two(w: World) -> Case:
    return w.case(two_signers(w.signed(), w.signed(w.boris)))


@row("BER instead of DER", "not_signature", "indefinite", silent=BER_TOO)
def _ber(w: World) -> Case:
    return w.case(b"\x30\x80" + der.parse(w.signed()).body + b"\0\0")


@row("the text itself was uploaded", "not_signature", "length", bad="header too long")
def _text_uploaded(w: World) -> Case:
    return w.case(TEXT)


@row("something stands behind its end", "not_signature", "trailing", silent="it does not look behind the end")
def _tail(w: World) -> Case:
    return w.case(w.signed() + b"\0")


# ── weak ones ──


@row("digest SHA-1", "algorithm_unknown", silent=OLD_DIGEST, kinds="rsa")
def _sha1(w: World) -> Case:
    key = w.anna.key
    assert isinstance(key, rsa.RSAPrivateKey)
    sha1 = der.sequence(der.oid("1.3.14.3.2.26"))
    attributes = der.set_of(
        der.attribute(der.CONTENT_TYPE, der.DATA),
        der.attribute(der.MESSAGE_DIGEST, der.octets(hashlib.sha1(TEXT, usedforsecurity=False).digest())),
    )
    message = rebuilt(w.signed(), put(1, der.set_of(sha1)), 1, 0)
    for place, what in (
        (2, sha1),
        (3, b"\xa0" + attributes[1:]),
        (5, der.octets(key.sign(attributes, padding.PKCS1v15(), hashes.SHA1()))),  # noqa: S303 - to be refused
    ):
        message = rebuilt(message, put(place, what), *SIGNER)
    return w.case(message)


@row(
    "an RSA key of 1024 bits", "algorithm_unknown", "weak_key", bad="EE certificate key too weak", kinds="rsa"
)
def _rsa1024(w: World) -> Case:
    return w.case(w.signed(w.ca.holder(chains.key_of("rsa1024", "anna"), Issued(ANNA))))


@row(
    "a certificate signed with SHA-1",
    "algorithm_unknown",
    "chain",
    bad="CA signature digest algorithm too weak",
    kinds="rsa ec",
)
def _sha1_certificate(w: World) -> Case:
    return w.case(w.signed(w.anna_as(digest="sha1")))


# ── terms ──


@row(
    "signed after the certificate had expired", "expired_at_signing", bad="certificate has expired", kinds=ALL
)
def _expired(w: World) -> Case:
    late = EXPIRES + DAY
    return late_case(w, w.signed(at=late), late + HOUR)


def late_case(w: World, message: bytes, when: object) -> Case:
    """Received and judged then."""
    return w.case(message, received_at=when, now=when, evidence=at_day(w), outside=Outside(crls=()))


def at_day(w: World) -> Evidence:
    """The lists of the day of signing, the only ones that still tell of an expired certificate."""
    return Evidence(crls=(*w.lists(), stampers().root.crl()))


@row(
    "expired since, nothing proves the time of signing",
    "expired_unproved",
    bad="certificate has expired",
    kinds=ALL,
)
def _expired_since(w: World) -> Case:
    return late_case(w, w.signed(), EXPIRES + 10 * DAY)


@row("expired since, a timestamp proves the time of signing", "good", kinds=ALL)
def _expired_since_stamped(w: World) -> Case:
    case = late_case(w, stamped(w.signed()), EXPIRES + 10 * DAY)
    return replace(case, outside=Outside(at=SIGNED + 2 * HOUR))


@row("expired since; we had received it before", "good")
def _expired_since_received(w: World) -> Case:
    case = late_case(w, w.signed(), EXPIRES + 10 * DAY)
    return replace(case, received_at=RECEIVED, outside=Outside(at=SIGNED + 2 * HOUR))


@row(
    "a timestamp of after the certificate's term, though the signer says otherwise",
    "expired_at_signing",
    bad="certificate has expired",
)
def _expired_stamped(w: World) -> Case:
    case = late_case(w, stamped(w.signed(), EXPIRES + DAY), EXPIRES + 10 * DAY)
    lists = (w.root.crl(at=EXPIRES + DAY), w.ca.crl(at=EXPIRES + DAY), stampers().root.crl(at=EXPIRES + DAY))
    return replace(case, evidence=Evidence(crls=lists), outside=Outside(at=EXPIRES + 2 * DAY))


@row(
    "expired since; the only list is younger and does not keep the expired",
    "revocation_unknown",
    "stale",
    bad="certificate has expired",
)
def _list_after_term(w: World) -> Case:
    later = EXPIRES + 9 * DAY
    lists = (w.root.crl(at=later), w.ca.crl(at=later), stampers().root.crl(at=later))
    case = late_case(w, stamped(w.signed()), EXPIRES + 10 * DAY)
    return replace(case, evidence=Evidence(crls=lists))


@row("a certificate that is not yet good", "not_yet_valid", bad="certificate is not yet valid")
def _not_yet(w: World) -> Case:
    return w.case(w.signed(w.anna_as(before=SIGNED + DAY)))


@row("the signer's clock is in the future", "signed_in_future", silent=NO_CLAIM, kinds=ALL)
def _future(w: World) -> Case:
    return w.case(w.signed(at=SIGNED + DAY))


# ── revocation ──


def revoked(w: World, message: bytes, since: object, seen: object, reason: str = "superseded") -> Case:
    """Judged when the list of that hour tells it."""
    lists = (*w.lists((w.anna.certificate, since, reason), at=seen), stampers().root.crl(at=seen))  # type: ignore[arg-type]
    return w.case(message, received_at=seen, now=seen + HOUR, evidence=Evidence(crls=lists))  # type: ignore[operator]


@row("revoked before it was signed", "revoked_before", bad="certificate revoked", kinds=ALL)
def _revoked_before(w: World) -> Case:
    return revoked(w, w.signed(), SIGNED - 10 * DAY, SIGNED + HOUR)


@row("revoked before it was signed, with a timestamp", "revoked_before", bad="certificate revoked", kinds=ALL)
def _revoked_before_stamped(w: World) -> Case:
    return revoked(w, stamped(w.signed()), SIGNED - 10 * DAY, SIGNED + HOUR)


@row(
    "revoked since, nothing proves the time of signing",
    "revoked_unproved",
    bad="certificate revoked",
    kinds=ALL,
)
def _revoked_since(w: World) -> Case:
    return revoked(w, w.signed(), SIGNED + 2 * DAY, SIGNED + 3 * DAY)


@row("revoked since, a timestamp proves the time of signing", "good", silent=NO_DATES, kinds=ALL)
def _revoked_since_stamped(w: World) -> Case:
    return revoked(w, stamped(w.signed()), SIGNED + 2 * DAY, SIGNED + 3 * DAY)


@row("revoked since; we had received it before", "good", silent=NO_RECORDS)
def _revoked_since_received(w: World) -> Case:
    return replace(revoked(w, w.signed(), SIGNED + 2 * DAY, SIGNED + 3 * DAY), received_at=RECEIVED)


@row("revoked since, but invalid since before the timestamp", "revoked_before", bad="certificate revoked")
def _invalid_before(w: World) -> Case:
    invalid = chains.raw_extension("2.5.29.24", chains.generalized(SIGNED - DAY))
    seen = SIGNED + 3 * DAY
    gone = w.ca.crl(
        (w.anna.certificate, SIGNED + 2 * DAY, "keyCompromise"), at=seen, entry_extensions=invalid
    )
    lists = (w.root.crl(at=seen), gone, stampers().root.crl(at=seen))
    return w.case(stamped(w.signed()), received_at=seen, now=seen + HOUR, evidence=Evidence(crls=lists))


@row("suspended", "suspended", bad="certificate revoked", kinds=ALL)
def _suspended(w: World) -> Case:
    return revoked(w, w.signed(), SIGNED - DAY, SIGNED + HOUR, "certificateHold")


@row("removeFromCRL in a whole list", "revocation_unknown", "untrusted", silent=DROPPED)
def _removed(w: World) -> Case:
    return revoked(w, w.signed(), SIGNED - DAY, SIGNED + HOUR, "removeFromCRL")


@row("OCSP says it is revoked", "revoked_before", bad="revoked", kinds=ALL)
def _ocsp_revoked(w: World) -> Case:
    answer = w.ca.ocsp(w.anna.certificate, "revoked", revoked_at=SIGNED - DAY, by=w.ca.responder(w.kind))
    return by_answer(w, answer)


@row("OCSP does not know it", "revocation_unknown", "unknown", bad="unknown")
def _ocsp_unknown(w: World) -> Case:
    return by_answer(w, w.ca.ocsp(w.anna.certificate, "unknown"))


@row("OCSP by a stranger who names the authority", "revocation_unknown", "untrusted", bad="signature failure")
def _ocsp_stranger(w: World) -> Case:
    stranger = Holder(chains.key_of(w.kind, "stranger"), w.ca.certificate)
    return by_answer(w, w.ca.ocsp(w.anna.certificate, by=stranger, embedded=False))


@row(
    "OCSP by one whom the authority did not name for it",
    "revocation_unknown",
    "untrusted",
    bad="missing ocspsigning usage",
)
def _ocsp_unnamed(w: World) -> Case:
    return by_answer(w, w.ca.ocsp(w.anna.certificate, by=w.boris))


@row("OCSP about another certificate", "revocation_unknown", "none", bad="No Status found")
def _ocsp_other(w: World) -> Case:
    return by_answer(w, w.ca.ocsp(w.anna.certificate, serial=w.boris.certificate.serial_der))


@row(
    "there is no list and no answer",
    "revocation_unknown",
    "none",
    bad="unable to get certificate CRL",
    kinds=ALL,
)
def _no_evidence(w: World) -> Case:
    return w.case(evidence=Evidence(), outside=Outside(crls=(stampers().root.crl(),)))


@row("the list is too old", "revocation_unknown", "stale", bad="CRL has expired", kinds=ALL)
def _stale(w: World) -> Case:
    return w.case(evidence=Evidence(crls=w.lists(at=SIGNED - 30 * DAY)))


@row("a stranger signed the list", "revocation_unknown", "untrusted", bad="CRL signature failure", kinds=ALL)
def _list_of_stranger(w: World) -> Case:
    forged = w.ca.crl(signer=chains.key_of(w.kind, "stranger"))
    return w.case(evidence=Evidence(crls=(w.root.crl(), forged)))


@row(
    "the list tells of changes only (delta)",
    "revocation_unknown",
    "untrusted",
    bad="unable to get certificate CRL",
)
def _delta(w: World) -> Case:
    delta = w.ca.crl(further=[chains.raw_extension("2.5.29.27", der.integer(6), critical=True)])
    return w.case(evidence=Evidence(crls=(w.root.crl(), delta)))


@row("the list is of authorities only", "revocation_unknown", "untrusted", bad="different CRL scope")
def _authorities_only(w: World) -> Case:
    scope = chains.raw_extension("2.5.29.28", der.sequence(b"\x82\x01\xff"), critical=True)
    return w.case(evidence=Evidence(crls=(w.root.crl(), w.ca.crl(further=[scope]))))


@row("the issuing authority itself was revoked", "chain_wrong", "revoked", bad="certificate revoked")
def _authority_revoked(w: World) -> Case:
    gone = w.root.crl((w.ca.certificate, SIGNED - DAY, "unspecified"))
    return w.case(evidence=Evidence(crls=(gone, w.ca.crl())))


# ── chains ──


@row("the root is unknown", "root_unknown", bad="self-signed certificate in certificate chain", kinds=ALL)
def _root_unknown(w: World) -> Case:
    case = w.case(w.signed(chain=(w.ca.der, w.root.der)))
    return replace(case, policy=replace(case.policy, roots=(stampers().root.certificate,)))


@row(
    "a stranger's root has the name of ours",
    "root_unknown",
    bad="self-signed certificate in certificate chain",
)
def _namesake(w: World) -> Case:
    key = chains.key_of(w.kind, "namesake")
    what = chains.authority_of(w.root.label, pointers=False)
    root = chains.Office(key, certificates.read(chains.written(key, what, key, None)), "namesake")
    anna = root.holder(w.anna.key, Issued(ANNA))
    case = w.case(w.signed(anna, chain=(root.der,)))
    return replace(case, evidence=Evidence(crls=(root.crl(),)))


@row("she certified herself", "root_unknown", bad="self-signed certificate", kinds=ALL)
def _herself(w: World) -> Case:
    own = certificates.read(chains.written(w.anna.key, Issued(ANNA), w.anna.key, None))
    return w.case(w.signed(Holder(w.anna.key, own), chain=()))


@row(
    "the issuing authority's certificate is nowhere",
    "chain_incomplete",
    bad="unable to get local issuer certificate",
    kinds=ALL,
)
def _incomplete(w: World) -> Case:
    return w.case(w.signed(chain=()))


@row(
    "the issuing authority may have none below it, and has",
    "chain_wrong",
    "path_length",
    bad="path length constraint exceeded",
)
def _too_long(w: World) -> Case:
    below = w.ca.office(w.kind, "below")
    anna = below.holder(w.anna.key, Issued(ANNA))
    case = w.case(w.signed(anna, chain=(below.der, w.ca.der)))
    return replace(case, evidence=Evidence(crls=(*w.lists(), below.crl())))


def issued_by(w: World, **said: object) -> Case:
    """By an authority of which this is said."""
    odd = w.root.office(w.kind, "odd", **said)
    anna = odd.holder(w.anna.key, Issued(ANNA))
    case = w.case(w.signed(anna, chain=(odd.der,)))
    return replace(case, evidence=Evidence(crls=(w.root.crl(), odd.crl())))


@row("issued by one who is no authority: Борис", "chain_wrong", "ca", bad="invalid CA certificate", kinds=ALL)
def _by_boris(w: World) -> Case:
    wide = w.root.office(w.kind, "wide")  # it may have authorities below it
    boris = chains.Office(w.boris.key, wide.issue(w.boris.key, Issued(signatures.BORIS)), "boris")
    anna = boris.holder(w.anna.key, Issued(ANNA))
    case = w.case(w.signed(anna, chain=(boris.der, wide.der)))
    return replace(case, evidence=Evidence(crls=(w.root.crl(), wide.crl(), boris.crl())))


@row(
    "issued by one whose key may not sign certificates",
    "chain_wrong",
    "key_usage",
    bad="invalid CA certificate",
)
def _not_for_certificates(w: World) -> Case:
    return issued_by(w, usage=("crl_sign", "digital_signature"))


@row(
    "an authority with a critical extension nobody knows",
    "chain_wrong",
    "critical",
    bad="unhandled critical extension",
)
def _critical(w: World) -> Case:
    return issued_by(w, further=(chains.raw_extension("1.2.643.9.9.9", b"\x05\x00", critical=True),))


@row("an authority that had expired", "chain_wrong", "expired", bad="certificate has expired")
def _authority_expired(w: World) -> Case:
    return issued_by(w, before=FOUNDED, after=SIGNED - DAY)


@row(
    "her certificate was not signed by whom it names",
    "chain_wrong",
    "signature",
    bad="certificate signature failure",
    kinds=ALL,
)
def _forged(w: World) -> Case:
    forged = chains.written(w.anna.key, Issued(ANNA), chains.key_of(w.kind, "stranger"), w.ca.certificate)
    return w.case(w.signed(Holder(w.anna.key, certificates.read(forged))))


# ── purpose and person ──


@row(
    "a key that may not sign: key usage",
    "wrong_purpose",
    "key_usage",
    bad="unsuitable certificate purpose",
    kinds=ALL,
)
def _key_usage(w: World) -> Case:
    return w.case(w.signed(w.anna_as(usage=("key_encipherment",))))


@row(
    "a certificate of a web server: extended key usage",
    "wrong_purpose",
    "purpose",
    bad="unsuitable certificate purpose",
    kinds=ALL,
)
def _server(w: World) -> Case:
    return w.case(w.signed(w.anna_as(purposes=("1.3.6.1.5.5.7.3.1",))))


@row("the policy demanded is not named", "policy_missing", bad="no explicit policy")
def _policy_missing(w: World) -> Case:
    return by_policy(w, "1.2.643.100.113.5")


@row("no СНИЛС in the certificate", "snils_missing", silent=NO_SNILS, kinds=ALL)
def _no_snils(w: World) -> Case:
    subject = {kind: value for kind, value in ANNA.items() if kind != owners.SNILS}
    return w.case(w.signed(w.anna_as(subject=subject)))


@row("a СНИЛС with wrong check digits", "snils_wrong", silent=NO_SNILS)
def _wrong_snils(w: World) -> Case:
    return w.case(w.signed(w.anna_as(subject={**ANNA, owners.SNILS: "11223344500"})))


# ── timestamps ──


@row(
    "a timestamp of another signature",
    "timestamp_wrong",
    "imprint",
    bad="message imprint mismatch",
    kinds=ALL,
)
def _stamp_of_other(w: World) -> Case:
    return w.case(stamped(w.signed(), of=w.signed(w.boris)))


@row(
    "a timestamp by an authority nobody accredited",
    "timestamp_wrong",
    "untrusted",
    bad="unable to get local issuer certificate",
    kinds=ALL,
)
def _stamp_of_stranger(w: World) -> Case:
    case = w.case(stamped(w.signed(), by=stampers().stranger))
    return replace(case, evidence=case.evidence.with_(Evidence((stampers().strange_root.der,))))


@row(
    "a timestamp by a certificate that is not for timestamps alone",
    "timestamp_wrong",
    "purpose",
    bad="unsuitable certificate purpose",
)
def _stamp_for_all(w: World) -> Case:
    return w.case(stamped(w.signed(), by=stampers().for_all))


@row("one bit of the timestamp was changed", "timestamp_wrong", "signature", bad="signature failure")
def _stamp_flipped(w: World) -> Case:
    return w.case(flipped(stamped(w.signed()), *SIGNER, 6, 0, 1, 0, 1, 0, 4, 0, 5))


@row(
    "the timestamping authority was revoked",
    "timestamp_wrong",
    "revoked",
    silent="`openssl ts` looks at no list",
)
def _stamper_revoked(w: World) -> Case:
    gone = stampers().root.crl((stampers().certificate, STAMPED - DAY, "superseded"))
    return w.case(stamped(w.signed()), evidence=Evidence(crls=(*w.lists(), gone)))


# ── the document ──

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "signatures.md"
KINDS: Final = {"rsa": "RSA", "ec": "EC", "gost": "GOST 256", "gost512": "GOST 512"}
INTRODUCTION: Final = """\
# Signatures and what we say of them

Each line is a signature that a test makes, hands to `dopusk.trust.validation.validate` and, where openssl can judge
it, to `openssl cms -verify` as well (with the roots, the lists, `-cades` and `-attime` of the case; timestamps
to `openssl ts -verify`, OCSP answers to `openssl ocsp`). The tests are in `tests/conformance/test_signatures.py`.
People read the sentence; programs read the code, and behind it the reason where one code has several. Where it is
not said otherwise, Анна Орлова the nurse signs on 1 June 2026 a detached CAdES-BES; it is judged two hours later,
by lists of one hour later.

This file is written by `python -m tests.conformance.signature_rows`; a test fails when it no longer says what the
tests do.
"""


def document() -> str:
    """docs/signatures.md."""
    with override("ru"):
        return _document()


def _document() -> str:
    merged: dict[tuple[str, ...], list[str]] = {}
    for one in ROWS:
        code = f"`{one.code}`" + (f" · `{one.why}`" if one.why else "")
        told = f"– ({one.silent})" if one.silent else f"bad: {one.bad}" if one.bad else "good"
        merged.setdefault((one.what, code, str(say(one.code, one.why).what), told), []).append(
            KINDS[one.kind]
        )
    lines = [
        f"| {number} | {what} | {', '.join(kinds)} | {code} | {sentence} | {told} |"
        for number, ((what, code, sentence, told), kinds) in enumerate(merged.items(), 1)
    ]
    judged = sum(not one.silent for one in ROWS)
    count = f"{len(merged)} kinds of signature, {len(ROWS)} signatures; openssl judges {judged} of them and agrees.\n"
    head = ["| | Signature | Keys | Verdict | Sentence | openssl |", "|---|---|---|---|---|---|"]
    return "\n".join([INTRODUCTION, count, *head, *lines, ""])


if __name__ == "__main__":
    settings.configure(USE_I18N=False)  # the sentences as they are written: in Russian
    print(document(), end="")
