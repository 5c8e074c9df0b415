"""The offices every test here knows: one authority, its timestamp service, a seal, and a stranger."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
import typst
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

import dopusk
from dopusk.trust.authority import Authority, Pointers, request, subject
from dopusk.trust.pades import SealSigner, sign
from dopusk.trust.timestamper import HttpTimestamper
from dopusk.trust.timestamps import Responder

NOW = datetime.now(UTC)
POINTERS = Pointers("http://localhost:8002/pki/ca.cer", "http://localhost:8002/pki/ca.crl")
SEAL = subject("Учебный центр аккредитации", "Допуск", ogrn="1027700132195")


@dataclass(frozen=True)
class Offices:
    """An authority and what it vouches for."""

    authority: Authority
    responder: Responder
    signer: SealSigner

    @property
    def roots(self) -> list[x509.Certificate]:
        return [self.authority.certificate]

    def timestamper(self, answer=None, attempts: int = 1) -> HttpTimestamper:
        """Asks this office's responder without a network; ``answer`` may spoil what comes back."""

        def reply(asked: httpx.Request) -> httpx.Response:
            told = self.responder.answer(asked.content, datetime.now(UTC))
            return answer(told) if answer else httpx.Response(200, content=told)

        client = httpx.Client(transport=httpx.MockTransport(reply))
        return HttpTimestamper("http://registers/pki/timestamp", self.roots, client, attempts=attempts)

    def sign(self, pdf: bytes) -> bytes:
        """Signed as the cabinet signs."""
        return sign(
            pdf, self.signer, self.timestamper(), reason="Выписка", location="Россия", field_words="Подпись"
        )


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def found(founded: datetime = NOW - timedelta(days=1)) -> Offices:
    """Offices founded on that day: root, timestamp service and seal."""
    authority = Authority.found(new_key(), subject("Учебный удостоверяющий центр", "Допуск"), founded)
    stamp, seal = new_key(), new_key()
    stamped = authority.issue(
        request(stamp, subject("Метки времени", "Допуск")), "timestamp", founded, POINTERS
    )
    sealed = authority.issue(request(seal, SEAL), "seal", founded, POINTERS)
    return Offices(authority, Responder(stamp, stamped), SealSigner(seal, sealed))


@cache
def ours() -> Offices:
    """The authority the verifier knows."""
    return found()


@cache
def strangers() -> Offices:
    """Another authority with the same names: only its keys differ."""
    return found()


@cache
def paper() -> bytes:
    """A small paper in Russian, PDF/A-2a and PDF/UA-1."""
    fonts = Path(dopusk.__file__).parent / "web" / "design" / "fonts"
    text = (
        '#set document(title: "Выписка")\n#set text(font: "Golos Text", lang: "ru")\n= Выписка\nОрлова Анна'
    )
    made = typst.compile(
        text.encode(), font_paths=[str(fonts)], ignore_system_fonts=True, pdf_standards=["a-2a", "ua-1"]
    )
    assert isinstance(made, bytes)
    return made


@cache
def signed() -> bytes:
    """The paper, signed by our seal."""
    return ours().sign(paper())
