"""Facts of the outside registers as this site understands them, and the questions it asks.

Pure: rules of other slices take these values. A register that gives no answer raises
`web.outgoing.RegisterDown`; that somebody is not there is an answer, not an error.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol


@dataclass(frozen=True)
class Worker:
    """A health worker's identity in ФРМР."""

    snils: str
    last_name: str
    first_name: str
    patronymic: str
    birth_date: date
    death_date: date | None = None
    medical: bool = True
    pharmaceutical: bool = False


@dataclass(frozen=True)
class Education:
    """A diploma. specialty, level: dictionary keys; postgraduate: residency or internship."""

    specialty: str
    level: str
    institution: str
    number: str
    issued: date
    began: int
    postgraduate: bool = False


@dataclass(frozen=True)
class Training:
    """A further training. kind: `dpp` a programme of professional education, `cme` an activity of НМО."""

    key: str
    theme: str
    hours: int
    kind: Literal["dpp", "cme"]
    specialty: str
    institution: str
    issued: date
    number: str = ""
    registered: bool = True


@dataclass(frozen=True)
class Card:
    """An employment record; ended None while it lasts. position: dictionary key."""

    organisation: str
    organisation_oid: str
    department: str
    position: str
    position_name: str
    began: date
    ended: date | None = None
    rate: str = ""
    main: bool = True


@dataclass(frozen=True)
class Certificate:
    """A specialist's certificate of the time before accreditation."""

    specialty: str
    number: str
    issued: date
    ends: date


@dataclass(frozen=True)
class Accreditation:
    """A passed accreditation; ends: with its extension, if one was given."""

    registry_number: str
    kind: str
    specialty: str
    passed_on: date
    ends: date
    protocol_number: str = ""
    protocol_on: date | None = None
    excluded: bool = False


@dataclass(frozen=True)
class Record:
    """Everything ФРМР holds about one worker."""

    worker: Worker
    education: tuple[Education, ...] = ()
    trainings: tuple[Training, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    cards: tuple[Card, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()


@dataclass(frozen=True)
class Entry:
    """What every row of a dictionary has; the days on which it holds are both included."""

    key: str
    name: str
    valid_from: date
    valid_to: date | None
    order_no: str

    def holds(self, day: date) -> bool:
        """Is it in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Specialty(Entry):
    """A specialty of accreditation. kind: primary, residency or secondary; requires_diploma: ФГОС codes."""

    code: str = ""
    level: str = ""
    kind: str = ""
    requires_diploma: tuple[str, ...] = ()


@dataclass(frozen=True)
class Position(Entry):
    """A post of the nomenclature and the specialties it takes."""

    level: str = ""
    specialties: tuple[str, ...] = ()


@dataclass(frozen=True)
class EducationLevel(Entry):
    """A level of education. level: higher or secondary."""

    level: str = ""


@dataclass(frozen=True)
class Dictionaries:
    """The dictionaries judgement needs, every row with its days, by key."""

    specialties: dict[str, Specialty] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    levels: dict[str, EducationLevel] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """Whom the registers are asked about."""

    last_name: str
    first_name: str
    patronymic: str
    birth_date: date


@dataclass(frozen=True)
class SnilsAnswer:
    """found: is there such a number; differs: names of fields that do not agree with its holder's."""

    found: bool
    differs: tuple[str, ...] = ()


class Registers(Protocol):
    """Questions to the outside. Every one may raise `RegisterDown`; none changes anything."""

    def record(self, snils: str) -> Record | None:
        """The worker and all her groups; None when ФРМР does not know her."""

    def dictionaries(self) -> Dictionaries:
        """All rows; a copy younger than a few minutes is not asked for again."""

    def check_snils(self, snils: str, identity: Identity) -> SnilsAnswer:
        """Does the number exist, and is it hers."""
