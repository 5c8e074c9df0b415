"""Electronic signatures in PDF: PAdES B-T (ETSI EN 319 142-1), made and judged with pyHanko.

A signature made here certifies the paper (DocMDP: no changes allowed) and always carries a timestamp.
"""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import ades_with_time_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from dopusk.trust import der
from dopusk.trust.exactness import is_exact

FIELD: Final = "Signature"

Code = Literal[
    "valid",
    "unreadable",  # not a PDF we can read
    "no_signature",
    "no_timestamp",
    "altered",  # a byte, an addition, a signature that does not add up
    "untrusted",  # somebody signed, but none of the roots vouches for the signer or the time
    "revoked",
    "expired",  # the signer's certificate was out of its term when it signed
]


@dataclass(frozen=True)
class Verdict:
    """What can be said of a signed PDF. ``signer`` and ``signed_at`` are set only when it is valid."""

    code: Code
    signer: str = ""
    organisation: str = ""
    signed_at: datetime | None = None


class SealSigner(Signer):
    """Signs with a P-256 key parsed once, and writes the CMS itself, whole and always alike.

    pyHanko's own signers parse the key at every signature and spend most of their time on the CMS.
    chain: intermediate certificates to embed; roots stay outside, for the verifier brings them.
    """

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate] = (),
    ) -> None:
        if certificate.public_key() != key.public_key():
            raise ValueError("the certificate is not of this key")
        whole = certificate.public_bytes(Encoding.DER)
        super().__init__(signing_cert=asn1_x509.Certificate.load(whole), embed_roots=False)
        self.certificate = certificate
        self._key = key
        links = [link.public_bytes(Encoding.DER) for link in chain if link.subject != link.issuer]
        self._certificates = b"".join(sorted([whole, *links]))
        self._sid = der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
        fingerprint = der.sequence(der.octets(sha256(whole).digest()))
        self._bound = der.attribute(der.SIGNING_CERTIFICATE, der.sequence(der.sequence(fingerprint)))
        self._reserved: int | None = None

    async def async_sign(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        use_pades: bool = False,
        timestamper: TimeStamper | None = None,
        signed_attr_settings: object = None,
        is_pdf_sig: bool = True,
        encap_content_info: object = None,
    ) -> cms.ContentInfo:
        """The timestamped CMS over a SHA-256 digest of a PDF; pyHanko calls this, and only this way."""
        if timestamper is None or digest_algorithm != "sha256" or not (use_pades and is_pdf_sig):
            raise ValueError("only PAdES with SHA-256 and a timestamp is signed here")
        attributes = der.set_of(
            der.attribute(der.CONTENT_TYPE, der.DATA),
            der.attribute(der.MESSAGE_DIGEST, der.octets(data_digest)),
            self._bound,
        )
        signature = bytes(72) if dry_run else self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        token = await timestamper.async_timestamp(sha256(signature).digest(), "sha256")
        unsigned = der.attribute(der.TIMESTAMP_TOKEN, token.dump())
        signer = der.signer_info(self._sid, attributes, signature, unsigned)
        return cms.ContentInfo.load(der.signed_data(der.sequence(der.DATA), self._certificates, signer))

    async def reserved(self, timestamper: TimeStamper) -> int:
        """How many hexadecimal digits a signature of ours takes, measured once; some bytes to spare."""
        if self._reserved is None:
            trial = await self.async_sign(
                bytes(32), "sha256", dry_run=True, use_pades=True, timestamper=timestamper
            )
            self._reserved = 2 * (len(trial.dump()) + 16)
        return self._reserved


class _Addition(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        """Nothing: the paper keeps its own metadata. pyHanko would write it anew, in other words of XMP."""


class _Signing(PdfSigner):
    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """PAdES as an extension of PDF 1.7. pyHanko would declare PDF 2.0 for the curve, which PDF/A-2 is not."""
        pdf_out.register_extension(ESIC_EXTENSION_1)


def sign(
    pdf: bytes,
    signer: SealSigner,
    timestamper: TimeStamper,
    *,
    reason: str,
    location: str,
    field_words: str,
) -> bytes:
    """The PDF with a certification signature of level B-T; whatever the timestamper raises comes through.

    field_words: what a reader's software calls the field aloud (PDF/UA-1 §7.18.1). The field is out of sight,
    beyond the page, as PDF/A-2 and PDF/UA-1 together want it.
    """
    return asyncio.run(_sign(pdf, signer, timestamper, reason, location, field_words))


async def _sign(
    pdf: bytes, signer: SealSigner, timestamper: TimeStamper, reason: str, location: str, field_words: str
) -> bytes:
    reserved = await signer.reserved(timestamper)
    work = _Signing(
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            reason=reason,
            location=location,
            name=_named(signer.certificate, NameOID.COMMON_NAME),
        ),
        signer=signer,
        timestamper=timestamper,
        new_field_spec=SigFieldSpec(
            FIELD,
            readable_field_name=field_words,
            invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
        ),
    )
    signed = await work.async_sign_pdf(_Addition(io.BytesIO(pdf)), bytes_reserved=reserved)
    return bytes(signed.getvalue())


