"""Changes of contacts: those that wait for their proof, and those that can still be undone."""

import json
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.contacts.rules import WAITS_FOR

STATES = ("waiting", "done", "cancelled", "taken", "reverted")


class ChangeQuerySet(models.QuerySet["Change"]):
    """Ways of finding changes."""

    def waiting(self) -> "ChangeQuerySet":
        """Those that can still be proved: not too old, and asked for since the password was last set.

        Whoever changed it, or got in again by recovery, throws out what another may have asked for before; a link in
        a letter would otherwise work without any session. Nothing becomes of a locked or closed account's.
        """
        return self.filter(
            state="waiting",
            made_at__gt=timezone.now() - WAITS_FOR,
            made_at__gte=F("account__password_set_at"),
            account__locked_at=None,
            account__closed_at=None,
        )


class Change(models.Model):
    """One contact that becomes another. sealed: {old, new}, either may be empty; emptied when nothing can be undone.

    by: "owner", "registration", "recovery". code: of slice codes, for a telephone; again_at: when another may be
    asked for. taken: it was proved, and is another account's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(max_length=5, choices=[("phone", "phone"), ("email", "email")])
    by = models.CharField(max_length=12)
    state = models.CharField(max_length=9, choices=[(one, one) for one in STATES], default="waiting")
    sealed = models.BinaryField()
    code = models.UUIDField(null=True)
    again_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[ChangeQuerySet] = ChangeQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(state="waiting"), name="contacts_one_waits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}: {self.state}"

    def keep(self, old: str, new: str) -> None:
        """Seal what becomes what."""
        content = json.dumps({"old": old, "new": new}, ensure_ascii=False).encode()
        self.sealed = sealer().seal(f"change {self.id}", content)

    def old_and_new(self) -> tuple[str, str]:
        """What becomes what."""
        content = json.loads(sealer().open(f"change {self.id}", bytes(self.sealed)))
        return content["old"], content["new"]
