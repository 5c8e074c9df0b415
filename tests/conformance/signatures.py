"""People who sign, who vouches for them, and what reaches the judge: the table's cases are made of these.

Everybody is known: Анна Орлова the nurse signs, Борис Ким from the commission gets in her way. RSA, EC and GOST
have each a root and an issuing authority; one timestamping authority is believed, another is not.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dopusk.kernel import snils
from dopusk.trust import cades, der, owners
from dopusk.trust.certificates import Certificate
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, FOUNDED, SIGNED, Holder, Issued, Office
from dopusk.trust.timestamps import Responder
from dopusk.trust.validation import Evidence, Policy, Validation, validate

TEXT: Final = (
    "Допуск · заявление о периодической аккредитации\r\nПодписывает: Орлова Анна Сергеевна\r\nНомер: 2026-000117\r\n"
).encode()
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
RECEIVED: Final = SIGNED + timedelta(minutes=1)
STAMPED: Final = SIGNED + timedelta(seconds=20)
BORIS: Final = {
    **ANNA,
    NameOID.COMMON_NAME: "Ким Борис Олегович",
    NameOID.SURNAME: "Ким",
    NameOID.GIVEN_NAME: "Борис Олегович",
    owners.SNILS: snils.with_check("223344556"),
}


@dataclass(frozen=True)
class Outside:
    """What openssl is told for its judgement where that is not what we are told ourselves.

    at: the moment (of our check by default). crls: None for ours. policy: demanded, in dots. ocsp: the certificate
    and its issuer, when the answers are to be judged too, by `openssl ocsp`.
    """

    at: datetime | None = None
    crls: tuple[bytes, ...] | None = None
    policy: str = ""
    ocsp: tuple[Certificate, Certificate] | None = None


@dataclass(frozen=True)
class Case:
    """What is judged: the upload, the text, when it came, when it is looked at, by what and for whom."""

    uploaded: bytes
    evidence: Evidence
    policy: Policy
    content: bytes = TEXT
    received_at: datetime = RECEIVED
    now: datetime = SIGNED + 2 * HOUR
    outside: Outside = field(default_factory=Outside)

    @property
    def cms(self) -> bytes:
        """What is in the upload; what is none is judged as it came."""
        try:
            return cades.read_upload(self.uploaded)
        except cades.NotSignature:
            return self.uploaded

    def judge(self) -> Validation:
        return validate(
            self.cms,
            self.content,
            received_at=self.received_at,
            now=self.now,
            evidence=self.evidence,
            policy=self.policy,
        )


@dataclass(frozen=True)
class World:
    """One kind of keys: a root, who issues under it, and two people."""

    kind: str
    root: Office
    ca: Office
    anna: Holder
    boris: Holder

    def signed(
        self,
        by: Holder | None = None,
        *,
        content: bytes = TEXT,
        at: datetime | None = SIGNED,
        attached: bool = False,
        chain: tuple[bytes, ...] | None = None,
        sign: cades.Sign | None = None,
    ) -> bytes:
        """CAdES-BES by Анна, or by another, with the issuing authority's certificate in it."""
        who = by or self.anna
        with_it = (self.ca.der,) if chain is None else chain
        how = sign or cades.signer(who.key)
        return cades.create(content, who.der, how, chain=with_it, at=at, attached=attached)

    def lists(
        self, *gone: tuple[Certificate, datetime, str], at: datetime = SIGNED + HOUR
    ) -> tuple[bytes, ...]:
        """Of both authorities; people stand in the issuing one's."""
        return self.root.crl(at=at), self.ca.crl(*gone, at=at)

    def case(self, uploaded: bytes | None = None, **said: object) -> Case:
        """With the lists of an hour later, unless told otherwise."""
        given: dict[str, object] = {
            "uploaded": self.signed() if uploaded is None else uploaded,
            "evidence": Evidence(crls=(*self.lists(), stampers().root.crl())),
            "policy": Policy((self.root.certificate,), (stampers().root.certificate,)),
        }
        return Case(**{**given, **said})  # type: ignore[arg-type]

    def anna_as(self, **said: object) -> Holder:
        """Анна with another certificate for the key she has."""
        return self.ca.holder(self.anna.key, replace(Issued(ANNA), **said))  # type: ignore[arg-type]


