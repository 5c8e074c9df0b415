"""Is a passport valid and does it say what a person says."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dopusk.kernel import names


class Status(StrEnum):
    """The register's answer about a passport."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Page:
    """What is printed in a passport beside its number."""

    issued: date
    issuer_code: str
    last_name: str
    first_name: str
    patronymic: str
    birth_date: date


@dataclass(frozen=True)
class Verdict:
    """status; mismatches: wire names of fields that do not agree."""

    status: Status
    mismatches: tuple[str, ...] = ()


def judge(told: Page, held: Page | None, *, withdrawn: bool = False) -> Verdict:
    """Compare what is told with what is held (None: no such passport). Names blind to case, ё and hyphens."""
    if held is None:
        return Verdict(Status.NOT_FOUND)
    agree = {
        "issueDate": told.issued == held.issued,
        "issuerCode": told.issuer_code == held.issuer_code,
        "lastName": names.same(told.last_name, held.last_name),
        "firstName": names.same(told.first_name, held.first_name),
        "patronymic": names.same(told.patronymic, held.patronymic),
        "birthDate": told.birth_date == held.birth_date,
    }
    mismatches = tuple(field for field, same in agree.items() if not same)
    return Verdict(Status.INVALID if withdrawn else Status.VALID, mismatches)
