"""Whom the cabinet lets in, judged by what the portal says of her."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dopusk.kernel import snils
from dopusk.kernel.invalid import Invalid

CONFIRMED = "confirmed"
LEVELS = ("simplified", "standard", CONFIRMED)
NEEDED = ("sub", "family_name", "given_name", "birthdate", "snils")


@dataclass(frozen=True)
class Refusal:
    """Why she is not let in. Codes: `unconfirmed`, `claims_incomplete`, `claims_malformed`, `snils_changed`,
    `snils_of_another`."""

    code: str
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """A person as the portal vouches for her. sealed: what rests only under seal (snils, inn, document)."""

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


def may_bind(same_sub: bytes | None, same_snils: str | None, sub: str, index: bytes) -> Refusal | None:
    """Whether this account may act as the person of this СНИЛС.

    same_sub: СНИЛС index kept for the account, if it was here before. same_snils: the account that holds the
    СНИЛС already. One СНИЛС is one account, and an account never changes its СНИЛС.
    """
    if same_sub is not None and same_sub != index:
        return Refusal("snils_changed")
    if same_snils is not None and same_snils != sub:
        return Refusal("snils_of_another")
    return None
