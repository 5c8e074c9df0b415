"""Living attempts, drafts, counted tries, and what stands against a confirmation."""

import json
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.proofing import rules
from dopusk.trust.sealing import blind_index
from dopusk.web.files.models import StoredFile


def bucket(kind: str, value: str) -> bytes:
    """Under which tries are counted: of an account (`account`, its sub) or of a number (`snils`)."""
    return blind_index(settings.SEALING_KEY, f"proofing {kind}", value)


def seal(item: str, content: dict[str, Any]) -> bytes:
    """Typed data at rest. item: what the row is, with its key."""
    return sealer().seal(item, json.dumps(content, ensure_ascii=False).encode())


def unseal(item: str, sealed: bytes) -> dict[str, Any]:
    """Back from `seal`."""
    opened: dict[str, Any] = json.loads(sealer().open(item, sealed))
    return opened


class Try(models.Model):
    """One counted try, and all that is left of a refused attempt besides its journal line.

    kind: "registers" (the registers were asked), "questions" (the control questions were answered wrongly) or
    "withdrawn" (a confirmation with this number was taken away; an account that is closed takes its own away with it).
    """

    bucket = models.BinaryField()
    kind = models.CharField(
        max_length=9,
        choices=[("registers", "registers"), ("questions", "questions"), ("withdrawn", "withdrawn")],
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["bucket", "at"], name="proofing_tries_of"),
            models.Index(fields=["at"], name="proofing_try_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class Draft(models.Model):
    """What she typed and has not sent, sealed, with the scan she brought."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sealed = models.BinaryField()
    scan = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.account_id}"

    def values(self) -> dict[str, str]:
        """The fields as typed."""
        return unseal(f"proofing draft {self.account_id}", bytes(self.sealed))


class Errand(models.Model):
    """Where a person was going when she learnt that a proof of identity is needed."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    next = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"errand of {self.account_id}"


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Ways of reading attempts."""

    def in_review(self) -> "AttemptQuerySet":
        """What waits for an operator, the longest waiting first."""
        return (
            self.filter(state=rules.State.REVIEW).select_related("account", "reviewer").order_by("changed_at")
        )


class Attempt(models.Model):
    """One living attempt; it is deleted with its scan the moment it is over.

    sealed: {"typed", "answers", "questions"}. doubts: why an operator looks (rules.Doubt). blind: the named
    attempts were spent, she is told no field. silent: registers awaited, since `silent_since`; next_at: when the
    worker asks next, `tries` how often it was in vain. question_sets: how often questions were opened.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=9,
        choices=[
            ("asking", "asking"),
            ("waiting", "waiting"),
            ("questions", "questions"),
            ("review", "review"),
        ],
    )
    sealed = models.BinaryField()
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    doubts = ArrayField(models.CharField(max_length=20), default=list)
    blind = models.BooleanField(default=False)
    silent = ArrayField(models.CharField(max_length=9), default=list)
    silent_since = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    question_sets = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reviewer = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects: ClassVar[AttemptQuerySet] = AttemptQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [
            models.Index(fields=["state", "changed_at"], name="proofing_attempts_in"),
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="proofing_attempts_due"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.id} {self.state}"

    @property
    def item(self) -> str:
        """What its sealed content is bound to."""
        return f"proofing attempt {self.id}"

    def content(self) -> dict[str, Any]:
        """The sealed part, readable."""
        return unseal(self.item, bytes(self.sealed))

    def put(self, **parts: Any) -> None:
        """Change parts of the sealed content; the caller saves."""
        before = self.content() if self.sealed else {}
        self.sealed = seal(self.item, {**before, **parts})

    def typed(self) -> rules.Typed:
        """What she typed."""
        return rules.Typed.read(self.content()["typed"])

    def answers(self) -> rules.Answers:
        """What the registers said so far."""
        return rules.Answers.read(self.content().get("answers"))

    def desk(self) -> rules.Desk:
        """The case as the rules of review see it."""
        holder = str(self.reviewer_id) if self.reviewer_id else ""
        return rules.Desk(str(self.account_id), holder, self.taken_at, self.answers())


class Suspension(models.Model):
    """A decision against a confirmation: suspended, or withdrawn; in force until ended_at.

    by: the operator who decided; words: her reason, as the person reads it. ended: how it was over.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=[("suspended", "suspended"), ("withdrawn", "withdrawn")])
    code = models.CharField(max_length=20, choices=[(code.value, code.value) for code in rules.StandingCode])
    words = models.TextField()
    by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(
        max_length=9,
        blank=True,
        choices=[("restored", "restored"), ("withdrawn", "withdrawn"), ("confirmed", "confirmed")],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at=None), name="proofing_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id}"


class Appeal(models.Model):
    """Her objection to a decision, once for each; another operator judges it. outcome: upheld or restored."""

    suspension = models.OneToOneField(Suspension, on_delete=models.CASCADE, related_name="appeal")
    text = models.TextField()
    at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(
        max_length=8, blank=True, choices=[("upheld", "upheld"), ("restored", "restored")]
    )
    words = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(judged_at=None), name="proofing_appeals_open")]

    def __str__(self) -> str:
        return f"appeal to {self.suspension_id}"
