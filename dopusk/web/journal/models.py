"""The journal: who did what, to whom, from which session; one chain a site, append-only."""

from datetime import UTC
from typing import ClassVar

from django.db import models

from dopusk.web.journal import rules


class EntryQuerySet(models.QuerySet["Entry"]):
    """Ways of reading the journal."""

    def about(self, person: str) -> "EntryQuerySet":
        """What a person may read: what she did and what was done to her, newest first."""
        return self.filter(models.Q(subject=person) | models.Q(actor=person)).order_by("-number")


class Entry(models.Model):
    """One act. Only inserts are possible: triggers number and chain the row, and refuse UPDATE, DELETE, TRUNCATE."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    object = models.CharField(max_length=120)
    words = models.TextField()
    session = models.CharField(max_length=64)
    trace_id = models.CharField(max_length=32)
    detail = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-number"], name="journal_by_subject"),
            models.Index(fields=["actor", "-number"], name="journal_by_actor"),
            models.Index(fields=["object", "-number"], name="journal_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"

    def link(self) -> rules.Link:
        """The content of the row as the chain sees it."""
        return rules.Link(
            number=self.number,
            at=self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            actor=self.actor,
            act=self.act,
            subject=self.subject,
            object=self.object,
            words=self.words,
            session=self.session,
            trace_id=self.trace_id,
            detail=self.detail,
            previous=self.previous,
        )
