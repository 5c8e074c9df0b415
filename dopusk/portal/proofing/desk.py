"""Operators at work: taking a case, looking at its scan, deciding it. One case, one reviewer."""

import uuid

from django.db import transaction
from django.utils import timezone

from dopusk.portal.notices.actions import tell
from dopusk.portal.proofing import endings, rules, words
from dopusk.portal.proofing.actions import NotAllowed
from dopusk.portal.proofing.models import Attempt
from dopusk.portal.proofing.rules import Refusal, ReviewCode, State
from dopusk.web.journal.actions import record


def take(attempt_id: uuid.UUID, operator: uuid.UUID, *, session: str) -> None:
    """Claim a case; taking one's own again lengthens the hold. Raises NotAllowed."""
    now = timezone.now()
    with transaction.atomic():
        attempt = _case(attempt_id)
        if refusal := rules.may_take(attempt.desk(), str(operator), now):
            raise NotAllowed(refusal)
        attempt.reviewer_id, attempt.taken_at = operator, now
        attempt.save(update_fields=["reviewer", "taken_at"])
        record(
            actor=str(operator),
            act="proofing.review_taken",
            subject=str(attempt.account_id),
            words="Оператор портала взял Ваши данные в работу",
            session=session,
        )


def release(attempt_id: uuid.UUID, operator: uuid.UUID) -> None:
    """Put a case back into the queue. Raises NotAllowed."""
    with transaction.atomic():
        attempt = _case(attempt_id)
        if refusal := rules.may_decide(attempt.desk(), str(operator)):
            raise NotAllowed(refusal)
        attempt.reviewer, attempt.taken_at = None, None
        attempt.save(update_fields=["reviewer", "taken_at"])


def note_scan(attempt: Attempt, operator: uuid.UUID, *, session: str) -> None:
    """Write down that an operator looked at the scan."""
    with transaction.atomic():
        record(
            actor=str(operator),
            act="proofing.scan_seen",
            subject=str(attempt.account_id),
            words="Оператор портала открыл скан Вашего паспорта",
            session=session,
        )


def approve(attempt_id: uuid.UUID, operator: uuid.UUID) -> str:
    """Confirm her; `confirmed`, or `taken` when her numbers are another account's. Raises NotAllowed."""
    with transaction.atomic():
        held = endings.locked(attempt_id, State.REVIEW)
        if held is None:
            raise NotAllowed(Refusal("already_decided"))
        attempt, account = held
        if refusal := rules.may_approve(attempt.desk(), str(operator)):
            raise NotAllowed(refusal)
        stands = endings.standing_of(account.sub)
        if stands and stands.kind == "suspended":
            raise NotAllowed(Refusal("suspended"))
        typed = attempt.typed()
        if not endings.make_standard(account, typed) and not endings.move_identity(account, typed):
            endings.taken(attempt, typed)
            return "taken"
        endings.confirm(attempt, account, by=str(operator))
    return "confirmed"


def refuse(attempt_id: uuid.UUID, operator: uuid.UUID, code: ReviewCode, why: str, *, session: str) -> None:
    """Refuse with a coded reason and perhaps words of one's own. Raises NotAllowed."""
    with transaction.atomic():
        held = endings.locked(attempt_id, State.REVIEW)
        if held is None:
            raise NotAllowed(Refusal("already_decided"))
        attempt = held[0]
        if refusal := rules.may_decide(attempt.desk(), str(operator)):
            raise NotAllowed(refusal)
        sub = attempt.account_id
        endings.let_go(attempt)
        said = words.REVIEW_CODES[code]
        tell(sub, "proofing_refused", detail={"reason": f"{said} {why}".strip()}, link=endings.HERE)
        record(
            actor=str(operator),
            act="proofing.review_refused",
            subject=str(sub),
            words=f"Оператор портала не подтвердил личность: {said}",
            session=session,
            detail={"code": code.value, "words": why},
        )


def _case(attempt_id: uuid.UUID) -> Attempt:
    attempt = Attempt.objects.select_for_update().filter(pk=attempt_id, state=State.REVIEW).first()
    if attempt is None:
        raise NotAllowed(Refusal("already_decided"))
    return attempt
