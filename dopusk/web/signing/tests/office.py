"""A certification authority of the tests, really on HTTP: issuers, lists, OCSP, timestamps, and all their faults."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from dopusk.trust import cades, certificates, gost, ocsp
from dopusk.trust.authority import Authority, request, subject
from dopusk.trust.authority import Pointers as SealPointers
from dopusk.trust.certificates import Certificate
from dopusk.trust.issuers import Issuer, Pointers, Revoked
from dopusk.trust.keys import PrivateKey
from dopusk.trust.signing_keys import SigningKey, signing_key
from dopusk.trust.subjects import Subject, office_name
from dopusk.trust.timestamps import Responder

ANNA = Subject("Орлова", "Анна", "Сергеевна", "11223344595")
MARIA = Subject("Кузнецова", "Мария", "Игоревна", "08765430300")


@cache
def key(algorithm: str, whose: str) -> PrivateKey | bytes:
    """One key a person and algorithm for the whole run: RSA takes its time."""
    if algorithm == "gost":
        return gost.new_key()
    if algorithm == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Card:
    """Somebody's certificate and key."""

    key: PrivateKey | bytes
    certificate: Certificate
    chain: tuple[bytes, ...]

    def sign(self, content: bytes, *, whole: bool = True, **options: Any) -> bytes:
        """CAdES-BES; whole: with the certificates above in it."""
        options.setdefault("at", datetime.now(UTC))
        signer, chain = cades.signer(self.key), self.chain if whole else ()
        return cades.create(content, self.certificate.der, signer, chain=chain, **options)


@dataclass
class Office:
    """A root, who issues under it, and what they publish. faults: path → down, slow, garbage, huge, stale, moved."""

    algorithm: str
    name: str = "ours"
    address: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    revoked: list[Revoked] = field(default_factory=list)
    location: str = ""
    bundle: bytes = b""

    def __post_init__(self) -> None:
        founded = self.founded = datetime.now(UTC) - timedelta(days=400)
        self.root = Issuer.found(self._key("root"), office_name("Учебный корень", "Допуск"), founded)
        self.stamp_key = ec.generate_private_key(ec.SECP256R1())
        self.stamps = Authority.found(
            ec.generate_private_key(ec.SECP256R1()), subject("Учебные метки", "Допуск"), founded
        )

    def open(self, address: str) -> None:
        """Begin to issue: certificates name the address."""
        self.address = address
        above = Pointers(f"{address}/root.cer", f"{address}/root.crl")
        self.pointers = Pointers(f"{address}/ca.cer", f"{address}/ca.crl", f"{address}/ocsp")
        name = office_name("Учебный УЦ", "Допуск")
        self.issuer = self.root.subordinate(self._key("issuer"), name, self.founded, above)
        answers = self._key("answers")
        named = office_name("Учебные ответы", "Допуск")
        self.responder = ocsp.Responder(
            self.issuer, answers, self.issuer.responder(answers.spki, named, self.founded)
        )
        stamped = self.stamps.issue(
            request(self.stamp_key, subject("Служба меток", "Допуск")),
            "timestamp",
            self.founded,
            SealPointers(f"{address}/stamps.cer", f"{address}/stamps.crl"),
        )
        self.stamper = Responder(self.stamp_key, stamped)

    def _key(self, whose: str) -> SigningKey:
        return signing_key(key(self.algorithm, f"{whose} {self.name}"))

    @property
    def roots(self) -> bytes:
        return certificates.pem(self.root.certificate) + self.stamps.certificate.public_bytes(Encoding.PEM)

    def card(
        self,
        who: Subject = ANNA,
        *,
        issued: timedelta = timedelta(days=1),
        days: int = 300,
        crl_only: bool = False,
    ) -> Card:
        """A certificate issued so long ago, for so many days."""
        own = key(self.algorithm, who.snils or who.last_name)
        pointers = Pointers(self.pointers.issuer, self.pointers.revoked) if crl_only else self.pointers
        made = self.issuer.person(signing_key(own).spki, who, datetime.now(UTC) - issued, pointers, days=days)
        return Card(own, certificates.read(made), (self.issuer.certificate, self.root.certificate))

    def revoke(self, card: Card, ago: timedelta = timedelta(minutes=1), reason: str = "unspecified") -> None:
        serial = int(card.certificate.serial, 16)
        self.revoked.append(Revoked(serial, datetime.now(UTC) - ago, reason))

    def said(self, path: str, body: bytes) -> tuple[int, bytes]:
        """What this office answers to a question."""
        now = datetime.now(UTC)
        by_serial = {one.serial_number: one for one in self.revoked}
        match path:
            case "/roots.pem" | "/pki/roots.pem" | "/pki/ca.pem":
                return 200, self.roots
            case "/root.cer":
                return 200, self.root.certificate
            case "/ca.cer":
                return 200, self.bundle or self.issuer.certificate
            case "/root.crl":
                return 200, self.root.revocation_list([], now)
            case "/ca.crl":
                when = now - timedelta(days=3) if self.faults.get(path) == "stale" else now
                return 200, self.issuer.revocation_list(self.revoked, when)
            case "/ocsp":
                return 200, self.responder.answer(
                    body, lambda serials: {one: by_serial.get(one) for one in serials}, now
                )
            case "/tsa":
                return 200, self.stamper.answer(body, now)
            case "/stamps.crl":
                return 200, self.stamps.revocation_list([], now).public_bytes(Encoding.DER)
        return 404, b""


class _Window(BaseHTTPRequestHandler):
    office: Office

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        office = self.office
        office.asked.append(self.path)
        office.hosts.append(self.headers["Host"])
        fault = office.faults.get(self.path, "")
        status, said = office.said(self.path, body)
        if fault == "down":
            status, said = 503, b""
        elif fault == "absent":
            status, said = 404, b""
        elif fault == "garbage":
            said = b"<html>404</html>"
        elif fault == "huge":
            said = b"\x30" * 30_000_000
        elif fault == "moved":
            status, said = 302, b""
        elif fault == "slow":
            time.sleep(2)
        try:
            if fault in {"dripping head", "no http"}:
                self._spoilt(fault)
                return
            self.send_response(status)
            if fault == "moved":
                self.send_header("Location", office.location)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if fault == "trickle":
                for at in range(len(said)):
                    self.wfile.write(said[at : at + 1])
                    time.sleep(0.05)
            else:
                self.wfile.write(said[: len(said) // 2] if fault == "cut" else said)
        except OSError:  # whoever asked has gone
            return

    def _spoilt(self, fault: str) -> None:
        """A head that never ends, or none at all."""
        if fault == "no http":
            self.wfile.write(b"220 smtp.example\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(200):
            self.wfile.write(b"X")
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *_args: object) -> None:
        return


@contextmanager
def running(algorithm: str = "ec", name: str = "ours") -> Iterator[Office]:
    """An office on a free port of this machine; one of another name has other keys and the same words."""
    office = Office(algorithm, name)
    window = type("Window", (_Window,), {"office": office})
    server = ThreadingHTTPServer(("127.0.0.1", 0), window)
    office.open(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
