"""Messages that must leave the site exactly as the facts were written: the row is the queue."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class MessageQuerySet(models.QuerySet["Message"]):
    """Ways of reading the outbox."""

    def waiting(self) -> "MessageQuerySet":
        """Neither delivered nor refused."""
        return self.filter(state="waiting")


class Message(models.Model):
    """One thing to tell one receiver. kind names the sender function, key what it is about: sent once."""

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    payload = models.JSONField()
    trace_id = models.CharField(max_length=32)
    state = models.CharField(
        max_length=10,
        choices=[("waiting", "waiting"), ("delivered", "delivered"), ("refused", "refused")],
        default="waiting",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    first_failed_at = models.DateTimeField(null=True)
    last_reason = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="outbox_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.state}"
