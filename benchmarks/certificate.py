"""What a certificate costs: `python -m benchmarks.certificate [--json] [--papers N]`.

Ours: the paper drawn by typst, signed PAdES B-T with a key parsed once and a kept connection to the timestamp
authority, and judged again. The peer: pyHanko as its manual shows it, signing the same paper with the same key
at the same level and the same authority, once for P-256 and once for RSA-2048. CPU time is this process's own,
so the authority's is not in it; it answers over real HTTP in a process of its own.
"""

import argparse
import io
import json
import logging
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dopusk.cabinet.certificates.paper import Paper, render
from dopusk.trust import keys, pades
from dopusk.trust.authority import Authority, Pointers, request, subject
from dopusk.trust.timestamper import HttpTimestamper
from dopusk.trust.timestamps import Responder

POINTERS = Pointers("http://localhost:8002/pki/ca.cer", "http://localhost:8002/pki/ca.crl")
WARM_UP = 3
ANNA = Paper(
    number="7726000000001",
    code="4F7K9QXM2T8B",
    holder="Орлова Анна Сергеевна",
    specialty="Сестринское дело",
    specialty_code="34.02.01",
    kind="periodic",
    protocol_number="11-1",
    protocol_date=date(2026, 11, 24),
    valid_from=date(2026, 11, 24),
    valid_until=date(2031, 11, 24),
    commission="Аккредитационная комиссия Тверской области",
    organisation="Учебный федеральный аккредитационный центр",
    verify_url="http://localhost:8001/verify/7726000000001?code=4F7K9QXM2T8B",
    issued_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
)


@dataclass(frozen=True)
class Figures:
    """Milliseconds: the median on the clock, the mean of CPU."""

    clock: float
    cpu: float


def measure(papers: int, work: Callable[[int], object]) -> Figures:
    """Do the work `papers` times after a warm-up. work gets the number of the turn."""
    for turn in range(WARM_UP):
        work(turn)
    times, cpu = [], time.process_time()
    for turn in range(papers):
        began = time.perf_counter()
        work(turn)
        times.append(time.perf_counter() - began)
    spent = (time.process_time() - cpu) / papers
    return Figures(round(statistics.median(times) * 1000, 2), round(spent * 1000, 2))


def serve(responder: Callable[[], Responder], told: Connection) -> None:
    """The timestamp authority, over HTTP/1.1 with kept connections."""
    stamps = responder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave together

        def do_POST(self) -> None:
            answer = stamps.answer(self.rfile.read(int(self.headers["Content-Length"])), datetime.now(UTC))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.send(server.server_address[1])
    server.serve_forever()


def stock(key: keys.PrivateKey, certificate: x509.Certificate, url: str) -> Callable[[bytes], bytes]:
    """Signing as pyHanko's manual shows it: B-T, room estimated anew, a connection per timestamp."""
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def sign(pdf: bytes) -> bytes:
        signer = signers.SimpleSigner(
            signing_cert=Certificate.load(certificate.public_bytes(Encoding.DER)),
            signing_key=PrivateKeyInfo.load(pkcs8),
            cert_registry=SimpleCertificateStore(),
        )
        meta = signers.PdfSignatureMetadata(
            field_name="Signature", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        made = signers.sign_pdf(writer, meta, signer=signer, timestamper=HTTPTimeStamper(url))
        return bytes(made.getvalue())

    return sign


def run(papers: int) -> dict[str, float | int]:
    """All figures of one run."""
    now = datetime.now(UTC)
    authority = Authority.found(keys.new(), subject("Корень", "Допуск"), now)

    def certified(key: keys.PrivateKey) -> x509.Certificate:
        return authority.issue(request(key, subject("Центр", "Допуск")), "seal", now, POINTERS)

    stamp_key = ec.generate_private_key(ec.SECP256R1())
    stamp = authority.issue(request(stamp_key, subject("Время", "Допуск")), "timestamp", now, POINTERS)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=serve, args=(lambda: Responder(stamp_key, stamp), there), daemon=True
    )
    process.start()
    try:
        url = f"http://127.0.0.1:{here.recv()}/pki/timestamp"
        curve, big = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
        roots = [authority.certificate]
        signer, timestamper = pades.SealSigner(curve, certified(curve)), HttpTimestamper(url, roots)
        drawn = render(ANNA)

        def sign(pdf: bytes) -> bytes:
            return pades.sign(
                pdf, signer, timestamper, reason="Выписка", location="Россия", field_words="Подпись"
            )

        signed = sign(drawn)
        assert pades.validate(signed, roots).code == "valid"
        peer, peer_rsa = stock(curve, certified(curve), url), stock(big, certified(big), url)

        def paper(turn: int) -> Paper:
            return replace(ANNA, number=f"7726{turn:09d}")

        figures = {
            "render": measure(papers, lambda turn: render(paper(turn))),
            "sign": measure(papers, lambda _: sign(drawn)),
            "whole": measure(papers, lambda turn: sign(render(paper(turn)))),
            "check": measure(papers, lambda _: pades.validate(signed, roots)),
            "peer_sign": measure(papers, lambda _: peer(drawn)),
            "peer_sign_rsa": measure(papers, lambda _: peer_rsa(drawn)),
        }
    finally:
        process.terminate()
    told: dict[str, float | int] = {"papers": papers}
    for name, figure in figures.items():
        told[f"{name}_ms"], told[f"{name}_cpu_ms"] = figure.clock, figure.cpu
    told["ratio"] = round(figures["sign"].cpu / figures["peer_sign"].cpu, 3)
    told["ratio_rsa"] = round(figures["sign"].cpu / figures["peer_sign_rsa"].cpu, 3)
    told["bytes"] = len(signed)
    return told


def main() -> int:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--papers", type=int, default=100)
    arguments = parser.parse_args()
    told = run(arguments.papers)
    rows = (
        ("draw (typst, PDF/A-2a + UA-1)", "render"),
        ("sign (PAdES B-T)", "sign"),
        ("draw and sign", "whole"),
        ("judge", "check"),
        ("peer: stock pyHanko, P-256", "peer_sign"),
        ("peer: stock pyHanko, RSA-2048", "peer_sign_rsa"),
    )
    for words, name in rows:
        print(f"{words:32} {told[f'{name}_ms']:8} ms  {told[f'{name}_cpu_ms']:8} ms CPU", file=sys.stderr)
    print(
        f"sign: {told['ratio']} of the peer's CPU ({told['ratio_rsa']} with RSA)", file=sys.stderr, flush=True
    )
    if arguments.json:
        print(json.dumps({"certificate": told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
