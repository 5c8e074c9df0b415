"""Which trainings count for a specialty on a day, and why the others do not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dopusk.cabinet.registries.base import Record, Training
from dopusk.kernel import dates


@dataclass(frozen=True)
class Counted:
    """One training judged. code: `counted`, `not_registered`, `other_specialty`, `in_future`, `too_old`,
    `before_accreditation`."""

    training: Training
    code: str

    @property
    def counts(self) -> bool:
        """Whether its hours are added."""
        return self.code == "counted"


def last_passed(record: Record, specialty: str, day: date) -> date | None:
    """The day of the last accreditation (else specialist's certificate) held for the specialty before the day."""
    accredited = [
        held.passed_on
        for held in record.accreditations
        if held.specialty == specialty and not held.excluded and held.passed_on < day
    ]
    certified = [
        held.issued for held in record.certificates if held.specialty == specialty and held.issued < day
    ]
    return max(accredited or certified, default=None)


def count(record: Record, specialty: str, day: date, years: int) -> tuple[Counted, ...]:
    """Every training of the record, the newest first. years: of the reporting period before the day."""
    since = last_passed(record, specialty, day)
    start = dates.add_years(day, -years)
    ordered = sorted(record.trainings, key=lambda one: (one.issued, one.key), reverse=True)
    return tuple(Counted(one, _judge(one, specialty, day, start, since)) for one in ordered)


def _judge(training: Training, specialty: str, day: date, start: date, since: date | None) -> str:
    if not training.registered:
        return "not_registered"
    if training.specialty != specialty:
        return "other_specialty"
    if training.issued > day:
        return "in_future"
    if training.issued < start:
        return "too_old"
    if since is not None and training.issued <= since:
        return "before_accreditation"
    return "counted"


def total(counted: Iterable[Counted], kind: str = "") -> int:
    """Hours that count; of one kind (`dpp`, `cme`) if it is named."""
    return sum(
        one.training.hours for one in counted if one.counts and (not kind or one.training.kind == kind)
    )
