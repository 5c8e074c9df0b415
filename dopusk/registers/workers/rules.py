"""What may be recorded about an accreditation, and when two records are the same."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of accreditation."""

    PRIMARY = "primary"
    PRIMARY_SPECIALIZED = "primary_specialized"
    PERIODIC = "periodic"


@dataclass(frozen=True)
class Outcome:
    """An accreditation passed, as a commission's protocol says."""

    snils: str
    kind: str
    specialty_key: str
    pass_date: date
    end_date: date
    protocol_date: date
    protocol_number: str
    organization_oid: str = ""


def fault(outcome: Outcome, today: date) -> str | None:
    """Why the outcome cannot be true: `dates_order`, `passed_in_future`, or None."""
    if not outcome.pass_date <= outcome.protocol_date < outcome.end_date:
        return "dates_order"
    if outcome.protocol_date > today:
        return "passed_in_future"
    return None


def differing(sent: Outcome, kept: Outcome) -> tuple[str, ...]:
    """Names of the fields in which a second record under one number differs from the first."""
    return tuple(name for name in Outcome.__dataclass_fields__ if getattr(sent, name) != getattr(kept, name))