def validate(
    pdf: bytes,
    roots: Sequence[x509.Certificate],
    revoked: x509.CertificateRevocationList | None = None,
    at: datetime | None = None,
) -> Verdict:
    """Judge a paper of ours: one certification signature, B-T, nothing changed since, by a root we know.

    revoked: the authority's revocation list; without it revocation is not looked at. at: the moment of judging,
    now unless given. Nothing is fetched from the network.
    """
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    except Exception:  # noqa: BLE001 - a hostile file may break the reader anywhere; whatever breaks, it is refused
        return Verdict("altered" if _was_signed(pdf) else "unreadable")
    if not signatures:
        return Verdict("altered" if _was_signed(pdf) else "no_signature")
    return asyncio.run(_judge(pdf, signatures[0], list(roots), revoked, at))


async def _judge(
    pdf: bytes,
    signature: EmbeddedPdfSignature,
    roots: list[x509.Certificate],
    revoked: x509.CertificateRevocationList | None,
    at: datetime | None,
) -> Verdict:
    try:
        if signature.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
            return Verdict("altered")  # something came after: a shadow, a second version, a stray byte
        if not _has_timestamp(signature.signer_info):
            return Verdict("no_timestamp")
        moment = at or datetime.now().astimezone()
        result = await ades_with_time_validation(
            signature.signed_data,
            _policy(roots, revoked),
            timing_info=ValidationTimingInfo(moment, moment, point_in_time_validation=at is not None),
            raw_digest=signature.compute_digest(),
        )
    except Exception:  # noqa: BLE001 - as above: it reads, it carries a signature, and it breaks
        return Verdict("altered")
    if result.ades_subindic != AdESPassed.OK or result.api_status is None:
        return Verdict(_CODE.get(result.ades_subindic, "untrusted"))
    if not is_exact(pdf, list(signature.byte_range), roots):
        return Verdict("altered")
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    signed_at = result.api_status.timestamp_validity.timestamp
    # pyHanko looks at the end of the term only with long-term validation data at hand
    if not certificate.not_valid_before_utc <= signed_at <= certificate.not_valid_after_utc:
        return Verdict("expired")
    return Verdict(
        "valid",
        signer=_named(certificate, NameOID.COMMON_NAME),
        organisation=_named(certificate, NameOID.ORGANIZATION_NAME),
        signed_at=signed_at,
    )


_CODE: Final[dict[AdESSubIndic, Code]] = {
    AdESFailure.FORMAT_FAILURE: "altered",
    AdESFailure.HASH_FAILURE: "altered",
    AdESFailure.SIG_CRYPTO_FAILURE: "altered",
    AdESFailure.REVOKED: "revoked",
    AdESIndeterminate.REVOKED_NO_POE: "revoked",
}


def _has_timestamp(signer_info: cms.SignerInfo) -> bool:
    attributes = signer_info["unsigned_attrs"]
    return any(attribute["type"].native == "signature_time_stamp_token" for attribute in attributes or ())


def _policy(
    roots: list[x509.Certificate], revoked: x509.CertificateRevocationList | None
) -> SignatureValidationSpec:
    rule = RevocationCheckingRule
    checking = (
        NO_REVOCATION if revoked is None else RevocationCheckingPolicy(rule.CRL_REQUIRED, rule.CRL_REQUIRED)
    )
    lists = []
    if revoked is not None:
        lists = [CRLContainer(asn1_crl.CertificateList.load(revoked.public_bytes(Encoding.DER)))]
    trusted = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[_asn1(root) for root in roots]),
        revinfo_policy=CertRevTrustPolicy(checking),
    )
    return SignatureValidationSpec(
        cert_validation_policy=trusted,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
        ),
        local_knowledge=LocalKnowledge(known_crls=lists),
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )


def _was_signed(pdf: bytes) -> bool:
    """Whether the file bears traces of a signature: then it is not unknown to us, it was changed."""
    return any(trace in pdf for trace in (b"/ByteRange", b"/ETSI.CAdES.detached", b"/SigFlags"))


def _named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return "".join(str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid))


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
