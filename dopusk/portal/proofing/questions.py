"""Control questions: opened when she is ready, answered once; never enough alone, never used for recovery."""

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from dopusk.portal.notices.actions import tell
from dopusk.portal.proofing import endings, rules
from dopusk.portal.proofing.actions import NotAllowed, put_off
from dopusk.portal.proofing.models import Attempt, Try, bucket
from dopusk.portal.proofing.registers import WORKER_PATIENCE, Option, Question, Questions, registers
from dopusk.portal.proofing.rules import Doubt, Refusal, State
from dopusk.web.journal.actions import record
from dopusk.web.outgoing import RegisterDown, RegisterRefused

ANSWERED_WITHIN: Final = timedelta(
    minutes=14
)  # the register gives fifteen; the last one is for the way there


def open_questions(attempt_id: uuid.UUID) -> str:
    """Have three questions made; `questions` when they lie ready, `review` when an operator has to look instead.

    Raises RegisterDown, and NotAllowed when the attempt is elsewhere.
    """
    attempt = Attempt.objects.filter(pk=attempt_id, state=State.QUESTIONS).first()
    if attempt is None:
        raise NotAllowed(Refusal("not_now"))
    if ready(attempt):
        return "questions"
    spent = attempt.question_sets >= rules.QUESTION_SETS
    try:
        made = None if spent else registers().pose(attempt.typed())
    except RegisterDown:
        _wait(attempt_id)
        raise
    with transaction.atomic():
        held = endings.locked(attempt_id, State.QUESTIONS)
        if held is None:
            raise NotAllowed(Refusal("not_now"))
        attempt = held[0]
        if made is None:
            endings.hand_over(attempt, [Doubt.QUESTIONS_UNANSWERED if spent else Doubt.NOT_ENOUGH_DATA])
            return "review"
        until = timezone.now() + ANSWERED_WITHIN
        attempt.put(questions={**asdict(made), "until": until.isoformat()})
        attempt.silent, attempt.silent_since, attempt.next_at = [], None, None
        attempt.question_sets += 1
        attempt.save()
    return "questions"


@transaction.atomic
def _wait(attempt_id: uuid.UUID) -> None:
    """The register of questions is silent: the worker tries it, and tells her when she can go on."""
    if held := endings.locked(attempt_id, State.QUESTIONS):
        held[0].silent = ["questions"]
        put_off(held[0])


def finish(attempt_id: uuid.UUID) -> str:
    """Whether questions can be made again: then she is told; her fifteen minutes begin when she opens them."""
    attempt = Attempt.objects.filter(pk=attempt_id, state=State.QUESTIONS).first()
    if attempt is None:
        return "busy_or_done"
    try:
        made = registers(WORKER_PATIENCE).pose(attempt.typed())
    except RegisterDown:
        _wait(attempt_id)
        return "waiting"
    with transaction.atomic():
        held = endings.locked(attempt_id, State.QUESTIONS)
        if held is None or not held[0].silent:
            return "busy_or_done"
        attempt = held[0]
        attempt.silent, attempt.silent_since, attempt.next_at = [], None, None
        if made is None:
            endings.hand_over(attempt, [Doubt.NOT_ENOUGH_DATA])
            return "review"
        attempt.save()
        tell(attempt.account_id, "proofing_questions", link="/proofing/questions/")
    return "questions"


def ready(attempt: Attempt) -> Questions | None:
    """The questions that lie open, while they can still be answered."""
    kept: dict[str, Any] | None = attempt.content().get("questions")
    if not kept or datetime.fromisoformat(kept["until"]) <= timezone.now():
        return None
    return Questions(
        kept["id"],
        tuple(
            Question(one["key"], one["kind"], tuple(Option(**option) for option in one["options"]))
            for one in kept["questions"]
        ),
    )


def until(attempt: Attempt) -> datetime:
    """Until when the questions that lie open can be answered."""
    return datetime.fromisoformat(attempt.content()["questions"]["until"])


def answer(attempt_id: uuid.UUID, answers: dict[str, str], *, session: str) -> str:
    """Have the answers judged, once: `confirmed`, `review`, `taken`, or `expired` (the questions may be opened anew).

    Raises RegisterDown: then the questions lie there as before; NotAllowed: they were answered or the time is over.
    """
    with transaction.atomic():  # a second press of the button finds nothing to answer
        held = endings.locked(attempt_id, State.QUESTIONS)
        lying = ready(held[0]) if held else None
        if held is None or lying is None:
            raise NotAllowed(Refusal("not_now"))
        kept = held[0].content()["questions"]
        held[0].put(questions=None)
        held[0].save()
    try:
        passed = registers().judge(lying.id, answers)
    except RegisterDown:
        with transaction.atomic():
            if again := endings.locked(attempt_id, State.QUESTIONS):
                again[0].put(questions=kept)
                again[0].save()
        raise
    except RegisterRefused as refused:
        if refused.code == "expired":
            return "expired"
        return _settle(
            attempt_id, None, session=session
        )  # what it made of our answers, nobody knows: not passed
    return _settle(attempt_id, passed, session=session)


@transaction.atomic
def _settle(attempt_id: uuid.UUID, passed: bool | None, *, session: str) -> str:
    held = endings.locked(attempt_id, State.QUESTIONS)
    if held is None:
        raise NotAllowed(Refusal("not_now"))
    attempt, account = held
    if passed and not attempt.doubts:
        typed = attempt.typed()
        if not endings.make_standard(
            account, typed
        ):  # what is confirmed is what the registers were asked about
            endings.taken(attempt, typed)
            return "taken"
        endings.confirm(attempt, account)
        return "confirmed"
    if passed is False:
        now = timezone.now()
        for name in (bucket("account", str(account.sub)), bucket("snils", attempt.typed().snils)):
            Try.objects.create(bucket=name, kind="questions", at=now)
    doubt = {True: [], False: [Doubt.QUESTIONS_FAILED], None: [Doubt.QUESTIONS_UNANSWERED]}[passed]
    endings.hand_over(attempt, doubt)
    return "review"


def leave_to_operator(attempt_id: uuid.UUID, *, session: str) -> None:
    """She would rather have an operator look than answer. Raises NotAllowed."""
    with transaction.atomic():
        held = endings.locked(attempt_id, State.QUESTIONS)
        if held is None:
            raise NotAllowed(Refusal("not_now"))
        endings.hand_over(held[0], [Doubt.OWN_WISH])
        record(
            actor=str(held[1].sub),
            act="proofing.left_to_operator",
            subject=str(held[1].sub),
            words="Вы попросили, чтобы личность проверил оператор",
            session=session,
        )
