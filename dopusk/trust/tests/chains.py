"""Authorities of the tests: they write certificates, lists and answers piece by piece, wrong ones too.

All by :mod:`dopusk.trust.der`, so that RSA, EC and GOST are made alike and nothing stops a test from lying.
Times are fixed, nobody here looks at a clock.
"""

import functools
import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from dopusk.kernel import snils
from dopusk.trust import certificates, der, gost, owners
from dopusk.trust.certificates import Certificate
from dopusk.trust.keys import PrivateKey

FOUNDED: Final = datetime(2024, 1, 10, 6, tzinfo=UTC)
ISSUED: Final = datetime(2026, 1, 12, 6, tzinfo=UTC)
EXPIRES: Final = datetime(2027, 1, 12, 6, tzinfo=UTC)
SIGNED: Final = datetime(2026, 6, 1, 9, tzinfo=UTC)
"""When Анна signs, unless a test says otherwise."""

_serials = itertools.count(0x5A17_0001)
_OIDS: Final = {
    "rsa": {"sha256": "1.2.840.113549.1.1.11", "sha1": "1.2.840.113549.1.1.5", "md5": "1.2.840.113549.1.1.4"},
    "ec": {"sha256": "1.2.840.10045.4.3.2", "sha1": "1.2.840.10045.4.1"},
}
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha1": hashes.SHA1(),  # noqa: S303 - what is to be refused
    "md5": hashes.MD5(),  # noqa: S303
}
_REASONS: Final = {
    "unspecified": 0,
    "keyCompromise": 1,
    "superseded": 4,
    "certificateHold": 6,
    "removeFromCRL": 8,
}

ANNA: Final = {
    NameOID.COUNTRY_NAME: "RU",
    NameOID.COMMON_NAME: "Орлова Анна Сергеевна",
    NameOID.SURNAME: "Орлова",
    NameOID.GIVEN_NAME: "Анна Сергеевна",
    owners.SNILS: snils.with_check("112233445"),
    owners.INN: "770123456703",
}


@functools.cache
def key_of(kind: str, whose: str) -> PrivateKey | bytes:
    """The one key this one has, by kind: ``rsa``, ``rsa1024``, ``ec``, ``gost``, ``gost512`` (need the engine)."""
    assert whose
    if kind.startswith("gost"):
        return gost.new_key(bits=512 if kind == "gost512" else 256)
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if kind == "rsa1024" else 2048)


def spki(key: PrivateKey | bytes) -> bytes:
    if isinstance(key, bytes):
        return gost.public_key(key)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signed_by(key: PrivateKey | bytes, tbs: Callable[[bytes], bytes], digest: str = "sha256") -> bytes:
    """SIGNED{…}: the algorithm's identifier is handed to what is signed, as X.509 wants it inside too."""
    if isinstance(key, bytes):
        bits = der.parse(spki(key)).parts[0].parts[0].dotted()[-1]
        algorithm = der.sequence(der.oid({"1": "1.2.643.7.1.1.3.2", "2": "1.2.643.7.1.1.3.3"}[bits]))
        whole = tbs(algorithm)
        value = gost.sign_raw(key, whole)
    elif isinstance(key, rsa.RSAPrivateKey):
        algorithm = der.sequence(der.oid(_OIDS["rsa"][digest]), b"\x05\x00")
        whole = tbs(algorithm)
        value = key.sign(whole, padding.PKCS1v15(), _HASHES[digest])
    else:
        algorithm = der.sequence(der.oid(_OIDS["ec"][digest]))
        whole = tbs(algorithm)
        value = key.sign(whole, ec.ECDSA(_HASHES[digest]))
    return der.sequence(whole, algorithm, der.element(0x03, b"\0", value))


Named = Mapping[x509.ObjectIdentifier, str] | Sequence[tuple[x509.ObjectIdentifier, str]]


def name(said: Named) -> bytes:
    pairs = said.items() if isinstance(said, Mapping) else said
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs]).public_bytes()


def utc(moment: datetime) -> bytes:
    return der.element(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())


