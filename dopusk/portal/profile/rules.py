"""What may stand in a profile, what of it nobody may change, when it is looked through again."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from dopusk.kernel import dates, names
from dopusk.kernel.invalid import Invalid


class Shape(StrEnum):
    """What a field holds. past: a day that has been; day: any plausible day."""

    TEXT = "text"
    YEAR = "year"
    PAST = "past"
    DAY = "day"
    CHOICE = "choice"
    POSTCODE = "postcode"


@dataclass(frozen=True)
class Field:
    """One field of a section. longest: characters; choices: codes."""

    name: str
    shape: Shape = Shape.TEXT
    required: bool = True
    longest: int = 200
    choices: tuple[str, ...] = ()


ADDRESS: Final = (
    Field("postcode", Shape.POSTCODE, required=False),
    Field("region"),
    Field("locality"),
    Field("street", required=False),
    Field("house", longest=20),
    Field("flat", required=False, longest=20),
)
SECTIONS: Final[dict[str, tuple[Field, ...]]] = {
    "education": (
        Field("institution"),
        Field("specialty"),
        Field("year", Shape.YEAR),
        Field("document", required=False, longest=50),
    ),
    "qualification": (
        Field("kind", Shape.CHOICE, choices=("certificate", "licence")),
        Field("number", longest=60),
        Field("issued_by"),
        Field("issued_on", Shape.PAST),
        Field("valid_until", Shape.DAY, required=False),
    ),
    "employment": (
        Field("employer"),
        Field("post"),
        Field("since", Shape.PAST),
        Field("until", Shape.PAST, required=False),
    ),
    "registration": ADDRESS,
    "residence": ADDRESS,
}
SINGLE: Final = frozenset({"registration", "residence"})  # one of each, changed as a whole
SCOPED: Final = ("education", "qualification", "employment")  # sections that a service may be given
MOST: Final = 50  # rows of a section
PERIODS: Final = (("issued_on", "valid_until"), ("since", "until"))  # what begins and what ends

EARLIEST_YEAR: Final = 1940
LONGEST_LIFE: Final = 120  # years
YOUNGEST: Final = 14  # years; a passport, schooling after school and work begin here
FARTHEST: Final = 50  # years ahead a document may be valid


@dataclass(frozen=True)
class Fault:
    """Why a field cannot stay as it is. Codes: `required text_long text_characters year_format year_early
    year_future year_young date_format date_early date_future date_far date_young ends_before_start
    choice_unknown postcode_format`."""

    field: str
    code: str


def tidy(text: str) -> str:
    """A line as it is kept: composed letters, single spaces, nothing around."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def faults(section: str, content: Mapping[str, str], today: date, born: date | None = None) -> list[Fault]:
    """What is wrong with a row, in the order of its fields. content: tidied texts, days in ISO."""
    found = [
        Fault(field.name, code)
        for field in SECTIONS[section]
        if (code := _fault(field, content.get(field.name, ""), today, born))
    ]
    wrong = {fault.field for fault in found}
    for begin, end in PERIODS:
        both = content.get(begin) and content.get(end) and not wrong & {begin, end}
        if both and date.fromisoformat(content[end]) < date.fromisoformat(content[begin]):
            found.append(Fault(end, "ends_before_start"))
    return found


def _fault(field: Field, text: str, today: date, born: date | None) -> str | None:
    if not text:
        return "required" if field.required else None
    if len(text) > field.longest:
        return "text_long"
    if field.shape is Shape.YEAR:
        return _year_fault(text, today, born)
    if field.shape in {Shape.PAST, Shape.DAY}:
        return _day_fault(text, today, born, past=field.shape is Shape.PAST)
    if field.shape is Shape.CHOICE:
        return None if text in field.choices else "choice_unknown"
    if field.shape is Shape.POSTCODE:
        return None if re.fullmatch(r"[0-9]{6}", text) else "postcode_format"
    if any(unicodedata.category(sign)[0] == "C" for sign in text):
        return "text_characters"
    return None


