"""The registers that know whether a person is who she says, over HTTP: one client a register, each with its breaker."""

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx
from django.conf import settings

from dopusk.portal.proofing.rules import Answers, PassportAnswer, SnilsAnswer, Typed
from dopusk.web.outgoing import Register, RegisterDown, RegisterRefused

PATIENCE: Final = 2.0  # seconds a person before a page waits, tries again included
WORKER_PATIENCE: Final = 8.0  # the same of the worker, behind whom nobody waits
FIELDS: Final = {
    "lastName": "last_name",
    "firstName": "first_name",
    "patronymic": "patronymic",
    "birthDate": "birth_date",
    "issueDate": "issued",
    "issuerCode": "issuer_code",
}
STATUSES: Final = frozenset({"valid", "invalid", "not_found"})
Value = TypeVar("Value")


@dataclass(frozen=True)
class Option:
    """One answer to choose: its key, its words in Russian."""

    key: str
    words: str


@dataclass(frozen=True)
class Question:
    """One control question. kind: what it is about; the words are ours."""

    key: str
    kind: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Questions:
    """A set that is answered once, within a quarter of an hour."""

    id: str
    questions: tuple[Question, ...]


class Registers:
    """Questions to the outside; none changes anything there. Safe for threads; make one a process."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        patience: float = PATIENCE,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        def register(name: str) -> Register:
            return Register(base_url, token, name, patience=patience, transport=transport)

        self.snils, self.passports, self.questions = map(register, ("snils", "passports", "questions"))

    def ask(self, typed: Typed) -> Answers:
        """Both registers at once, so that two slow ones cost no more than one; a silent one leaves None."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            said = pool.submit(contextvars.copy_context().run, _answered, self._snils, typed)
            paper = pool.submit(contextvars.copy_context().run, _answered, self._passport, typed)
            return Answers(said.result(), paper.result())

    def _snils(self, typed: Typed) -> SnilsAnswer:
        body = {"snils": typed.snils, **_identity(typed)}
        return self.snils.ask(
            "POST", "/api/snils/check", lambda answer: _snils_answer(answer.json()), json=body
        )

    def _passport(self, typed: Typed) -> PassportAnswer:
        body = {
            "series": typed.series,
            "number": typed.number,
            "issueDate": typed.issued.isoformat(),
            "issuerCode": typed.issuer_code,
            **_identity(typed),
        }
        return self.passports.ask(
            "POST", "/api/passports/check", lambda answer: _passport_answer(answer.json()), json=body
        )

    def pose(self, typed: Typed) -> Questions | None:
        """Three control questions; None when the register cannot make them. Raises RegisterDown."""
        body = {"snils": typed.snils, **_identity(typed)}
        try:
            return self.questions.ask(
                "POST",
                "/api/questions",
                lambda answer: _questions(answer.json()),
                refusals={"not_enough_data"},
                json=body,
            )
        except RegisterRefused:
            return None

    def judge(self, questions_id: str, answers: dict[str, str]) -> bool:
        """Are all three right.

        Raises RegisterDown, and RegisterRefused: `not_found`, `already_answered`, `expired`, `answers_malformed`.
        """
        return self.questions.ask(
            "POST",
            f"/api/questions/{questions_id}/answers",
            lambda answer: _yes(answer.json()["passed"]),
            refusals={"not_found", "already_answered", "expired", "answers_malformed"},
            json={"answers": answers},
        )


def _answered(ask: Callable[[Typed], Value], typed: Typed) -> Value | None:
    try:
        return ask(typed)
    except RegisterDown:
        return None


def _identity(typed: Typed) -> dict[str, str]:
    return {
        "lastName": typed.last_name,
        "firstName": typed.first_name,
        "patronymic": typed.patronymic,
        "birthDate": typed.birth_date.isoformat(),
    }


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _snils_answer(body: Any) -> SnilsAnswer:
    if not _yes(body["found"]):
        return SnilsAnswer(found=False)
    matches = {FIELDS[name]: _yes(same) for name, same in body["matches"].items()}
    if matches.keys() != {"last_name", "first_name", "patronymic", "birth_date"}:
        raise ValueError("matches")  # a field left out has not been compared
    return SnilsAnswer(found=True, differs=tuple(name for name, same in matches.items() if not same))


def _passport_answer(body: Any) -> PassportAnswer:
    if body["status"] not in STATUSES:
        raise ValueError("status")
    if not isinstance(body["mismatches"], list):
        raise TypeError("mismatches")
    return PassportAnswer(body["status"], tuple(FIELDS[name] for name in body["mismatches"]))


def _questions(body: Any) -> Questions:
    return Questions(
        str(body["id"]),
        tuple(
            Question(
                one["key"],
                one["kind"],
                tuple(Option(option["key"], option["words"]) for option in one["options"]),
            )
            for one in body["questions"]
        ),
    )


_kept: dict[tuple[str, float], Registers] = {}


def registers(patience: float = PATIENCE) -> Registers:
    """The registers this site asks, with so many seconds for each answer; one set of clients a process."""
    address = settings.REGISTERS_URL
    if (address, patience) not in _kept:
        _kept[address, patience] = Registers(address, settings.REGISTERS_TOKEN, patience=patience)
    return _kept[address, patience]


def start_afresh() -> None:
    """Let go of clients and breakers: the next question begins with nothing known."""
    _kept.clear()
