"""Sending letters, delivering them, clearing them away."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dopusk.web.delivery import channels, rules
from dopusk.web.delivery.models import InboxLetter, Letter, index_of, seal
from dopusk.web.journal.actions import record
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message
from dopusk.web.outbox.senders import Refused, TryLater

KIND = "delivery"
BATCH = 1000


class NotSendable(Exception):
    """The letter cannot be sent again. code: `letter_unknown`, `letter_over` (nothing of it is held any more),
    `letter_late`, `letter_busy` (it is being sent right now)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send(
    *,
    channel: str,
    to: str,
    purpose: str,
    text: str,
    subject: str = "",
    about: str = "",
    key: str = "",
    good_until: datetime | None = None,
) -> Letter:
    """Have a letter delivered, if the caller's transaction commits. The text is written out already, in Russian.

    channel: "sms" or "mail"; to: normal spelling (+79001234567, an e-mail). purpose: stable code,
    "registration.phone_code". about: key of the person (`sub`), or "". key: the same key twice is one letter, the
    first; it stands in lists of operators, so nothing secret belongs in it. good_until: from then on it is dropped.
    Raises ValueError for an address in another spelling.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a letter is sent in the transaction of its fact")
    checked = rules.checked(channel, to)
    message = outbox.put(KIND, key or str(uuid.uuid4()), {})
    identifier = uuid.uuid4()
    parcel = rules.Parcel(str(identifier), to, rules.one_line(subject), text)
    letter, _created = Letter.objects.get_or_create(
        message=message,
        defaults={
            "id": identifier,
            "channel": checked,
            "to_mask": rules.mask(checked, to),
            "to_index": index_of(to),
            "sealed": seal("letter", parcel),
            "purpose": purpose,
            "about": about,
            "created_at": timezone.now(),
            "good_until": good_until,
        },
    )
    return letter


def carry(key: str) -> Callable[[], None]:
    """Take one letter to its channel; what comes back marks it delivered. For the outbox, which holds its row locked.

    Raises TryLater, and Refused with what marks the letter refused or expired.
    """
    letter = Letter.objects.filter(message__kind=KIND, message__key=key).first()
    if letter is None or letter.state != "waiting":
        raise Refused("letter_over")
    if rules.late(letter.good_until, timezone.now()):
        raise Refused("expired", finish=lambda: _over(letter, "expired"))
    parcel = letter.parcel()
    way = channels.of(letter.channel)
    if way is None:
        return lambda: _shown(letter, parcel)
    try:
        way(parcel)
    except TryLater as error:
        raise TryLater(str(error), by=letter.good_until) from error
    except Refused as error:
        raise Refused(error.code, finish=lambda: _over(letter, "refused")) from error
    return lambda: _over(letter, "delivered")


def _over(letter: Letter, state: str) -> None:
    """The letter's end: nothing of its content is held any more."""
    delivered_at = timezone.now() if state == "delivered" else None
    Letter.objects.filter(pk=letter.pk).update(state=state, delivered_at=delivered_at, sealed=b"")


def _shown(letter: Letter, parcel: rules.Parcel) -> None:
    """Put it into the inbox of the stand."""
    _over(letter, "delivered")
    InboxLetter.objects.get_or_create(
        pk=letter.pk,
        defaults={
            "channel": letter.channel,
            "purpose": letter.purpose,
            "to_index": bytes(letter.to_index),
            "sealed": seal("inbox", parcel),
            "at": timezone.now(),
        },
    )


def send_again(letter_id: uuid.UUID, *, actor: str, why: str) -> None:
    """Have a waiting letter tried at once, by an operator who has mended the cause. Raises NotSendable.

    actor: key of the operator; why: her reason. Both go to the journal. A letter that is over cannot be sent:
    nothing of it is held.
    """
    with transaction.atomic():
        letter = Letter.objects.select_related("message").filter(pk=letter_id).first()
        if letter is None:
            raise NotSendable("letter_unknown")
        message = Message.objects.select_for_update(skip_locked=True).filter(pk=letter.message_id).first()
        if message is None:
            raise NotSendable("letter_busy")
        letter.refresh_from_db()
        if letter.state != "waiting" or message.state != "waiting":
            raise NotSendable("letter_over")
        if rules.late(letter.good_until, timezone.now()):
            raise NotSendable("letter_late")
        outbox.send_now(message)
        record(
            actor=actor,
            act="delivery.sent_again",
            subject=letter.about or "system",
            object_=f"letter:{letter.pk}",
            words=f"Сообщение на {letter.to_mask} отправлено ещё раз. Причина: {why}",
        )


def purge(now: datetime | None = None) -> int:
    """Remove letters older than 30 days with their rows of the outbox, and what the inbox showed 7 days; how many."""
    now = now or timezone.now()
    removed = 0
    while True:
        with transaction.atomic():
            old = Message.objects.filter(kind=KIND, letter__created_at__lt=now - rules.KEPT)
            batch = list(
                old.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH]
            )
            Message.objects.filter(pk__in=batch).delete()
        removed += len(batch)
        if len(batch) < BATCH:
            break
    while True:
        shown = InboxLetter.objects.filter(at__lt=now - rules.SHOWN).values("pk")[:BATCH]
        count, _by_kind = InboxLetter.objects.filter(pk__in=shown).delete()
        removed += count
        if count < BATCH:
            return removed
