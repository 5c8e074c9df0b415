"""Appointing operators and ending their posts."""

import uuid

from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.actions import tell
from dopusk.portal.operators import rules
from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.words import ROLES
from dopusk.web.journal.actions import record


class NotDone(Exception):
    """Nothing was changed. code: `own_post`, `last_administrator`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def appoint(sub: uuid.UUID, role: Role, *, by: str, session: str = "", told: bool = True) -> bool:
    """Give a person a post and demand a second factor of her from now on. False when she holds it already.

    by: the operator's `sub`, or "system". session: hers. told: False for a known person of a fresh stand, who would
    get a letter a post. Raises NotDone (`own_post`).
    """
    account = Account.objects.select_for_update().get(pk=sub)
    held = Appointment.objects.filter(account=account, role=role, ended_at=None).exists()
    fault = rules.fault_of_appointment(own=by == str(sub), held=held)
    if fault == "post_held":
        return False
    if fault:
        raise NotDone(fault)
    Appointment.objects.create(account=account, role=role, appointed_by=by, appointed_at=timezone.now())
    Account.objects.filter(pk=sub).update(second_factor=True)
    if told:
        tell(sub, "operator_appointed", detail={"role": ROLES[role]}, link="/desk/")
    record(
        actor=by,
        act="operator.appointed",
        subject=str(sub),
        object_=f"role:{role}",
        session=session,
        words=f"Вам дана должность оператора портала: {ROLES[role]}",
        detail={"role": role},
    )
    return True


@transaction.atomic
def dismiss(sub: uuid.UUID, role: Role, *, by: str, session: str = "") -> bool:
    """End a post. False when she does not hold it. Raises NotDone (`last_administrator`)."""
    # all of the post are locked in one order: of two administrators who dismiss each other, one stays
    holders = Appointment.objects.select_for_update().filter(role=role, ended_at=None).order_by("pk")
    holding = {one.account_id: one for one in holders}
    fault = rules.fault_of_dismissal(role, held=sub in holding, administrators=len(holding))
    if fault == "post_not_held":
        return False
    if fault:
        raise NotDone(fault)
    post = holding[sub]
    post.ended_at = timezone.now()
    post.save(update_fields=["ended_at"])
    tell(sub, "operator_dismissed", detail={"role": ROLES[role]})
    record(
        actor=by,
        act="operator.dismissed",
        subject=str(sub),
        object_=f"role:{role}",
        session=session,
        words=f"Должность оператора портала снята: {ROLES[role]}",
        detail={"role": role},
    )
    return True
