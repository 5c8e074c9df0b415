"""The intake review of an application: the row is the registrar's queue."""

from typing import ClassVar

from django.db import connection, models
from django.db.models import Q

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.review import rules
from dopusk.cabinet.signin.models import Person
from dopusk.web.signing.models import Signature

_UNDECIDED = Q(decision="")


class ReviewQuerySet(models.QuerySet["Review"]):
    """Ways of reading the queue; the most urgent first."""

    def undecided(self) -> "ReviewQuerySet":
        """All that wait for a decision."""
        return self.filter(_UNDECIDED).order_by("due_on", "id")

    def free(self) -> "ReviewQuerySet":
        """Nobody has taken them yet."""
        return self.undecided().filter(registrar=None)

    def held_by(self, registrar: Person) -> "ReviewQuerySet":
        """What a registrar has taken and not decided."""
        return self.undecided().filter(registrar=registrar)

    def decided_by(self, registrar: Person) -> "ReviewQuerySet":
        """What a registrar has decided, the latest first."""
        return self.exclude(_UNDECIDED).filter(registrar=registrar).order_by("-decided_at", "-id")

    def shown(self) -> "ReviewQuerySet":
        """With everything a row of the list says, in one query."""
        return self.select_related(
            "application__applicant", "application__signed__signature", "registrar", "signature"
        )


class Review(models.Model):
    """One application at the centre. registrar: who has taken it; decision: "" while there is none.

    reasons: the faults of a refusal as marks [{code, field, words, norm, fix, fixer}]; comment: free words to them.
    signature: the registrar's electronic one under the decision, if she put one.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="review")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    registrar = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="reviews")
    taken_at = models.DateTimeField(null=True)
    decision = models.CharField(
        max_length=9,
        choices=[("accept", "accept"), ("refuse", "refuse"), ("withdrawn", "withdrawn")],
        blank=True,
    )
    decided_at = models.DateTimeField(null=True)
    reasons = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_UNDECIDED | Q(decided_at__isnull=False), name="review_decided_at_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["accept", "refuse"]) | Q(registrar__isnull=False),
                name="review_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=_UNDECIDED, name="review_queue"),
            models.Index(fields=["registrar", "due_on", "id"], condition=_UNDECIDED, name="review_on_desk"),
            models.Index(fields=["registrar", "-decided_at", "-id"], name="review_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.decision or 'undecided'}"

    def desk(self) -> rules.Desk:
        """The case as the rules see it; reads the application and the registrar."""
        return rules.Desk(
            state=self.application.state,
            applicant=self.application.applicant_id,
            holder=self.registrar_id,
            decided=self.decision != "",
            holder_name=self.registrar.short_name if self.registrar else "",
        )


def next_number(year: int) -> str:
    """A registration number, «2026-000001»; one taken by a failed transaction stays unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('application_serial')")
        return f"{year}-{int(cursor.fetchone()[0]):06d}"
