"""Whom the cabinet lets in, judged by what the portal says of her."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dopusk.kernel import email, snils
from dopusk.kernel.invalid import Invalid

CONFIRMED = "confirmed"
LEVELS = ("simplified", "standard", CONFIRMED)
NEEDED = ("iss", "sub", "family_name", "given_name", "birthdate", "snils")


@dataclass(frozen=True)
class Refusal:
    """Why she is not let in. Codes: `unconfirmed`, `claims_incomplete`, `claims_malformed`, `issuer_unknown`,
    `snils_changed`, `snils_of_another`."""

    code: str
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """A person as a provider vouches for her. sealed: what rests only under seal (snils, inn, document)."""

    issuer: str
    sub: str
    last_name: str
    first_name: str
    patronymic: str
    gender: str
    birth_date: date
    email: str
    phone: str
    assurance_level: str
    sealed: dict[str, Any]


def read_claims(claims: Mapping[str, Any]) -> Identity | Refusal:
    """The person of a checked ID token and UserInfo answer; only a confirmed account is let in.

    An account that is not confirmed has proved no СНИЛС, so nothing of it may be bound to a person here.
    """
    level = str(claims.get("assurance_level") or "simplified")
    if level != CONFIRMED:
        return Refusal("unconfirmed", {"level": level if level in LEVELS else "simplified"})
    absent = [name for name in NEEDED if not claims.get(name)]
    if absent:
        return Refusal("claims_incomplete", {"absent": absent})
    try:
        number = snils.parse(str(claims["snils"]))
        born = date.fromisoformat(str(claims["birthdate"]))
    except (Invalid, ValueError):
        return Refusal("claims_malformed")
    document = claims.get("identity_document")
    return Identity(
        issuer=str(claims["iss"]),
        sub=str(claims["sub"]),
        last_name=str(claims["family_name"]),
        first_name=str(claims["given_name"]),
        patronymic=str(claims.get("middle_name") or ""),
        gender=str(claims.get("gender") or ""),
        birth_date=born,
        email=str(claims.get("email") or ""),
        phone=str(claims.get("phone_number") or ""),
        assurance_level=level,
        sealed={
            "snils": number,
            "inn": str(claims.get("inn") or ""),
            "identity_document": dict(document) if isinstance(document, Mapping) else {},
        },
    )


@dataclass(frozen=True)
class CertificateTold:
    """The certificate of a sign-in by signature, as the provider tells of it; "" where it has no such field.

    title: the post. not_after: ISO moment.
    """

    serial: str = ""
    issuer: str = ""
    not_after: str = ""
    email: str = ""
    organisation: str = ""
    title: str = ""


LONGEST_OF_CERTIFICATE = 200  # characters of a field; what is longer was not written for people


def read_certificate(claims: Mapping[str, Any]) -> CertificateTold | None:
    """The claim `certificate`; None when there is none. A field of another kind or form counts as absent."""
    told = claims.get("certificate")
    if not isinstance(told, Mapping) or not told:
        return None
    fields = {name: _plain(told.get(name)) for name in CertificateTold.__dataclass_fields__}
    try:
        fields["email"] = email.parse(fields["email"]) if fields["email"] else ""
    except Invalid:
        fields["email"] = ""
    return CertificateTold(**fields)


def _plain(value: object) -> str:
    fits = isinstance(value, str) and len(value) <= LONGEST_OF_CERTIFICATE and value.isprintable()
    return str(value).strip() if fits else ""


@dataclass(frozen=True)
class Standing:
    """What is known here when an account comes.

    of_account: blind index of the СНИЛС kept for the account's person, None for an account never seen. holder: key of
    the person who holds the СНИЛС now, None if nobody does. holder_has_account: whether that person already has an
    account of this very issuer.
    """

    of_account: bytes | None
    holder: str | None
    holder_has_account: bool


def may_bind(standing: Standing, index: bytes, issuer: str, trusted: str) -> Refusal | None:
    """Whether this account may act as the person of this СНИЛС; it is confirmed, or `read_claims` had refused it.

    1. An account never changes its СНИЛС.
    2. At one issuer one СНИЛС is one account: a second account of it with the same СНИЛС is refused.
    3. An account of an issuer where the holder of the СНИЛС has none yet is bound to her, if that issuer is the
       one this site is set up to trust (`trusted`): so people stay who they are when a deployment changes provider.

    index: blind index of the СНИЛС that the issuer vouches for.
    """
    if issuer != trusted:
        return Refusal("issuer_unknown")
    if standing.of_account is not None and standing.of_account != index:
        return Refusal("snils_changed")
    if standing.of_account is None and standing.holder_has_account:
        return Refusal("snils_of_another")
    return None
