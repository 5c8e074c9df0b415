"""What a person does from her journal."""

import uuid

from django.db import transaction

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.actions import tell
from dopusk.portal.recovery.endings import end_everything, end_object
from dopusk.portal.signin.actions import lock
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry


@transaction.atomic
def disown(sub: uuid.UUID, entry: Entry, *, session: str) -> None:
    """«Это не я»: close sign-in, end every session and every recovery under way, forget known devices.

    Only recovery opens it again.
    """
    lock(sub, "owner")
    end_everything(Account.objects.get(pk=sub), "Все входы завершены по сообщению «это не я»")
    end_object(sub, entry.object, entry.act)
    tell(sub, "locked", urgent=True, link="/recovery/")
    record(
        actor=str(sub),
        act="journal.not_me",
        subject=str(sub),
        object_=f"journal:{entry.number}",
        words=f"Вы отметили запись журнала № {entry.number}: «это не я»",
        session=session,
        detail={"act": entry.act},
    )


def note_export(sub: uuid.UUID, *, session: str, rows: int) -> None:
    """Write down that the journal was taken out."""
    with transaction.atomic():
        record(
            actor=str(sub),
            act="journal.exported",
            subject=str(sub),
            words="Вы скачали журнал активности",
            session=session,
            detail={"rows": rows},
        )