def generalized(moment: datetime) -> bytes:
    return der.element(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def extension(value: x509.ExtensionType, *, critical: bool = False) -> bytes:
    return raw_extension(value.oid.dotted_string, value.public_bytes(), critical=critical)


def raw_extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    return der.sequence(der.oid(dotted), b"\x01\x01\xff" if critical else b"", der.octets(value))


def usage(*which: str) -> x509.KeyUsage:
    names = (
        *(
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
        ),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{one: one in which for one in names})


SIGNING: Final = ("digital_signature", "content_commitment")
BASE: Final = "http://pki.example/"


@dataclass(frozen=True)
class Holder:
    """A key and its certificate."""

    key: PrivateKey | bytes
    certificate: Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.der


@dataclass(frozen=True)
class Issued:
    """What is to be written into a certificate; a value of None leaves the thing out."""

    subject: Named
    before: datetime = ISSUED
    after: datetime = EXPIRES
    ca: bool | None = False
    path_length: int | None = None
    usage: tuple[str, ...] | None = SIGNING
    purposes: tuple[str, ...] | None = (
        ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string,
        ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string,
    )
    purposes_critical: bool = False
    policies: tuple[str, ...] = ("1.2.643.100.113.1",)
    pointers: bool = True
    further: tuple[bytes, ...] = ()
    digest: str = "sha256"
    serial: int | None = None
    nocheck: bool = False


def key_identifier(public: bytes) -> bytes:
    return hashlib.sha1(der.parse(public).parts[1].body[1:], usedforsecurity=False).digest()


@dataclass(frozen=True)
class Office(Holder):
    """An authority."""

    label: str = field(default="ca")

    def issue(self, key: PrivateKey | bytes, what: Issued) -> Certificate:
        return certificates.read(written(key, what, self.key, self.certificate, self.label))

    def holder(self, key: PrivateKey | bytes, what: Issued) -> Holder:
        return Holder(key, self.issue(key, what))

    def office(self, kind: str, label: str, **said: object) -> "Office":
        key = key_of(kind, label)
        return Office(key, self.issue(key, authority_of(label, **said)), label)

    # ── lists ──

    def crl(
        self,
        *gone: tuple[Certificate, datetime, str],
        at: datetime = SIGNED + timedelta(hours=1),
        days: int | None = 7,
        further: Sequence[bytes] = (),
        entry_extensions: bytes = b"",
        digest: str = "sha256",
        signer: "PrivateKey | bytes | None" = None,
    ) -> bytes:
        """A list (DER) produced then and good for some days; gone: whose, since when, why."""
        entries = [
            der.sequence(
                one.serial_der,
                utc(when),
                der.sequence(
                    raw_extension("2.5.29.21", der.element(0x0A, bytes([_REASONS[reason]]))), entry_extensions
                ),
            )
            for one, when, reason in gone
        ]
        authority = x509.AuthorityKeyIdentifier(self.certificate.key_identifier, None, None)
        said = [extension(authority), raw_extension("2.5.29.20", der.integer(7)), *further]
        return signed_by(
            signer or self.key,
            lambda algorithm: der.sequence(
                der.integer(1),
                algorithm,
                self.certificate.subject_der,
                utc(at),
                utc(at + timedelta(days=days)) if days is not None else b"",
                der.sequence(*entries) if entries else b"",
                der.explicit(0, der.sequence(*said)),
            ),
            digest,
        )

    # ── answers ──

    def ocsp(
        self,
        certificate: Certificate,
        status: str = "good",
        *,
        at: datetime = SIGNED + timedelta(hours=1),
        lasts: timedelta | None = timedelta(hours=12),
        revoked_at: datetime | None = None,
        reason: str = "superseded",
        by: Holder | None = None,
        single: Sequence[bytes] = (),
        serial: bytes = b"",
        embedded: bool = True,
    ) -> bytes:
        """OCSPResponse (DER) by this authority, or by a responder it named."""
        responder = by or self
        issuer_key = der.parse(self.certificate.spki).parts[1].body[1:]
        sha1 = [
            hashlib.sha1(d, usedforsecurity=False).digest()
            for d in (self.certificate.subject_der, issuer_key)
        ]
        named = der.sequence(
            der.sequence(der.oid("1.3.14.3.2.26"), b"\x05\x00"),
            *map(der.octets, sha1),
            serial or certificate.serial_der,
        )
        told = {
            "good": b"\x80\x00",
            "unknown": b"\x82\x00",
            "revoked": der.element(
                0xA1,
                generalized(revoked_at or at),
                der.explicit(0, der.element(0x0A, bytes([_REASONS[reason]]))),
            ),
        }[status]
        one = der.sequence(
            named,
            told,
            generalized(at),
            der.explicit(0, generalized(at + lasts)) if lasts else b"",
            der.explicit(1, der.sequence(*single)) if single else b"",
        )
        tbs = der.sequence(
            der.explicit(1, responder.certificate.subject_der), generalized(at), der.sequence(one)
        )
        signed = der.parse(signed_by(responder.key, lambda _: tbs))
        parts = [part.raw for part in signed.parts]
        extra = [der.explicit(0, der.sequence(by.der))] if by and embedded else []
        basic = der.sequence(*parts, *extra)
        wrapped = der.sequence(der.oid("1.3.6.1.5.5.7.48.1.1"), der.octets(basic))
        return der.sequence(der.element(0x0A, b"\0"), der.explicit(0, wrapped))

    def responder(self, kind: str, **said: object) -> Holder:
        """Named by this authority to answer."""
        given: dict[str, object] = {
            "subject": {NameOID.COMMON_NAME: f"Ответчик {self.label}"},
            "before": FOUNDED,
            "usage": ("digital_signature",),
            "purposes": (ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string,),
            "nocheck": True,
        }
        return self.holder(key_of(kind, f"responder of {self.label}"), Issued(**{**given, **said}))  # type: ignore[arg-type]


def written(
    key: PrivateKey | bytes,
    what: Issued,
    issuer_key: PrivateKey | bytes,
    issuer: Certificate | None,
    label: str = "ca",
) -> bytes:
    """A certificate (DER)."""
    public = spki(key)
    subject = name(what.subject)
    extensions = _extensions(what, public, issuer.key_identifier if issuer else key_identifier(public), label)
    return signed_by(
        issuer_key,
        lambda algorithm: der.sequence(
            der.explicit(0, der.integer(2)),
            der.integer(what.serial or next(_serials)),
            algorithm,
            issuer.subject_der if issuer else subject,
            der.sequence(utc(what.before), utc(what.after)),
            subject,
            public,
            der.explicit(3, der.sequence(*extensions)),
        ),
        what.digest,
    )


def _extensions(what: Issued, public: bytes, authority: bytes, label: str) -> list[bytes]:
    made = [
        extension(x509.SubjectKeyIdentifier(key_identifier(public))),
        extension(x509.AuthorityKeyIdentifier(authority, None, None)),
    ]
    if what.ca is not None:
        made.append(
            extension(x509.BasicConstraints(what.ca, what.path_length if what.ca else None), critical=True)
        )
    if what.usage is not None:
        made.append(extension(usage(*what.usage), critical=True))
    if what.purposes is not None:
        purposes = x509.ExtendedKeyUsage(map(x509.ObjectIdentifier, what.purposes))
        made.append(extension(purposes, critical=what.purposes_critical))
    if what.policies:
        policies = [x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in what.policies]
        made.append(extension(x509.CertificatePolicies(policies)))
    if what.nocheck:
        made.append(extension(x509.OCSPNoCheck()))
    if what.pointers:
        access = [
            x509.AccessDescription(kind, x509.UniformResourceIdentifier(f"{BASE}{where}"))
            for kind, where in (
                (AuthorityInformationAccessOID.CA_ISSUERS, f"{label}.cer"),
                (AuthorityInformationAccessOID.OCSP, f"ocsp/{label}"),
            )
        ]
        at = x509.UniformResourceIdentifier(f"{BASE}{label}.crl")
        made.append(extension(x509.AuthorityInformationAccess(access)))
        made.append(extension(x509.CRLDistributionPoints([x509.DistributionPoint([at], None, None, None)])))
    return [*made, *what.further]


def authority_of(label: str, **said: object) -> Issued:
    """What an authority's certificate says, unless told otherwise."""
    given: dict[str, object] = {
        "subject": {NameOID.COUNTRY_NAME: "RU", NameOID.COMMON_NAME: f"Учебный УЦ {label}"},
        "before": FOUNDED,
        "after": FOUNDED + timedelta(days=3650),
        "ca": True,
        "usage": ("key_cert_sign", "crl_sign"),
        "purposes": None,
    }
    return Issued(**{**given, **said})  # type: ignore[arg-type]


def root(kind: str, label: str, **said: object) -> Office:
    """A new root; its name tells the label."""
    key = key_of(kind, label)
    what = authority_of(label, **{"pointers": False, **said})
    return Office(key, certificates.read(written(key, what, key, None)), label)
