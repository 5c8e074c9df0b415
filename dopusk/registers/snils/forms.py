"""Question and answer about a СНИЛС."""

from datetime import date

from dopusk.registers.wire import Question, Snils, Wire


class Check(Question):
    """Whose number is claimed to be."""

    snils: Snils
    last_name: str
    first_name: str
    patronymic: str = ""
    birth_date: date


class FieldMatches(Wire):
    """Field by field."""

    last_name: bool
    first_name: bool
    patronymic: bool
    birth_date: bool


class Answer(Wire):
    """found: is there such a number; matches: null when there is none. Held data are never told."""

    found: bool
    matches: FieldMatches | None
