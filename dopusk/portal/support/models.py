"""Look-ups of operators, and temporary passwords on their way."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models

from dopusk.portal.accounts.models import Account
from dopusk.portal.support.rules import LOOK_LASTS, Reason


class LookQuerySet(models.QuerySet["Look"]):
    """Ways of reading look-ups."""

    def living(self, operator: uuid.UUID, account: uuid.UUID, now: datetime) -> "LookQuerySet":
        """Those by which this operator may see this account now, the newest first."""
        fresh = self.filter(operator_id=operator, account_id=account, at__gt=now - LOOK_LASTS)
        return fresh.order_by("-at")


class Look(models.Model):
    """One look-up of one account by one operator; account is empty when nobody was found.

    It opens the account's page for an hour. journal_at: when she first read the person's journal by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Reason])
    ticket = models.CharField(max_length=40)
    at = models.DateTimeField()
    journal_at = models.DateTimeField(null=True)

    objects: ClassVar[LookQuerySet] = LookQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [models.Index(fields=["operator", "-at"], name="support_look_of")]

    def __str__(self) -> str:
        return f"look {self.id}"


class Temporary(models.Model):
    """A temporary password that was sent by SMS: whose, until when it fits, when it was over (used or put out)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    made_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField()
    good_until = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["good_until"], condition=models.Q(over_at=None), name="support_temporary_due"
            )
        ]

    def __str__(self) -> str:
        return f"temporary password of {self.account_id}"
