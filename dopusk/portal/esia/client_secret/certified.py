"""Signatures against the strings they should be over; when they are not, what they are instead."""

from dataclasses import dataclass, field
from typing import Any, Final

from dopusk.portal.esia.client_secret import reported, spoken, variants
from dopusk.portal.esia.client_secret.case import Case
from dopusk.portal.esia.client_secret.signed import Registered
from dopusk.portal.esia.client_secret.strings import Text
from dopusk.trust import cms, raw

_UNREADABLE: Final = {
    "not_cms": "secret_kind",
    "no_signer": "cms_no_signer",
    "several_signers": "cms_several_signers",
}


_OF_DIGEST: Final = {"": "digest_bare", "md5": "digest_sha1", "sha1": "digest_sha1"}


@dataclass(frozen=True)
class Judged:
    """code: of the mistake, or empty. forgiven: deviations. report: what is to be told."""

    code: str = ""
    signer: Registered | None = None
    forgiven: tuple[str, ...] = ()
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def matched(self) -> bool:
        """Whether a known mistake was found."""
        return self.code != "string_unknown"


def _good(case: Case, text: Text, signer: Registered, *forgiven: str) -> Judged:
    tried = [{"code": one.name, "matched": one is text} for one in case.usual if one.name != text.name]
    report = {**reported.of_string(text), "variants": [*tried, {"code": text.name, "matched": True}]}
    return Judged("", signer, tuple(code for code in forgiven if code), report)


def _texts(case: Case) -> list[tuple[str, Text]]:
    """The strings that will do, each with the deviation it is, or an empty text."""
    return [*(("", text) for text in case.usual), *case.forgivable]


# ── PKCS#7 ──


def pkcs7(case: Case, data: bytes) -> Judged:
    """CMS SignedData: of v1, and by mistake or forgiven at v2 and v3 (quirk 11)."""
    registered = {one.certificate: one for one in case.system.certificates}
    first: cms.Verdict | None = None
    for deviation, text in _texts(case):
        verdict = cms.verify(data, text.data, list(registered))
        first = first or verdict
        if verdict.good and verdict.found and verdict.found.signer:
            signer = registered[verdict.found.signer]
            report = {"cms": _told(verdict)}
            if case.named and case.named.certificate != signer.certificate:
                return Judged("hash_of_other_certificate", signer, report=report)
            if case.signed.first_generation:
                good = _good(case, text, signer, deviation)
            elif case.system.lenient:
                good = _good(case, text, signer, deviation, "cms_on_v2")
            else:
                return Judged("cms_on_v2", signer, report=report)
            return Judged("", good.signer, good.forgiven, {**report, **good.report})
    verdict = first or cms.verify(data, b"", [])
    judged = _wrong_pkcs7(case, data, verdict, registered)
    report = {"cms": _told(verdict), **reported.of_string(case.usual[0]), **judged.report}
    if not case.signed.first_generation and not case.system.lenient:
        return Judged("cms_on_v2", judged.signer, report={**report, "beside": judged.code})
    return Judged(judged.code, judged.signer, report=report)


def _wrong_pkcs7(case: Case, data: bytes, verdict: cms.Verdict, registered: dict[Any, Registered]) -> Judged:
    found = verdict.found
    if verdict.code in _UNREADABLE or found is None:
        code = "cms_not_der" if verdict.why == "indefinite" else _UNREADABLE.get(verdict.code, "secret_kind")
        return Judged(code, report={"why": verdict.why})
    signer = registered.get(found.signer) if found.signer else None
    if verdict.code == "signer_unknown":
        known = [reported.of_certificate(one) for one in registered.values()]
        return Judged(_stranger(found, list(registered.values())), signer, report={"registered": known})
    if verdict.code == "algorithm_unknown":
        return Judged(_algorithm(found), signer)
    if not case.searches():
        return Judged("signature_wrong", signer)
    spoken_of = spoken.of_cms(data, found)
    if spoken_of is None:
        return Judged("foreign_key" if verdict.code == "signature_wrong" else "string_unknown", signer)
    ours = next((text for text in case.usual if spoken_of.matches(text.data)), None)
    if ours:  # the string is ours, so it is the key that is not
        return Judged("foreign_key", signer)
    looked = _searched(case, spoken_of)
    shown = _attached(case, found)
    code = "string_differs" if shown and not looked.matched else looked.code
    if code == "string_unknown" and spoken_of.most and verdict.code == "signature_wrong":
        code = "signature_wrong"
    return Judged(code, signer, report={**looked.report, **shown})


def _stranger(found: cms.Found, certificates: list[Registered]) -> str:
    """The signer is none of the system's: a reissued certificate of the same key, another one, or not sent at all."""
    if found.signer is None:
        return "signer_not_embedded"
    same = any(one.certificate.spki == found.signer.spki for one in certificates)
    return "certificate_reissued" if same else "signer_unknown"


def _algorithm(found: cms.Found) -> str:
    if found.digest in {"sha1", "md5"}:
        return "digest_sha1"
    if found.signer and found.signer.gost != found.digest.startswith("streebog"):
        return "algorithm_mismatch"
    return "algorithm_unknown"


