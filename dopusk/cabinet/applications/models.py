"""The application and its history."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from dopusk.cabinet.signin.models import Person
from dopusk.web.signing.models import Signature

STATES = [
    "DRAFT",
    "REPORT_ON_APPROVAL",
    "REPORT_APPROVED",
    "REPORT_REFUSED",
    "SUBMITTED",
    "REGISTERED",
    "CENTER_REVIEW",
    "CLARIFICATION",
    "INTAKE_REFUSED",
    "AT_COMMISSION",
    "PASSED",
    "NOT_PASSED",
    "PROTOCOL_PUBLISHED",
    "APPEAL",
    "REVIEW_REQUEST",
    "UPHELD",
    "OVERTURNED",
    "RECORDED",
    "WITHDRAWN",
]


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Ways of reading applications."""

    def of(self, person: Person) -> "ApplicationQuerySet":
        """One person's own, newest first."""
        return self.filter(applicant=person).order_by("-created_at")

    def listed(self, person: Person) -> "ApplicationQuerySet":
        """Hers without the drafts she deleted: withdrawn before they were ever sent."""
        return self.of(person).exclude(state="WITHDRAWN", submitted_at=None)

    def in_state(self, *states: str) -> "ApplicationQuerySet":
        """Those standing in one of the states, the longest waiting first."""
        return self.filter(state__in=states).order_by("state_changed_at", "id")


class Application(models.Model):
    """One application of one person for one specialty.

    number: "2026-000001", given at registration. data: answers by step key. snapshot: what was submitted and
    is judged, frozen. marks: [{code, field, words, norm, fix}] carried from the refusal it was copied from.
    version: grows with every change. outcome: of the commission. active: still on its way (one a specialty).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, null=True, unique=True)
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    kind = models.CharField(max_length=20, choices=[("periodic", "periodic")], default="periodic")
    state = models.CharField(max_length=20, choices=[(state, state) for state in STATES], default="DRAFT")
    outcome = models.CharField(
        max_length=10, choices=[("passed", "passed"), ("not_passed", "not_passed")], blank=True
    )
    active = models.BooleanField(default=True)
    specialty_key = models.CharField(max_length=40, blank=True)
    specialty_name = models.CharField(max_length=200, blank=True)
    specialty_code = models.CharField(max_length=20, blank=True)
    education_level = models.CharField(max_length=12, blank=True)
    data = models.JSONField(default=dict)
    snapshot = models.JSONField(null=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    marks = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    state_changed_at = models.DateTimeField()
    due_on = models.DateField(null=True)

    objects: ClassVar[ApplicationQuerySet] = ApplicationQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "specialty_key"], condition=Q(active=True), name="one_active_a_specialty"
            )
        ]
        indexes = [
            models.Index(fields=["state", "state_changed_at", "id"], name="application_queue"),
            models.Index(fields=["applicant", "-created_at"], name="application_of_person"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.id)

    @property
    def key(self) -> str:
        """How the journal and the live topics name it: "application:<uuid>"."""
        return f"application:{self.id}"


class Signed(models.Model):
    """The electronic signature under a submitted application.

    silent: who does not say whether its certificate was revoked, a name for people; since when, and when it is asked
    again. Nothing while the signature stands.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="signed")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="+")
    silent = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.application_id} {self.signature_id}"


class Event(models.Model):
    """One turn of an application's way, shown on its timeline. actor: a person's key or "system"."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    state = models.CharField(max_length=20)
    actor = models.CharField(max_length=64)
    words = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["application", "at", "id"], name="event_of_application")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%Y-%m-%d}"
