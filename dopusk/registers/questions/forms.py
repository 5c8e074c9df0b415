"""Whom to ask about, what is asked, what was answered."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from dopusk.registers.questions.rules import Kind
from dopusk.registers.wire import Question, Snils, Wire

Key = Annotated[str, StringConstraints(max_length=40)]


class Whom(Question):
    """The person as she tells who she is."""

    snils: Snils
    last_name: str
    first_name: str
    patronymic: str = ""
    birth_date: date


class Option(Wire):
    """One possible answer: its key, and its words in Russian."""

    key: str
    words: str


class Posed(Wire):
    """One question. kind: what is asked about; its words are the asker's own."""

    key: str
    kind: Kind
    options: list[Option]


class Asked(Wire):
    """Three questions under one id; to be answered at once and once."""

    id: UUID
    questions: list[Posed]


class Answers(Question):
    """Key of a question → key of the option chosen."""

    answers: Annotated[dict[Key, Key], Field(max_length=10)]


class Outcome(Wire):
    """Were all three right. How many were is never told."""

    passed: bool