@functools.cache
def world(kind: str) -> World:
    """``rsa``, ``ec``, ``gost`` (the engine must be there)."""
    root = chains.root(kind, f"root-{kind}")
    ca = root.office(kind, f"ca-{kind}", path_length=0)
    anna = ca.holder(chains.key_of(kind, "anna"), Issued(ANNA))
    return World(kind, root, ca, anna, ca.holder(chains.key_of(kind, "boris"), Issued(BORIS)))


@dataclass(frozen=True)
class Stampers:
    root: Office
    believed: Responder
    stranger: Responder
    strange_root: Office
    for_all: Responder
    """Of the believed root, but not for timestamps alone."""
    certificate: Certificate


@functools.cache
def stampers() -> Stampers:
    root, foreign = chains.root("ec", "tsa-root"), chains.root("ec", "tsa-stranger")
    said = {
        "subject": {NameOID.COMMON_NAME: "Метки времени"},
        "before": FOUNDED,
        "after": FOUNDED + 3000 * DAY,
        "usage": ("digital_signature",),
    }
    alone: dict[str, object] = {"purposes": ("1.3.6.1.5.5.7.3.8",), "purposes_critical": True}

    def responder(office: Office, label: str, **more: object) -> tuple[Responder, Certificate]:
        key = chains.key_of("ec", label)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        certificate = office.issue(key, Issued(**{**said, **more}))  # type: ignore[arg-type]
        return Responder(key, x509.load_der_x509_certificate(certificate.der)), certificate

    believed, certificate = responder(root, "tsa", **alone)
    return Stampers(
        root,
        believed,
        responder(foreign, "foreign tsa", **alone)[0],
        foreign,
        responder(root, "any tsa", purposes=("1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.4"))[0],
        certificate,
    )


def stamped(
    cms: bytes, at: datetime = STAMPED, by: Responder | None = None, of: bytes | None = None
) -> bytes:
    """With a timestamp of that moment; ``of``: of the signature of another CMS."""
    digest = cades.timestamp_digest(of or cms)
    imprint = der.sequence(der.SHA256, der.octets(digest))
    query = der.sequence(der.integer(1), imprint, b"\x01\x01\xff")
    answer = (by or stampers().believed).answer(query, at)
    return cades.with_timestamp(cms, der.parse(answer).parts[1].raw)


# ── what becomes of a message on its way ──


def rebuilt(message: bytes, change: Callable[[list[bytes]], None], *path: int) -> bytes:
    """The message with the parts of one element, found by the path of places, changed; all lengths are right again."""

    def walk(element: der.Element, left: tuple[int, ...]) -> bytes:
        parts = [part.raw for part in element.parts]
        if left:
            parts[left[0]] = walk(element.parts[left[0]], left[1:])
        else:
            change(parts)
        return der.element(element.tag, *parts)

    return walk(der.parse(message), path)


SIGNER: Final = (1, 0, -1, 0)


def put(place: int, what: bytes) -> Callable[[list[bytes]], None]:
    def change(parts: list[bytes]) -> None:
        parts[place] = what

    return change


def two_signers(first: bytes, second: bytes) -> bytes:
    """One message by both."""
    other = der.parse(second).parts[1].parts[0].parts
    whole = der.parse(first).parts[1].parts[0].parts
    certificates = {part.raw for part in (*whole[3].parts, *other[3].parts)}
    message = rebuilt(first, put(3, b"\xa0" + der.set_of(*certificates)[1:]), 1, 0)
    return rebuilt(message, put(4, der.set_of(whole[4].parts[0].raw, other[4].parts[0].raw)), 1, 0)


def flipped(message: bytes, *path: int, octet: int = -1) -> bytes:
    """One bit of the element at the path is changed."""
    element = der.parse(message)
    for place in path:
        element = element.parts[place]
    at = message.index(element.raw) + len(element.raw) + octet
    return message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]
