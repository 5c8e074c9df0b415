"""Requests signed in every way, right and wrong, for tests of the judge: no database is needed."""

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dopusk.portal.esia.client_secret.judge import Verdict, judge
from dopusk.portal.esia.client_secret.signed import Registered, Signed, SystemView
from dopusk.portal.esia.client_secret.strings import ORDERS
from dopusk.trust import certificates, cms, gost, raw

# the judge is told what time it is; an hour on, so that what openssl certifies during these tests is valid
NOW: Final = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def stamp(seconds: int = -9, zone: timezone = timezone(timedelta(hours=3))) -> str:
    """`timestamp` so many seconds from NOW."""
    return f"{(NOW + timedelta(seconds=seconds)).astimezone(zone):%Y.%m.%d %H:%M:%S %z}"


VALUES: Final = {
    "client_id": "DOPUSK",
    "scope": "openid fullname snils",
    "scope_org": "org_shortname",
    "timestamp": stamp(),
    "state": "7a8c1e52-5a2f-4f0b-9b3e-1c7a3f5d9e20",
    "redirect_uri": "http://127.0.0.1:9/cb?from=esia",
}
CODE: Final = {"code": "kR2d8vJmQx4TzP0w", "grant_type": "authorization_code"}
REFRESH: Final = {"refresh_token": "0d2f6a0e-6c0e-4c53-9a59-2f3f3f6a8f11", "grant_type": "refresh_token"}
NAMES: Final = {"v1/ac": "v1", "v1/te": "v1", "v2/ac": "v2_ac", "v3/te": "v3_code"}


@cache
def _registered(der: bytes) -> Registered:
    return Registered(certificates.read(der), certificates.fingerprints(der))


@dataclass(frozen=True)
class Signer:
    """A key with its certificate. key: an RSA object, or GOST in PEM."""

    key: Any
    der: bytes

    def registered(self, *, disabled: bool = False) -> Registered:
        """As the judge has it."""
        return replace(_registered(self.der), disabled=disabled)

    @property
    def hashes(self) -> dict[str, str]:
        """By the names of `certificates.fingerprints`."""
        return dict(_registered(self.der).hashes)

    @property
    def right(self) -> str:
        """The hash that belongs to the kind of key."""
        return self.hashes["streebog256" if isinstance(self.key, bytes) else "sha256"]

    def bare(self, text: str | bytes) -> bytes:
        """A signature without CMS."""
        return raw.sign(self.key, text.encode() if isinstance(text, str) else text)

    def pkcs7(self, text: str | bytes, *, attached: bool = False, attributes: bool = True) -> bytes:
        """CMS SignedData."""
        data = text.encode() if isinstance(text, str) else text
        return cms.sign(self.key, self.der, data, attached=attached, attributes=attributes)


def certified(key: rsa.RSAPrivateKey, name: str, begins: datetime, ends: datetime) -> bytes:
    """A certificate of a key by itself, DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@cache
def signer(name: str, *, begins: int = -30, ends: int = 300) -> Signer:
    """An RSA signer by name, the same for a whole run. begins, ends: days from NOW."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    day = timedelta(days=1)
    return Signer(key, certified(key, name, NOW + begins * day, NOW + ends * day))


def reissued(old: Signer) -> Signer:
    """Another certificate of the same key."""
    return Signer(old.key, certified(old.key, "перевыпущен", NOW - timedelta(1), NOW + timedelta(300)))


@cache
def gost_signer(name: str = "ГОСТ") -> Signer:
    """A GOST signer. Raises gost.EngineMissing."""
    key = gost.new_key()
    return Signer(key, gost.self_signed(key, {"CN": name}, days=3650))


def url64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(frozen=True)
class Case:
    """A request to an endpoint before it is signed; `sent` is what differs in what is sent from what was signed."""

    endpoint: str
    by: Signer
    lenient: bool = False
    values: dict[str, str] = field(default_factory=lambda: dict(VALUES))
    known: tuple[Registered, ...] = ()
    ac_state: str = ""
    ac_scope: str = ""
    now: datetime = NOW

    def of(self, **values: str) -> "Case":
        """With other values, signed and sent."""
        return replace(self, values={**self.values, **values})

    @property
    def names(self) -> str:
        """Which string, a key of ORDERS."""
        return NAMES[self.endpoint]

    @property
    def string(self) -> str:
        """What should be signed."""
        return "".join(self.values.get(name, "") for name in ORDERS[self.names])

    def joined(self, *names: str, **other: str) -> str:
        """These parameters together, some with another value."""
        return "".join({**self.values, **other}.get(name, "") for name in names)

    def signature(self, text: str | bytes | None = None) -> bytes:
        """Of the right string, or another, in the form of the endpoint."""
        data = self.string if text is None else text
        return self.by.pkcs7(data) if self.endpoint.startswith("v1/") else self.by.bare(data)

    def judged(self, secret: bytes | str | None = None, **sent: str) -> Verdict:
        """What the judge says. secret: the signature or the very text of client_secret; by default the right one."""
        given = self.signature() if secret is None else secret
        values = {**self.values, "client_secret": given if isinstance(given, str) else url64(given)}
        if not self.endpoint.startswith("v1/"):
            values["client_certificate_hash"] = self.by.right
        values |= sent
        system = SystemView(
            "DOPUSK",
            lenient=self.lenient,
            certificates=self.known or (self.by.registered(),),
            redirect_uris=frozenset({VALUES["redirect_uri"], "http://127.0.0.1:9/other"}),
        )
        signed = Signed(
            self.endpoint,
            values.get("grant_type", ""),
            {name: value for name, value in values.items() if value != "absent"},
            self.ac_state,
            self.ac_scope,
        )
        return judge(signed, system, now=self.now)

    def code(self, secret: bytes | str | None = None, **sent: str) -> tuple[str, str]:
        """(our code, the ESIA code), both empty when all is right."""
        fault = self.judged(secret, **sent).fault
        return (fault.code, fault.esia_code) if fault else ("", "")


V1: Final = ORDERS["v1"]
V2: Final = ORDERS["v2_ac"]
OWN: Final = signer("Система регистратуры")
OTHER: Final = signer("Чужая система")


def v1_ac() -> Case:
    """A right request for a code, v1."""
    return Case("v1/ac", OWN)


def v1_te() -> Case:
    """A right exchange of a code, v1."""
    return Case("v1/te", OWN).of(**CODE)


def v2_ac() -> Case:
    """A right request for a code, v2."""
    return Case("v2/ac", OWN)


def v3_te() -> Case:
    """A right exchange of a code, v3."""
    return Case("v3/te", OWN).of(**CODE)


def gost_v1() -> Case:
    """The same of v1 with a GOST key."""
    return Case("v1/ac", gost_signer())


def gost_v2() -> Case:
    """The same of v2."""
    return Case("v2/ac", gost_signer())
