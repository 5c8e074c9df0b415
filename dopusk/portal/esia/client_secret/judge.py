"""Judging `client_secret` (reference §3): strictly, or with the known deviations of real clients (§10).

On a refusal the judge goes on and looks for the known mistakes, so that the integrator is told which one it was.
Pure: what it needs of the system comes in `SystemView`. The report holds no secret: of the signature only its form
and length, of codes and refresh tokens the first characters; the digest of the exact string lets a client compare.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dopusk.portal.esia.client_secret import certified, hashes, mistakes, reported, stamps, written
from dopusk.portal.esia.client_secret.case import Case
from dopusk.portal.esia.client_secret.signed import Signed, SystemView
from dopusk.portal.esia.errors import EsiaFault
from dopusk.trust import raw

__all__ = ["Signed", "SystemView", "Verdict", "judge"]

UNGUESSED: Final = frozenset({"string_unknown", "string_differs", "signature_wrong"})


@dataclass(frozen=True)
class Verdict:
    """fault: None when `ok`. report: for `diagnosis.record`. certificate_sha256: whose key signed, when it did."""

    ok: bool
    fault: EsiaFault | None
    report: dict[str, Any]
    certificate_sha256: str


Check = Callable[[Case], str]


def version_is_allowed(case: Case) -> str:
    """The system may speak this generation of the protocol."""
    allowed = case.system.v1 if case.signed.first_generation else case.system.v2
    return "" if allowed else "version_off"


def certificates_are_there(case: Case) -> str:
    """§8 007002: none registered."""
    return "" if case.system.certificates else "no_certificates"


def timestamp_is_well_formed(case: Case) -> str:
    """§2, §8 007014; quirk 16."""
    text = case.signed.get("timestamp")
    if not text:
        return "timestamp_missing"
    stamp = stamps.read(text, lenient=case.system.lenient)
    if isinstance(stamp, str):
        case.report["clock"] = {"timestamp": text, "difference_seconds": None}
        mended = stamps.read(text, lenient=True) if stamp == "timestamp_plus" else stamp
        if not isinstance(mended, str):  # refused all the same; what was signed is looked for with the plus
            _stamped(case, mended)
        return stamp
    for code in stamp.deviations:
        case.forgive(code)
    _stamped(case, stamp)
    return ""


def _stamped(case: Case, stamp: stamps.Stamp) -> None:
    """From here on the request is of this moment, and its strings have the timestamp as it should be."""
    case.stamp = stamp
    case.values["timestamp"] = stamp.text
    case.report["clock"] = {
        "timestamp": case.signed.get("timestamp"),
        "difference_seconds": stamps.late(stamp, case.now),
        "tolerance_seconds": case.system.tolerance_seconds,
        "server_time": stamps.write(case.now, stamps.zone_of(stamp)),
    }


def secret_is_there(case: Case) -> str:
    """§8 007014."""
    return "" if case.signed.get("client_secret") else "secret_missing"


def secret_is_decoded(case: Case) -> str:
    """§3.3; quirks 2 and 3."""
    given = case.signed.get("client_secret")
    if not given:
        return ""
    decoded = raw.decode(given)
    case.report["secret"] = written.told(given, decoded)
    if decoded is None:
        code = written.fault(given)
        lines = written.without_lines(given) if code == "secret_lines" else None
        if lines and raw.kind(lines.data) != "unknown":  # refused all the same; is it at least right?
            case.data = lines.data
            case.report["secret"] |= {"bytes": len(lines.data), "kind": raw.kind(lines.data)}
        return code
    if case.report["secret"]["kind"] == "unknown":
        return written.fault_of_unknown(given)
    case.data = decoded.data
    if decoded.form.startswith("base64") and not decoded.form.startswith("base64url"):
        if not case.system.lenient:
            return "secret_base64"
        case.forgive("secret_base64")
    return ""


def certificate_is_named(case: Case) -> str:
    """§3.4: mandatory at v2 and v3 but for the second way of refreshing (§3, variant B)."""
    given = case.signed.get("client_certificate_hash")
    if case.signed.first_generation:
        return ""
    if not given:
        way_b = case.signed.grant_type == "refresh_token"
        kind = case.report.get("secret", {}).get("kind")
        pkcs7 = case.system.lenient and kind == "cms"  # it names its signer itself
        return "" if way_b or pkcs7 else "hash_missing"
    named = hashes.look(given, case.system.certificates, lenient=case.system.lenient)
    case.report["hash"] = reported.of_hash(given, named, case.system.certificates)
    if named.deviation:
        case.forgive(named.deviation)
    case.named = named.registered
    return named.fault


def signature_is_right(case: Case) -> str:
    """§3.1, §3.2. By a certificate nobody registered there is nothing to check."""
    stranger = case.report.get("hash") is not None and case.named is None
    if case.data is None or stranger:
        return ""
    of_cms = case.report["secret"]["kind"] == "cms"
    judged = certified.pkcs7(case, case.data) if of_cms else certified.bare(case, case.data)
    for code in judged.forgiven:
        case.forgive(code)
    case.signer = judged.signer
    case.report |= judged.report
    case.report["signed_right"] = not judged.code
    return judged.code


def certificate_is_in_force(case: Case) -> str:
    """§8 007053: certificate inactive."""
    state = case.signer.state(case.now) if case.signer else "active"
    return "" if state == "active" else f"certificate_{state}"


def clock_is_right(case: Case) -> str:
    """§8 007015."""
    if case.stamp is None:
        return ""
    difference = case.report["clock"]["difference_seconds"]
    return stamps.clock_fault(difference, case.system.tolerance_seconds)


CHECKS: Final[tuple[Check, ...]] = (
    version_is_allowed,
    certificates_are_there,
    secret_is_there,
    timestamp_is_well_formed,
    clock_is_right,
    secret_is_decoded,
    certificate_is_named,
    signature_is_right,
    certificate_is_in_force,
)
_WITHOUT_CERTIFICATES: Final = CHECKS[:5]


def judge(
    signed: Signed, system: SystemView, *, now: datetime, may_search: Callable[[], bool] = lambda: True
) -> Verdict:
    """Whether the system signed this very request just now. now: aware. may_search: whether time may be spent on
    finding out what was signed instead.

    The first check that does not hold is the answer; what else is wrong is told beside it, so that an integrator
    need not mend one thing to learn of the next.
    """
    case = Case(signed, system, now, may_search, values=dict(signed.values))
    case.report |= {"endpoint": signed.endpoint, "lenient": system.lenient, "forgiven": []}
    checks = CHECKS if system.certificates else _WITHOUT_CERTIFICATES
    codes = [code for check in checks if (code := check(case))]
    if codes and "string" not in case.report:
        case.report |= reported.of_string(case.usual[0])
    if codes[1:]:
        case.report["also"] = codes[1:]
    fault = mistakes.fault(codes[0]) if codes else None
    sha256 = case.signer.hashes["sha256"] if case.signer and not codes else ""
    return Verdict(fault is None, fault, case.report, sha256)
