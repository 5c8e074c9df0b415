"""Which specialties a person may apply for: what is in force on the day and fits her records. Pure."""

from dataclasses import dataclass
from datetime import date

from dopusk.cabinet.registries.base import Dictionaries, Record, Specialty


@dataclass(frozen=True)
class Choice:
    """A specialty she may choose. held_until: end of the accreditation (or certificate) she holds for it."""

    specialty: Specialty
    held_until: date | None


def suitable(record: Record, dictionaries: Dictionaries, day: date) -> tuple[Choice, ...]:
    """What she holds first, the soonest end first; then what her diplomas open, by name."""
    held: dict[str, date] = {}
    ends = [(one.specialty, one.ends) for one in record.certificates]
    ends += [(one.specialty, one.ends) for one in record.accreditations if not one.excluded]
    for key, end in ends:
        held[key] = max(end, held.get(key, end))
    diplomas = {one.specialty for one in record.education if not one.postgraduate}
    residencies = {one.specialty for one in record.education if one.postgraduate}
    found = [
        Choice(specialty, held.get(specialty.key))
        for specialty in dictionaries.specialties.values()
        if specialty.holds(day) and (specialty.key in held or _fits(specialty, diplomas, residencies))
    ]
    return tuple(
        sorted(found, key=lambda one: (one.held_until is None, one.held_until or day, one.specialty.name))
    )


def _fits(specialty: Specialty, diplomas: set[str], residencies: set[str]) -> bool:
    if specialty.kind == "residency":
        return specialty.key in residencies
    return bool(diplomas & set(specialty.requires_diploma))
