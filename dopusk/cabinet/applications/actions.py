"""Verbs of an application: lock the row, ask the rules, write, tell timeline, journal and open pages."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dopusk.cabinet.applications import rules
from dopusk.cabinet.applications.models import Application, Event
from dopusk.web import live
from dopusk.web.journal.actions import record


class NotAllowed(Exception):
    """The rules refuse: nothing was changed. `refusal` says why by its code."""

    def __init__(self, refusal: rules.Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def locked(application_id: UUID | str) -> Application:
    """The application's row, locked until the transaction ends, with its applicant."""
    rows = Application.objects.select_related("applicant").select_for_update(of=("self",))
    return rows.get(pk=application_id)


def move(
    application_id: UUID | str,
    to: str,
    *,
    actor: str,
    words: str,
    act: str,
    session: str = "",
    detail: dict[str, Any] | None = None,
    **changes: object,
) -> Application:
    """Turn an application into another state, in the caller's transaction or one of its own.

    actor: person key or "system". act: journal code ("application.registered"). words: a Russian sentence the
    applicant may read. changes: further columns to write. Raises NotAllowed, Application.DoesNotExist.
    """
    with transaction.atomic():
        application = locked(application_id)
        if refusal := rules.may_move(application.state, to):
            raise NotAllowed(refusal)
        now = timezone.now()
        for name, value in changes.items():
            setattr(application, name, value)
        application.state = rules.State(to).value
        application.outcome = rules.outcome_after(to, application.outcome)
        application.active = rules.is_active(to, application.outcome)
        application.state_changed_at = now
        _changed(application)
        Event.objects.create(
            application=application,
            at=now,
            state=application.state,
            actor=actor,
            words=words,
            detail=detail or {},
        )
        record(
            actor=actor,
            act=act,
            subject=application.applicant_id,
            object_=application.key,
            words=words,
            session=session,
            detail={"state": application.state, **(detail or {})},
        )
    return application


def _changed(application: Application) -> None:
    application.version += 1
    application.save()
    live.tell(application.key, event="changed", version=application.version)
