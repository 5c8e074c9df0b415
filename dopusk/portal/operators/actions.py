"""Appointing operators and ending their posts."""

import uuid

from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import Role
from dopusk.web.journal.actions import record


@transaction.atomic
def appoint(sub: uuid.UUID, role: Role, *, by: str) -> bool:
    """Give a person a post and demand a second factor of her from now on. False when she holds it already.

    by: the operator's `sub`, or "system".
    """
    account = Account.objects.select_for_update().get(pk=sub)
    if Appointment.objects.filter(account=account, role=role, ended_at=None).exists():
        return False
    Appointment.objects.create(account=account, role=role, appointed_by=by, appointed_at=timezone.now())
    Account.objects.filter(pk=sub).update(second_factor=True)
    record(
        actor=by,
        act="operator.appointed",
        subject=str(sub),
        object_=f"role:{role}",
        words=f"Вы назначены оператором портала: {role}",
    )
    return True


@transaction.atomic
def dismiss(sub: uuid.UUID, role: Role, *, by: str) -> bool:
    """End a post. False when she does not hold it."""
    Account.objects.select_for_update().get(pk=sub)
    ended = Appointment.objects.filter(account_id=sub, role=role, ended_at=None).update(
        ended_at=timezone.now()
    )
    if ended:
        record(
            actor=by,
            act="operator.dismissed",
            subject=str(sub),
            object_=f"role:{role}",
            words=f"Вы больше не оператор портала: {role}",
        )
    return bool(ended)
