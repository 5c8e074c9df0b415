"""Timestamps by RFC 3161: the authority's answer to a query, and the judgement of such an answer.

The answer is written as DER piece by piece: what never changes (certificates, algorithm, the certificate's
fingerprint of RFC 5816) is encoded once, so that an answer costs one ECDSA signature and little else.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import new as digest_of
from hashlib import sha256
from typing import Final

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from dopusk.trust import der
from dopusk.trust.authority import issued_by

POLICY: Final = "2.25.151094303742385229216413640834104837093"  # of the sandbox, from a random UUID
LONGEST_QUERY: Final = 4096  # bytes; an honest one has less than a hundred

_DIGESTS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_FAILURE_BIT: Final = {
    "bad_alg": 0,
    "bad_request": 2,
    "bad_data_format": 5,
    "unaccepted_policy": 15,
    "unaccepted_extensions": 16,
}


class TimestampRefused(ValueError):
    """A query the authority does not answer, or an answer that is no timestamp for what was asked.

    ``code`` of a query: a failure of RFC 3161 §2.4.2 (``bad_alg``, ``bad_request``, ``bad_data_format``,
    ``unaccepted_policy``, ``unaccepted_extensions``). Of an answer: ``answer_format``, ``answer_rejected``,
    ``answer_of_another_query``, ``answer_signature``, ``answer_untrusted``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped; its own class demands a token
    _fields = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


_CONTENT_TYPE: Final = der.attribute(der.CONTENT_TYPE, der.TST_INFO)
_GRANTED: Final = der.sequence(der.integer(0))


class Responder:
    """A timestamping authority: a P-256 key, parsed once, and its certificate for that purpose."""

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, policy: str = POLICY
    ) -> None:
        if certificate.public_key() != key.public_key():
            raise ValueError("the certificate is not of this key")
        whole = certificate.public_bytes(Encoding.DER)
        self._key = key
        self._policy = policy
        self._policy_der = der.oid(policy)
        self._certificate = whole
        self._sid = der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
        fingerprint = der.sequence(der.octets(sha256(whole).digest()))  # ESSCertIDv2, SHA-256 by default
        self._bound = der.attribute(der.SIGNING_CERTIFICATE, der.sequence(der.sequence(fingerprint)))

    def answer(self, query: bytes, now: datetime) -> bytes:
        """TimeStampResp (DER) to a TimeStampReq (DER): a token for ``now`` (aware), or the refusal."""
        try:
            asked = self._read(query)
        except TimestampRefused as refusal:
            return _refusal(refusal.code)
        return der.sequence(_GRANTED, self._token(asked, now.astimezone(UTC)))

    def _read(self, query: bytes) -> "_Query":
        if len(query) > LONGEST_QUERY:
            raise TimestampRefused("bad_data_format")
        try:
            asked = tsp.TimeStampReq.load(query, strict=True)
            imprint = asked["message_imprint"]
            algorithm, digest = (
                imprint["hash_algorithm"]["algorithm"].native,
                imprint["hashed_message"].native,
            )
            policy, extensions = asked["req_policy"].native, asked["extensions"].native
            version, wants_certificates = asked["version"].native, bool(asked["cert_req"].native)
            nonce = b"" if asked["nonce"].native is None else asked["nonce"].dump()
        except (ValueError, TypeError, KeyError):
            raise TimestampRefused("bad_data_format") from None
        if version != "v1":
            raise TimestampRefused("bad_request")
        if algorithm not in _DIGESTS:
            raise TimestampRefused("bad_alg")
        if len(digest) != _DIGESTS[algorithm]:
            raise TimestampRefused("bad_data_format")
        if policy not in {None, self._policy}:
            raise TimestampRefused("unaccepted_policy")
        if extensions:
            raise TimestampRefused("unaccepted_extensions")
        return _Query(imprint.dump(), nonce, wants_certificates)

    def _token(self, asked: "_Query", now: datetime) -> bytes:
        information = der.sequence(
            der.integer(1),
            self._policy_der,
            asked.imprint,
            der.integer(1 << 127 | secrets.randbits(127)),  # unique, and always of one length
            der.element(0x18, now.strftime("%Y%m%d%H%M%SZ").encode()),
            der.sequence(der.integer(1)),  # accuracy: a second, for the fraction is not given
            asked.nonce,
        )
        attributes = der.set_of(
            _CONTENT_TYPE,
            der.attribute(der.SIGNING_TIME, der.element(0x17, now.strftime("%y%m%d%H%M%SZ").encode())),
            der.attribute(der.MESSAGE_DIGEST, der.octets(sha256(information).digest())),
            self._bound,
        )
        signature = self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        return der.signed_data(
            der.sequence(der.TST_INFO, der.explicit(0, der.octets(information))),
            self._certificate if asked.wants_certificates else b"",
            der.signer_info(self._sid, attributes, signature),
            version=3,
        )


@dataclass(frozen=True)
class _Query:
    imprint: bytes  # DER, echoed as it came
    nonce: bytes  # DER, or nothing
    wants_certificates: bool


def check(answer: bytes, digest: bytes, nonce: int, roots: Sequence[x509.Certificate]) -> cms.ContentInfo:
    """The token of an answer, once it is granted, ours, signed, and by an authority one of the roots names.

    digest: SHA-256 that was asked for. :class:`TimestampRefused` otherwise.
    """
    try:
        told = _Answer.load(answer, strict=True)
        granted = told["status"]["status"].native in {"granted", "granted_with_mods"}
        token = told["time_stamp_token"]
        if granted:
            data = token["content"]
            content = data["encap_content_info"]["content"]
            information = content.parsed
            imprint = information["message_imprint"]
            same = (
                imprint["hash_algorithm"]["algorithm"].native == "sha256"
                and imprint["hashed_message"].native == digest
                and information["nonce"].native == nonce
            )
            (signer,) = data["signer_infos"]
            (certificate,) = [
                x509.load_der_x509_certificate(choice.chosen.dump()) for choice in data["certificates"]
            ]
    except Exception:  # noqa: BLE001 - bytes from outside may break a parser anywhere; then they are no answer
        raise TimestampRefused("answer_format") from None
    if not granted:
        raise TimestampRefused("answer_rejected")
    if not same:
        raise TimestampRefused("answer_of_another_query")
    _check_authority(certificate, roots)
    _check_signature(signer, bytes(content), certificate)
    return token


def _check_signature(signer: cms.SignerInfo, content: bytes, certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    try:
        attributes = {
            attribute["type"].native: attribute["values"][0] for attribute in signer["signed_attrs"]
        }
        algorithm = signer["digest_algorithm"]["algorithm"].native
        if attributes["message_digest"].native != digest_of(algorithm, content).digest():
            raise TimestampRefused("answer_signature")
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TimestampRefused("answer_signature")
        signed = signer["signed_attrs"].untag().dump()
        key.verify(signer["signature"].native, signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError, KeyError):
        raise TimestampRefused("answer_signature") from None


def _check_authority(certificate: x509.Certificate, roots: Sequence[x509.Certificate]) -> None:
    if not issued_by(certificate, roots):
        raise TimestampRefused("answer_untrusted")
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise TimestampRefused("answer_untrusted") from None
    if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampRefused("answer_untrusted")


def _refusal(code: str) -> bytes:
    bit = _FAILURE_BIT[code]
    bits = (1 << (7 - bit % 8)).to_bytes(bit // 8 + 1, "big")
    words = der.sequence(der.element(0x0C, code.encode()))
    failure = der.element(0x03, bytes([7 - bit % 8]), bits)
    return der.sequence(der.sequence(der.integer(2), words, failure))
