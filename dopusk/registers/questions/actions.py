"""Asking three questions, and judging the answers once."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.kernel.invalid import Invalid
from dopusk.registers.questions import material, rules
from dopusk.registers.questions.models import Session
from dopusk.trust.sealing import blind_index
from dopusk.web.journal import actions as journal

ANSWERED_WITHIN = timedelta(minutes=15)
KEPT = timedelta(days=1)  # that a late answer hears «expired» and not «no such thing»


@transaction.atomic
def ask(whose: material.Whose, by: str) -> Session:
    """Pose three questions about the person. Raises `Invalid("not_enough_data")`, whatever the reason.

    Which questions and which wrong options is decided by a secret of ours and the person alone: asking again
    gives the same ones in another order, so that nothing is learned by comparing.
    """
    now = timezone.now()
    Session.objects.filter(expires_at__lt=now - KEPT).delete()

    def rank(text: str) -> bytes:
        return blind_index(settings.SEALING_KEY, "control questions", f"{whose.snils}\0{text}")

    posed = rules.choose(material.gather(whose, timezone.localdate(now), rank), rank)
    if posed is None:
        raise Invalid("not_enough_data")
    session = Session.objects.create(
        client=by, asked_at=now, expires_at=now + ANSWERED_WITHIN, questions=_shuffled(posed)
    )
    journal.record(
        actor=by,
        act="questions.asked",
        subject="system",
        object_=f"questions:{session.id}",
        words="Составлены контрольные вопросы",
        detail={"kinds": [str(one.kind) for one in posed]},
    )
    return session


@transaction.atomic
def answer(session_id: UUID, answers: Mapping[str, str], by: str) -> bool:
    """Are all three right. The first well-formed answer is the only one; the row is locked meanwhile.

    Raises `Invalid`: `not_found` (another client's too), `already_answered`, `expired`, `answers_malformed`.
    """
    session = Session.objects.select_for_update().filter(pk=session_id, client=by).first()
    if session is None:
        raise Invalid("not_found")
    now = timezone.now()
    if session.answered_at:
        raise Invalid("already_answered")
    if now >= session.expires_at:
        raise Invalid("expired")
    options = session.options()
    if set(answers) != set(options) or any(answers[key] not in options[key] for key in options):
        raise Invalid("answers_malformed")
    passed = session.right() == dict(answers)
    session.answered_at, session.questions = now, []
    session.save(update_fields=["answered_at", "questions"])
    journal.record(
        actor=by,
        act="questions.answered",
        subject="system",
        object_=f"questions:{session.id}",
        words="На контрольные вопросы даны верные ответы"
        if passed
        else "На контрольные вопросы ответили неверно",
        detail={"passed": passed},
    )
    return passed


def _shuffled(posed: tuple[rules.Posed, ...]) -> list[dict[str, Any]]:
    """Under keys that say nothing, in an order that says nothing."""
    dice = secrets.SystemRandom()
    questions = []
    for one in dice.sample(posed, len(posed)):
        options = [{"key": secrets.token_hex(4), "words": words} for words in (one.right, *one.wrong)]
        right = options[0]["key"]
        dice.shuffle(options)
        questions.append(
            {"key": secrets.token_hex(4), "kind": str(one.kind), "options": options, "right": right}
        )
    return questions
