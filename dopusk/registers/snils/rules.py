"""Does what a person says agree with her account."""

from dataclasses import dataclass
from datetime import date

from dopusk.kernel import names


@dataclass(frozen=True)
class Identity:
    """Name and birth date, as told or as held."""

    last_name: str
    first_name: str
    patronymic: str
    birth_date: date


@dataclass(frozen=True)
class Matches:
    """Field by field: does the told one agree with the held one."""

    last_name: bool
    first_name: bool
    patronymic: bool
    birth_date: bool


def compare(told: Identity, held: Identity) -> Matches:
    """Names agree blind to case, ё and hyphens; the date exactly."""
    return Matches(
        names.same(told.last_name, held.last_name),
        names.same(told.first_name, held.first_name),
        names.same(told.patronymic, held.patronymic),
        told.birth_date == held.birth_date,
    )