def _told(verdict: cms.Verdict) -> dict[str, Any]:
    found = verdict.found
    if found is None:
        return {"verdict": verdict.code, "why": verdict.why}
    return {
        "verdict": verdict.code,
        "attached": found.attached,
        "signed_attributes": found.signed_attributes,
        "digest": found.digest,
        "signature": found.signature,
        "signer": found.signer.subject if found.signer else "",
        "serial": found.signer.serial if found.signer else "",
        "embedded": [one.subject for one in found.embedded],
        "signed_at": found.signed_at.isoformat() if found.signed_at else "",
    }


def _attached(case: Case, found: cms.Found) -> dict[str, Any]:
    """The string the client signed, when the PKCS#7 carries it, and where it parts from ours."""
    if found.content is None:
        return {}
    theirs, ours = found.content.decode("utf-8", "replace"), case.usual[0].text
    for name in ("code", "refresh_token"):
        value = case.values.get(name, "")
        if value:
            theirs, ours = (text.replace(value, reported.shown(name, value)) for text in (theirs, ours))
    shown, our = reported.shown("scope", theirs), reported.shown("scope", ours)
    return {"signed_text": shown, "differs_at": reported.difference(our, shown)}


# ── bare signatures ──


def bare(case: Case, data: bytes) -> Judged:
    """A bare signature: of v2 and v3. Without a hash every certificate in force is tried (§3, variant B)."""
    if case.signed.first_generation:
        return Judged("raw_on_v1", report=reported.of_string(case.usual[0]))
    active = [one for one in case.system.certificates if one.state(case.now) == "active"]
    tried = [case.named] if case.named else active or list(case.system.certificates)
    fitting = [one for one in tried if _fits(one, data)]
    for registered in fitting:
        for deviation, text in _texts(case):
            if raw.verify(registered.certificate, text.data, data):
                return _good(case, text, registered, deviation)
            if case.system.lenient and raw.verify(registered.certificate, text.data, data[::-1]):
                return _good(case, text, registered, deviation, "bytes_reversed")
    judged = _wrong_bare(case, data, fitting) if fitting else Judged("algorithm_mismatch")
    return Judged(judged.code, judged.signer, (), {**reported.of_string(case.usual[0]), **judged.report})


def _fits(registered: Registered, data: bytes) -> bool:
    kind = raw.kind(data)
    if registered.gost:
        return kind == registered.certificate.algorithm.replace("gost2012_", "gost")
    return kind == registered.certificate.algorithm


def _wrong_bare(case: Case, data: bytes, tried: list[Registered]) -> Judged:
    if not case.searches():
        return Judged("signature_wrong", tried[0])
    texts = [text.data for text in case.usual]
    half = len(data) // 2
    for registered in tried:
        certificate = registered.certificate
        for code, turned in (
            ("bytes_reversed", data[::-1]),
            ("halves_swapped", data[half:] + data[:half]),
            ("bytes_reversed", data[:half][::-1] + data[half:][::-1]),
        ):
            if any(raw.verify(certificate, text, turned) for text in texts):
                return Judged(code, registered)
    others = [one for one in case.system.certificates if one not in tried and _fits(one, data)]
    for registered in others:
        if any(raw.verify(registered.certificate, text, data) for text in texts):
            report = {"signed_by": registered.certificate.subject}
            return Judged("hash_of_other_certificate", registered, report=report)
    for registered in tried:
        judged = _other_string(case, registered, data, most=max(spoken.FEW, spoken.MANY // len(tried)))
        if judged:
            return judged
    return Judged("foreign_key" if not any(one.gost for one in tried) else "signature_wrong", tried[0])


def _other_string(case: Case, registered: Registered, data: bytes, *, most: int) -> Judged | None:
    """None when the key of this certificate did not make it, as far as can be told. most: strings that a GOST signature
    is asked of."""
    certificate = registered.certificate
    if registered.gost:
        turned = next(
            (
                judged
                for signature, many in ((data, most), (data[::-1], spoken.FEW))
                if (judged := _searched(case, spoken.of_gost(certificate, signature, most=many))).matched
            ),
            None,
        )
        return Judged(turned.code, registered, report=turned.report) if turned else None
    spoken_of = spoken.of_rsa(certificate, data) or spoken.of_rsa(certificate, data[::-1])
    if spoken_of is None:
        pss = spoken.is_pss(certificate, data, [text.data for text in case.usual])
        return Judged("rsa_pss", registered) if pss else None
    if any(spoken_of.matches(text.data) for text in case.usual):
        return Judged(_OF_DIGEST.get(spoken_of.digest, "digest_other"), registered)
    looked = _searched(case, spoken_of)
    return Judged(looked.code, registered, report={**looked.report, "digest": spoken_of.digest})


def _searched(case: Case, spoken_of: spoken.Spoken) -> Judged:
    """Which known mistake the string is; `string_unknown` when it is none of them."""
    found = variants.search(case.signed, case.system, case.usual, spoken_of)
    listed: list[dict[str, Any]] = [{"code": text.name, "matched": False} for text in case.usual]
    hit = found.matched
    listed += [{"code": code, "matched": bool(hit and hit.code == code)} for code in found.tried]
    report: dict[str, Any] = {"variants": listed}
    if hit:
        report["signed_parts"] = reported.of_parts(hit.parts)
    return Judged(hit.code if hit else "string_unknown", report=report)
