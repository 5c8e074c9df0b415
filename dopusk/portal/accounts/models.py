"""Accounts and the identifiers they are found by."""

import functools
import json
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from dopusk.kernel import names
from dopusk.portal.accounts.rules import Known, meanings
from dopusk.trust.sealing import Sealer, blind_index


@functools.cache
def sealer() -> Sealer:
    """The sealer of this site's rows."""
    return Sealer(settings.SEALING_KEY)


def index_of(known: Known) -> bytes:
    """The value by which a sealed identifier is found; one purpose a kind, so that indexes tell nothing together."""
    return blind_index(settings.SEALING_KEY, f"portal {known.kind}", known.value)


def open_sealed(sub: uuid.UUID, sealed: bytes) -> dict[str, Any]:
    """The sealed part of an account: snils, inn, phone, email, identity_document."""
    opened: dict[str, Any] = json.loads(sealer().open(f"account {sub}", sealed))
    return opened


class AccountQuerySet(models.QuerySet["Account"]):
    """Ways of finding people."""

    def known_as(self, *known: Known) -> "AccountQuerySet":
        """Those who own one of these identifiers."""
        return self.filter(identifiers__index__in=[index_of(one) for one in known]).distinct()

    def by_text(self, text: str) -> "Account | None":
        """Whose identifier an operator has typed, in any usual spelling; the likeliest meaning first (`meanings`)."""
        living = self.filter(closed_at=None)
        found = (living.known_as(one).first() for one in meanings(text))
        return next((one for one in found if one), None)


class Account(models.Model):
    """A person on the portal. `sub` is her key at every service, for ever.

    birth_date and gender are unknown before proofing. must_change: why the password has to be changed at the next
    sign-in, or empty. second_factor: sign-in asks for one (her choice, or her role's duty). cooling_until: after a
    recovery without a second factor, services stay closed until then. locked_at: nobody signs in, by whose wish
    says lock_reason; closed_at: the account is over, its identifiers are free again.
    """

    sub = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    gender = models.CharField(max_length=6, blank=True, choices=[("female", "female"), ("male", "male")])
    birth_date = models.DateField(null=True)
    sealed = models.BinaryField()
    password = models.CharField(max_length=200)
    level = models.CharField(
        max_length=10,
        choices=[("simplified", "simplified"), ("standard", "standard"), ("confirmed", "confirmed")],
    )
    demo = models.BooleanField(default=False)
    password_set_at = models.DateTimeField(default=timezone.now)
    must_change = models.CharField(
        max_length=13,
        blank=True,
        choices=[
            ("operator_made", "operator_made"),
            ("ordered", "ordered"),
            ("listed", "listed"),
            ("aged", "aged"),
        ],
    )
    second_factor = models.BooleanField(default=False)
    cooling_until = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    lock_reason = models.CharField(
        max_length=10,
        blank=True,
        choices=[("owner", "owner"), ("operator", "operator"), ("recovery", "recovery")],
    )
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountQuerySet] = AccountQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    def __str__(self) -> str:
        return names.short(self.last_name, self.first_name, self.patronymic)

    def opened(self) -> dict[str, Any]:
        """The sealed part, readable."""
        return open_sealed(self.sub, bytes(self.sealed))


class Identifier(models.Model):
    """A blind index of something a person may sign in by; the value itself rests sealed in her account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(
        max_length=5,
        choices=[("phone", "phone"), ("email", "email"), ("snils", "snils"), ("inn", "inn")],
    )
    index = models.BinaryField(unique=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="accounts_one_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
