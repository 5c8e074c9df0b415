"""Putting a message into the outbox and getting it delivered."""

import logging
import random
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from dopusk.kernel import trace
from dopusk.web.journal.actions import record
from dopusk.web.outbox import rules, senders
from dopusk.web.outbox.models import Message

log = logging.getLogger(__name__)


def put(kind: str, key: str, payload: dict[str, Any]) -> Message:
    """Keep a message for delivery, in the caller's transaction; a second put of (kind, key) changes nothing."""
    message, created = Message.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={"payload": payload, "trace_id": trace.current(), "next_at": timezone.now()},
    )
    if created:
        app.configure_task("outbox.deliver", queue="outbox").defer(message_id=message.pk)
    return message


def deliver_soon(message_ids: list[int]) -> None:
    """Messages put by a statement of the caller's own leave when its transaction is kept.

    Should the process die right then, or the queue not take them, the sweep finds them within seconds.
    """
    task = app.configure_task("outbox.deliver", queue="outbox")
    jobs: list[dict[str, Any]] = [{"message_id": one} for one in message_ids]
    transaction.on_commit(lambda: task.batch_defer(*jobs), robust=True)


def deliver(message_id: int) -> str:
    """Try to deliver one message; returns its state afterwards.

    The row stays locked while it is being sent, so that two workers never send it at once; a worker
    that dies loses the lock and nothing else, and the receiver's idempotency covers the rest.
    A sender that breaks is raised, and its message steps back as after any other failure: else it would
    stand first for ever and nothing behind it would leave.
    """
    try:
        return _deliver(message_id)
    except Exception as error:
        with transaction.atomic():
            message = _waiting(message_id)
            if message:
                _again(message, type(error).__name__)
        raise


def _waiting(message_id: int) -> Message | None:
    """The message locked, if it still waits and nobody is sending it."""
    rows = Message.objects.waiting().select_for_update(skip_locked=True)
    return rows.filter(pk=message_id).first()


def _deliver(message_id: int) -> str:
    with transaction.atomic():
        message = _waiting(message_id)
        if message is None:
            return "busy_or_done"
        with trace.use(message.trace_id or trace.new()):
            try:
                finish = senders.of(message.kind)(message.key, message.payload)
            except senders.TryLater as error:
                _again(message, str(error), error.by)
            except senders.Refused as error:
                _finished(message, "refused", error.code)
                if error.finish:
                    error.finish()
                log.error("outbox: %s %s was refused: %s", message.kind, message.key, error.code)  # noqa: TRY400 - no traceback: it is an answer
            else:
                _finished(message, "delivered", "")
                if finish:
                    finish()
        return message.state


def due() -> list[int]:
    """The waiting messages whose time has come, oldest first, at most 200."""
    rows = Message.objects.waiting().filter(next_at__lte=timezone.now()).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:200])


def send_again(kind: str, key: str, *, actor: str, why: str) -> bool:
    """Let a message that waits or was refused be sent at the next sweep; False when there is none.

    For an operator who has mended what the receiver refused. actor: who; why: her reason, for the journal.
    """
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(kind=kind, key=key).exclude(state="delivered")
        message = rows.first()
        if message is None:
            return False
        message.state, message.next_at, message.finished_at = "waiting", timezone.now(), None
        message.save(update_fields=["state", "next_at", "finished_at"])
        record(
            actor=actor,
            act="outbox.sent_again",
            subject="system",
            object_=f"outbox:{kind}:{key}"[:120],
            words=f"Сообщение {kind} {key} отправлено заново: {why}",
        )
    return True


def send_now(message: Message) -> None:
    """Let a waiting message, which the caller holds locked, be sent at once."""
    message.next_at = timezone.now()
    message.save(update_fields=["next_at"])
    app.configure_task("outbox.deliver", queue="outbox").defer(message_id=message.pk)


def _again(message: Message, reason: str, by: datetime | None = None) -> None:
    message.attempts += 1
    message.first_failed_at = message.first_failed_at or timezone.now()
    wait = rules.wait(message.attempts, random.random())  # noqa: S311 - jitter
    message.next_at = min(timezone.now() + wait, by or datetime.max.replace(tzinfo=UTC))
    message.last_reason = reason[:200]
    message.save()


def _finished(message: Message, state: str, reason: str) -> None:
    message.attempts += 1
    message.state, message.last_reason, message.finished_at = state, reason[:200], timezone.now()
    message.save()
