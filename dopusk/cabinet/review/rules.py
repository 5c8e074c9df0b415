"""Intake at the accreditation centre: who may take a case, and with what reasons it may be sent back.

Acts: приказ № 709н (the centre checks completeness and registers), domain §7 (codes), § 3 (`center_review_wd`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dopusk.cabinet.applications.rules import Refusal
from dopusk.kernel import workdays
from dopusk.kernel.norms import Norms


class Decision(StrEnum):
    """What a registrar decides."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class Urgency(StrEnum):
    """How a due date looks on the queue."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    CALM = "calm"


@dataclass(frozen=True)
class Reason:
    """A coded fault: the fields it may be found in, its act, and who can mend it."""

    code: str
    fields: tuple[str, ...]
    act: str
    fixer: str  # applicant | employer | school


_PROCEDURE = "Порядок аккредитации специалистов, приказ Минздрава России от 28.10.2022 № 709н"
_FILES = "Требования центров аккредитации к файлам"
_FRMR = "Положение о ЕГИСЗ, постановление Правительства РФ от 09.02.2022 № 140"
_QUALIFICATION = "Квалификационные требования, приказ Минздрава России от 02.05.2023 № 206н"
_SECONDARY = "Квалификационные требования, приказ Минздрава России от 10.02.2016 № 83н"

SCANS = (
    "activity_report",
    "employer_agreement",
    "reasoned_refusal",
    "diploma",
    "specialist_certificate",
    "training_certificate",
    "name_change",
    "employment_record",
)
STEPS = ("contacts", "specialty", "report", "documents", "consent")

REASONS: tuple[Reason, ...] = (
    Reason("signature_missing", ("employer_agreement", "activity_report"), _PROCEDURE, "applicant"),
    Reason("file_unreadable", SCANS, _FILES, "applicant"),
    Reason("incomplete_set", SCANS, _PROCEDURE, "applicant"),
    Reason("unreliable_data", (*STEPS[:3], *SCANS), _PROCEDURE, "applicant"),
    Reason("file_format", SCANS, _FILES, "applicant"),
    Reason("frmr_missing", ("frmr",), _FRMR, "employer"),
    Reason(
        "frmr_mismatch", ("employment_record", "diploma", "training_certificate", "frmr"), _FRMR, "employer"
    ),
    Reason("education_unconfirmed", ("diploma",), _PROCEDURE, "school"),
    Reason(
        "education_level_mismatch", ("specialty", "diploma"), f"{_QUALIFICATION}; {_SECONDARY}", "applicant"
    ),
    Reason("name_change_unproven", ("name_change",), _PROCEDURE, "applicant"),
)
BY_CODE = {reason.code: reason for reason in REASONS}


@dataclass(frozen=True)
class Desk:
    """A case as it lies before a registrar. holder: key of who took it; state: of the application."""

    state: str
    applicant: str
    holder: str | None
    decided: bool
    holder_name: str = ""


def may_take(desk: Desk, registrar: str) -> Refusal | None:
    """May this registrar take the case. Taking what one holds already is allowed and changes nothing."""
    if fault := _closed(desk, registrar):
        return fault
    if desk.holder not in (None, registrar):
        return Refusal("taken_by_other", {"holder": desk.holder_name})
    return None


def may_decide(desk: Desk, registrar: str) -> Refusal | None:
    """May this registrar decide, or put the case back."""
    if fault := _closed(desk, registrar):
        return fault
    if desk.holder is None:
        return Refusal("not_taken")
    if desk.holder != registrar:
        return Refusal("taken_by_other", {"holder": desk.holder_name})
    return None


def _closed(desk: Desk, registrar: str) -> Refusal | None:
    if desk.applicant == registrar:
        return Refusal("own_application")
    if desk.decided:
        return Refusal("already_decided", {"holder": desk.holder_name})
    if desk.state != "CENTER_REVIEW":
        return Refusal("not_in_review", {"state": desk.state})
    return None


@dataclass(frozen=True)
class Fault:
    """One thing a registrar found: the reason's code, where it is, and her own words about it."""

    code: str
    place: str
    words: str = ""


def wrong_faults(faults: Sequence[Fault]) -> Refusal | None:
    """Why the application cannot be sent back with these faults: `reasons_missing`, `reason_unknown`, `place_unfit`."""
    if not faults:
        return Refusal("reasons_missing")
    for fault in faults:
        if fault.code not in BY_CODE:
            return Refusal("reason_unknown", {"reason": fault.code})
        if fault.place not in BY_CODE[fault.code].fields:
            return Refusal("place_unfit", {"reason": fault.code, "place": fault.place})
    return None


def due_on(registered: date, norms: Norms) -> date:
    """The last day of the centre's check: T0 + `center_review_wd` working days."""
    return workdays.add(registered, norms.whole("center_review_wd"))


def urgency(due: date, today: date) -> Urgency:
    """Overdue, due today, within three working days, or calm."""
    if due < today:
        return Urgency.OVERDUE
    left = workdays.between(today, due)
    if left == 0:
        return Urgency.TODAY
    return Urgency.SOON if left <= 3 else Urgency.CALM


def counts(dues: Iterable[date], today: date) -> dict[Urgency, int]:
    """How many cases of each urgency; every urgency is named."""
    found = dict.fromkeys(Urgency, 0)
    for due in dues:
        found[urgency(due, today)] += 1
    return found
