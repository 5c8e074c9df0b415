"""The accreditation authority's own electronic signature: obtained once, kept sealed, put on every paper.

On first use the authority makes its key, asks the certification authority of the registers for a certificate
and keeps both; a month before the certificate runs out it asks for a new one. A paper is given out only with a
timestamp: while the timestamping authority is silent, :class:`RegisterDown` is raised and whoever asked tries
again later.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Protocol

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

from dopusk.cabinet.certificates.paper import Paper, SealLine, render
from dopusk.kernel import trace
from dopusk.trust import authority, pades
from dopusk.trust.keys import KeyFolder, PrivateKey
from dopusk.trust.sealing import Sealer
from dopusk.trust.timestamper import HttpTimestamper, TimestampDown
from dopusk.web.outgoing import Register, RegisterDown
from dopusk.web.outgoing.register import Breaker

REGISTER: Final = "pki"
COMMON_NAME: Final = (
    "Аккредитационный центр"  # the whole name is the organisation's: here 64 bytes are the bound
)
LONGEST_NAME: Final = 64  # characters of an organisation's name, X.520
PLACE: Final = "Россия"
REASON: Final = "Выписка сформирована из реестра аккредитаций"
FIELD_WORDS: Final = "Электронная подпись выписки"
RENEW_BEFORE: Final = timedelta(days=30)


class Keeping(Protocol):
    """Where the key and the certificate rest; :class:`~dopusk.trust.keys.KeyFolder` is one."""

    def key(self, name: str) -> PrivateKey:
        """The key of this name, made on first use, parsed once."""

    def read(self, name: str) -> bytes | None:
        """What was kept under this name, or None."""

    def replace(self, name: str, content: bytes) -> None:
        """Keep this under the name instead of what was there, in one step."""


@dataclass(frozen=True)
class Seal:
    """The signer, the roots it trusts, and who stamps the time."""

    signer: pades.SealSigner
    roots: tuple[x509.Certificate, ...]
    timestamper: HttpTimestamper

    def line(self) -> SealLine:
        """What a paper says of this signature."""
        certificate = self.signer.certificate
        owner = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
        digits = f"{certificate.serial_number:040X}"
        return SealLine(
            owner=str(owner),
            serial_number=" ".join(digits[at : at + 4] for at in range(0, len(digits), 4)),
            valid_from=timezone.localdate(certificate.not_valid_before_utc),
            valid_until=timezone.localdate(certificate.not_valid_after_utc),
        )


class SealKeeper:
    """Gives the seal out, the same object as long as its certificate is good. Safe for threads.

    timestamps: leaves a silent timestamping authority alone, or the papers of one sitting, each waiting for its
    time-outs in turn, would keep the worker from everything else.
    """

    def __init__(self, keeping: Keeping, register: Register, timestamp_client: httpx.Client) -> None:
        self._keeping = keeping
        self._register = register
        self._client = timestamp_client
        self.timestamps = Breaker()
        self._kept: Seal | None = None
        self._lock = threading.Lock()

    def obtain(self) -> Seal:
        """The seal. Raises ``RegisterDown`` or ``RegisterRefused`` when a certificate cannot be had now."""
        with self._lock:
            if self._kept is None or _runs_out(self._kept.signer.certificate):
                self._kept = self._read() or self._request()
            return self._kept

    def _read(self) -> Seal | None:
        kept = self._keeping.read("seal.pem")
        if kept is None:
            return None
        seal = self._seal(x509.load_pem_x509_certificates(kept))
        return None if _runs_out(seal.signer.certificate) else seal

    def _request(self) -> Seal:
        name = authority.subject(COMMON_NAME, settings.CENTER_NAME[:LONGEST_NAME])
        csr = authority.request(self._keeping.key("seal"), name)
        answer = self._register.post("/api/pki/certificates", {"csr": csr, "profile": "seal"})
        try:
            pems = [answer["certificate"], *answer["chain"]]
            certificates = [x509.load_pem_x509_certificate(pem.encode()) for pem in pems]
            seal = self._seal(certificates)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"no certificate in the answer: {type(error).__name__}"
            raise RegisterDown(REGISTER, datetime.now(UTC), reason) from error
        self._keeping.replace("seal.pem", b"".join(link.public_bytes(Encoding.PEM) for link in certificates))
        return seal

    def _seal(self, certificates: Sequence[x509.Certificate]) -> Seal:
        """From the certificate and its chain; ``ValueError`` when they or the key do not fit together."""
        certificate, *chain = certificates
        roots = tuple(link for link in chain if link.subject == link.issuer)
        if not authority.issued_by(certificate, roots):
            raise ValueError("the chain does not lead from the certificate to a root")
        key = self._keeping.key("seal")
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("the seal's key is not of a curve")  # noqa: TRY004 - a kept value, not an argument
        timestamper = HttpTimestamper(f"{settings.REGISTERS_URL}/pki/timestamp", roots, self._client)
        return Seal(pades.SealSigner(key, certificate, chain), roots, timestamper)


def _runs_out(certificate: x509.Certificate) -> bool:
    return datetime.now(UTC) > certificate.not_valid_after_utc - RENEW_BEFORE


@cache
def keeper() -> SealKeeper:
    """The keeper of this process: files under ``<STATE>/seal``, connections kept open."""
    return SealKeeper(
        KeyFolder(settings.STATE / "seal", Sealer(settings.SEALING_KEY)),
        Register(settings.REGISTERS_URL, settings.REGISTERS_TOKEN, REGISTER),
        httpx.Client(timeout=httpx.Timeout(5.0, connect=2.0), event_hooks={"request": [_trace]}),
    )


def sealed(paper: Paper, kept: SealKeeper | None = None) -> bytes:
    """The paper drawn and signed. Raises ``RegisterDown`` (name "pki") when that cannot be done now."""
    kept = kept or keeper()
    drawn = render(replace(paper, seal=kept.obtain().line()))
    return put_on(drawn, reason=REASON, field_words=FIELD_WORDS, kept=kept)


def put_on(pdf: bytes, *, reason: str, field_words: str, kept: SealKeeper | None = None) -> bytes:
    """Any drawn paper of the authority, signed; errors as above. field_words: see ``pades.sign``."""
    kept = kept or keeper()
    seal = kept.obtain()
    if since := kept.timestamps.resting():
        raise RegisterDown(REGISTER, since, "resting after repeated failures")
    try:
        signed = pades.sign(
            pdf, seal.signer, seal.timestamper, reason=reason, location=PLACE, field_words=field_words
        )
    except TimestampDown as down:
        raise RegisterDown(REGISTER, kept.timestamps.failed(), str(down)) from down
    kept.timestamps.answered()
    return signed


def check(pdf: bytes, kept: SealKeeper | None = None) -> pades.Verdict:
    """What our own root says of a paper somebody shows."""
    return pades.validate(pdf, (kept or keeper()).obtain().roots)


def _trace(request: httpx.Request) -> None:
    request.headers["X-Trace-Id"] = trace.current()
