"""The term of an accreditation and what the register is told of it."""

from dataclasses import dataclass
from datetime import date

from dopusk.kernel import dates
from dopusk.kernel.norms import Norms


@dataclass(frozen=True)
class Term:
    """In force from the first day through the last."""

    first: date
    last: date


def term(protocol_on: date, norms: Norms) -> Term:
    """`term_years` from the date of the protocol."""
    return Term(protocol_on, dates.add_years(protocol_on, norms.whole("term_years")))


@dataclass(frozen=True)
class Outcome:
    """A passed accreditation as the register of health workers takes it."""

    snils: str
    kind: str
    specialty: str
    passed_on: date
    ends_on: date
    protocol_on: date
    protocol_number: str


def message(outcome: Outcome) -> dict[str, object]:
    """The body of `PUT /api/frmr/accreditation/{number}`; the same outcome gives the same body."""
    return {
        "snils": outcome.snils,
        "accreditationKindId": outcome.kind,
        "specialtyKey": outcome.specialty,
        "passDate": outcome.passed_on.isoformat(),
        "endDate": outcome.ends_on.isoformat(),
        "protocolDate": outcome.protocol_on.isoformat(),
        "protocolNumber": outcome.protocol_number,
        "passed": True,
    }
