"""Notices of the cabinet: what a person should know, in her own list."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.signin.models import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Ways of reading notices."""

    def of(self, person: Person) -> "NoticeQuerySet":
        """A person's own, the newest first, with the application each speaks of."""
        return self.filter(person=person).select_related("application").order_by("-at", "-id")

    def unread(self, person: Person) -> "NoticeQuerySet":
        """Those she has not opened."""
        return self.filter(person=person, read_at=None)


class Notice(models.Model):
    """One thing that happened to an application; told once, a change of its sitting each time.

    detail: facts for the words of its kind.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(
        max_length=20,
        choices=[
            ("registered", "registered"),
            ("register_down", "register_down"),
            ("intake_refused", "intake_refused"),
            ("at_commission", "at_commission"),
            ("postponed", "postponed"),
            ("sitting_moved", "sitting_moved"),
            ("not_passed", "not_passed"),
            ("certificate_ready", "certificate_ready"),
            ("recorded", "recorded"),
        ],
    )
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=~Q(kind__in=["postponed", "sitting_moved"]),
                name="notice_once",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notice_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
