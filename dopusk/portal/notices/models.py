"""Notices of the portal: what a person should know of her account."""

import uuid
from typing import ClassVar

from django.db import models

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices import words


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Ways of reading notices."""

    def of(self, sub: uuid.UUID) -> "NoticeQuerySet":
        """A person's own, the newest first."""
        return self.filter(account_id=sub).order_by("-at", "-id")

    def unread(self, sub: uuid.UUID) -> "NoticeQuerySet":
        """Those she has not seen yet."""
        return self.of(sub).filter(read_at=None)


class Notice(models.Model):
    """One thing that happened to an account. kind: a key of `words.TEXTS`; detail: facts for its words, nothing
    secret; link: path of this site where one can act on it, or empty."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="notices_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id}"

    @property
    def title(self) -> str:
        """What happened, in the language of the page."""
        return words.title(self.kind)

    @property
    def text(self) -> str:
        """Where, why and what follows, in the language of the page."""
        return words.text(self.kind, self.detail)
