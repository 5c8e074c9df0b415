"""Asking and judging."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from dopusk.kernel.invalid import Invalid
from dopusk.registers.problems import Problem
from dopusk.registers.questions import actions
from dopusk.registers.questions.forms import Answers, Whom
from dopusk.registers.questions.material import Whose

_REFUSALS = {
    "not_enough_data": (404, "О таком человеке нельзя составить трёх вопросов"),
    "not_found": (404, "Такой записи нет"),
    "already_answered": (409, "На эти вопросы уже отвечали"),
    "expired": (410, "Время ответа вышло"),
    "answers_malformed": (422, "На каждый вопрос нужен один из предложенных ответов"),
}


def _problem(refused: Invalid) -> Problem:
    status, title = _REFUSALS[refused.code]
    return Problem(status, refused.code, title)


def ask(request: HttpRequest, body: Whom) -> dict[str, Any]:
    """Three questions about the person; `not_enough_data` also when she is not who she says."""
    whose = Whose(body.snils, body.last_name, body.first_name, body.patronymic, body.birth_date)
    try:
        session = actions.ask(whose, by=str(request.auth))  # type: ignore[attr-defined]
    except Invalid as refused:
        raise _problem(refused) from refused
    return {"id": session.id, "questions": session.told()}


def answer(request: HttpRequest, session: UUID, body: Answers) -> dict[str, bool]:
    """Judge the answers. Refuses with `not_found`, `already_answered`, `expired`, `answers_malformed`."""
    try:
        passed = actions.answer(session, body.answers, by=str(request.auth))  # type: ignore[attr-defined]
    except Invalid as refused:
        raise _problem(refused) from refused
    return {"passed": passed}