def _year_fault(text: str, today: date, born: date | None) -> str | None:
    if not re.fullmatch(r"[0-9]{4}", text):
        return "year_format"
    year = int(text)
    if year > today.year:
        return "year_future"
    if year < EARLIEST_YEAR:
        return "year_early"
    return "year_young" if born and year < born.year + YOUNGEST else None


def _day_fault(text: str, today: date, born: date | None, *, past: bool) -> str | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "date_format"
    if past and day > today:
        return "date_future"
    if day > dates.add_years(today, FARTHEST):
        return "date_far"
    if day.year < EARLIEST_YEAR:
        return "date_early"
    return "date_young" if born and day < dates.add_years(born, YOUNGEST) else None


def stamp(*values: object) -> str:
    """What a form began with, in short: another tab's change is noticed by it."""
    body = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(body.encode()).hexdigest()[:24]


# -- what is known of the person herself -------------------------------------------------------------------

NAMES: Final = ("last_name", "first_name", "patronymic")
IDENTITY: Final = (*NAMES, "birth_date", "gender", "snils", "inn", "identity_document", "sub")


FOR_EVER: Final = frozenset({"immutable_identifier", "immutable_snils"})  # changed by nobody here


def immutable(field: str, level: str, *, has_snils: bool) -> str | None:
    """Why a person may not change this herself, or None. The lawful way stands in the words of the code.

    While she is known by her own word only (simplified), names, birth date and gender are hers to write.
    What registers have confirmed changes by documents: names by a name change, the rest by proofing again.
    """
    fixed = {
        "sub": "immutable_identifier",
        "snils": "immutable_snils" if has_snils else "snils_by_proofing",
        "inn": "inn_by_proofing",
        "identity_document": "document_by_proofing",
    }
    if field in fixed:
        return fixed[field]
    if level == "simplified":
        return None
    return "name_needs_document" if field in NAMES else f"immutable_{field}"


def identity_fault(field: str, text: str, today: date) -> str | None:
    """Why a name, birth date or gender cannot be. Codes of `kernel.names`, `birth_date_future`, `birth_date_early`."""
    if field in NAMES:
        if field == "patronymic" and not text:
            return None
        try:
            names.clean(text)
        except Invalid as invalid:
            return invalid.code
        return None
    if field == "gender":
        return None if text in {"female", "male"} else "choice_unknown"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "date_format"
    if day > today:
        return "birth_date_future"
    return "birth_date_early" if dates.full_years(day, today) > LONGEST_LIFE else None


def same_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether a new name is the old one."""
    return all(names.same(a, b) for a, b in zip(one, other, strict=True))


# -- the monthly look ----------------------------------------------------------------------------------------

LATER: Final = timedelta(days=7)


def next_look(today: date) -> date:
    """When a profile found right today is to be looked through again: a month on."""
    return dates.add_months(today, 1)


def wants_look(ask_on: date | None, opened_on: date, today: date) -> bool:
    """Whether to ask now. ask_on: the day agreed on, if any; else a month after the account was opened."""
    return today >= (ask_on or next_look(opened_on))


# -- scans ---------------------------------------------------------------------------------------------------

KINDS: Final = ("diploma", "certificate", "licence", "name_change", "other")
MOST_DOCUMENTS: Final = 50
TITLE_LONGEST: Final = 100

# -- leaving -------------------------------------------------------------------------------------------------

TYPED: Final = "закрыть"  # what a person writes to close her account


def close_fault(typed: str, *, holds_post: bool, suspended: bool = False) -> str | None:
    """Why an account is not closed: `holds_post`, `suspended`, `not_typed`; None lets it go."""
    if holds_post:
        return "holds_post"
    if suspended:
        return "suspended"
    return None if names.sort_key(typed) in {TYPED, "close"} else "not_typed"


REFUSALS: Final = ("document_unfit", "name_differs", "unreadable")  # why a name change is refused


def refuse_fault(code: str) -> str | None:
    """Whether an operator's reason is one of those known: `reason_unknown` if not."""
    return None if code in REFUSALS else "reason_unknown"


def summary(content: Mapping[str, Any], *fields: str) -> str:
    """The given fields in one line, those that are there."""
    return ", ".join(str(content[name]) for name in fields if content.get(name))
