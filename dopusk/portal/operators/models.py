"""Who holds which post on the portal."""

from django.db import models
from django.db.models import Q

from dopusk.portal.accounts.models import Account
from dopusk.portal.operators.rules import Role


class Appointment(models.Model):
    """One person's post, since when and by whom; past ones stay as history."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    appointed_by = models.CharField(max_length=64)
    appointed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role"], condition=Q(ended_at=None), name="operators_one_of_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.account_id}"
