"""Question and answer about a passport."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from dopusk.kernel import passport
from dopusk.registers.passports.rules import Status
from dopusk.registers.wire import Question, Wire


class Check(Question):
    """The passport as its holder tells it."""

    series: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    issue_date: date
    issuer_code: Annotated[str, AfterValidator(passport.parse_issuer_code)]
    last_name: str
    first_name: str
    patronymic: str = ""
    birth_date: date


class Answer(Wire):
    """valid: in force; invalid: withdrawn, lost or replaced; mismatches: fields that do not agree."""

    status: Status
    mismatches: list[str]
