"""Consents: one in force per person and service; withdrawn ones stay as history."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dopusk.portal.accounts.models import Account
from dopusk.portal.clients.models import Client


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Ways of reading consents."""

    def of(self, sub: uuid.UUID) -> "ConsentQuerySet":
        """A person's consents in force, the latest first."""
        return self.filter(account_id=sub, revoked_at=None).select_related("client").order_by("-given_at")


class Consent(models.Model):
    """What a person lets a service know. Grants and tokens join this row: withdrawing it ends them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    scopes = ArrayField(models.CharField(max_length=40))
    first_given_at = models.DateTimeField()
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[ConsentQuerySet] = ConsentQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client"], condition=Q(revoked_at=None), name="consents_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"consent {self.pk} for {self.client_id}"
