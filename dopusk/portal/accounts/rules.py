"""Who is who: levels of assurance, and what an identifier typed by a person may mean."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dopusk.kernel import email, inn, phone, snils
from dopusk.kernel.invalid import Invalid


class Level(StrEnum):
    """How far the portal knows that the person is who she says (упрощённая, стандартная, подтверждённая)."""

    SIMPLIFIED = "simplified"
    STANDARD = "standard"
    CONFIRMED = "confirmed"


class Kind(StrEnum):
    """What a person may be known by when signing in; each belongs to one account only."""

    PHONE = "phone"
    EMAIL = "email"
    SNILS = "snils"
    INN = "inn"


@dataclass(frozen=True)
class Known:
    """One identifier in its normal spelling."""

    kind: Kind
    value: str


PARSERS: tuple[tuple[Kind, Callable[[str], str]], ...] = (
    (Kind.EMAIL, lambda text: email.parse(text).lower()),
    (Kind.PHONE, phone.parse),
    (Kind.SNILS, snils.parse),
    (Kind.INN, inn.parse),
)


def meanings(text: str) -> list[Known]:
    """What an identifier may mean, the likeliest first; empty when it can be nothing.

    Eleven bare digits that begin with 7 or 8 may be a telephone or a СНИЛС: the telephone goes first,
    and only the first that belongs to somebody is tried, so that every attempt costs one hash.
    """
    found = []
    for kind, parse in PARSERS:
        try:
            found.append(Known(kind, parse(text)))
        except Invalid:
            continue
    return found


@dataclass(frozen=True)
class Identity:
    """All the portal knows of a person; empty where it knows nothing yet. passport: claim `identity_document`.

    birth_date: ISO, or empty. email, phone: only those shown to be hers.
    """

    last_name: str
    first_name: str
    patronymic: str
    gender: str
    birth_date: str
    snils: str
    inn: str
    phone: str
    email: str
    passport: dict[str, str]
    level: Level

    def known_by(self) -> list[Known]:
        """The identifiers by which this person may sign in."""
        values = {
            Kind.PHONE: self.phone,
            Kind.EMAIL: self.email.lower(),
            Kind.SNILS: self.snils,
            Kind.INN: self.inn,
        }
        return [Known(kind, value) for kind, value in values.items() if value]

    def sealed_part(self) -> dict[str, Any]:
        """What rests encrypted: numbers, contacts, documents."""
        return {
            "snils": self.snils,
            "inn": self.inn,
            "phone": self.phone,
            "email": self.email,
            "identity_document": self.passport,
        }
