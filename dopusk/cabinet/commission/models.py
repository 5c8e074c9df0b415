"""Commissions, their sittings, the cases on the agenda and the votes."""

from typing import ClassVar

from django.db import models
from django.db.models import Count, Q

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.commission import rules
from dopusk.cabinet.signin.models import Person
from dopusk.web.files.models import StoredFile
from dopusk.web.signing.models import Signature


class Commission(models.Model):
    """Who judges a level of education: higher (central), secondary (regional), or any (one for both)."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    level = models.CharField(
        max_length=9, choices=[("higher", "higher"), ("secondary", "secondary"), ("any", "any")]
    )

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person's place in a commission: one a person, whatever roles she holds, so one vote a person."""

    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="seats")
    snils_index = models.BinaryField(max_length=32)
    place = models.CharField(
        max_length=9, choices=[("chair", "chair"), ("secretary", "secretary"), ("member", "member")]
    )
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commission", "snils_index"], name="seat_once_a_person"),
            models.UniqueConstraint(
                fields=["commission"], condition=Q(place="chair", active=True), name="seat_one_chair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.name}"


class SittingQuerySet(models.QuerySet["Sitting"]):
    """Ways of reading sittings."""

    def with_counts(self) -> "SittingQuerySet":
        """Each with `cases_count`, in one query."""
        return self.annotate(cases_count=Count("cases"))

    def upcoming(self) -> "SittingQuerySet":
        """Open ones, the nearest first."""
        return self.filter(state="open").order_by("on", "id")

    def held(self) -> "SittingQuerySet":
        """Closed ones, the latest first."""
        return self.filter(state="closed").order_by("-on", "-id")


class Sitting(models.Model):
    """One sitting. composition: members and who took part, frozen at closing [{seat, place, name, present}].

    protocol: the signed PDF, null until it has been made; published_at: when it was.
    signature: the chair's electronic one under the decisions, if the sitting was closed with one.
    """

    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="sittings")
    on = models.DateField()
    kind = models.CharField(
        max_length=11, choices=[("regular", "regular"), ("unscheduled", "unscheduled")], default="regular"
    )
    state = models.CharField(max_length=6, choices=[("open", "open"), ("closed", "closed")], default="open")
    protocol_number = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    composition = models.JSONField(default=list)
    protocol = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[SittingQuerySet] = SittingQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "on"], condition=Q(kind="regular"), name="sitting_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["commission", "on"],
                condition=Q(kind="unscheduled", state="open"),
                name="sitting_one_unscheduled_open",
            ),
            models.UniqueConstraint(
                fields=["commission", "protocol_number"],
                condition=~Q(protocol_number=""),
                name="sitting_protocol_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="open", protocol_number="", closed_at=None)
                    | Q(state="closed", closed_at__isnull=False) & ~Q(protocol_number="")
                ),
                name="sitting_closed_with_protocol",
            ),
        ]
        indexes = [
            models.Index(fields=["commission", "on", "id"], condition=Q(state="open"), name="sitting_open"),
            models.Index(fields=["commission", "-on", "-id"], name="sitting_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.state}"

    @property
    def key(self) -> str:
        """How the journal and the live topics name it."""
        return f"sitting:{self.pk}"


class CaseQuerySet(models.QuerySet["Case"]):
    """Ways of reading cases."""

    def on_agenda(self) -> "CaseQuerySet":
        """In the order of the agenda, with the application, its applicant and all votes: three queries at most."""
        rows = self.select_related("application__applicant", "application__signed__signature").order_by("id")
        return rows.prefetch_related(
            models.Prefetch("votes", Vote.objects.select_related("seat").order_by("id"))
        )

    def waiting(self) -> "CaseQuerySet":
        """Not decided and not postponed."""
        return self.filter(outcome="")


class Case(models.Model):
    """An application on the agenda of a sitting; a postponed one gets another case at a later sitting.

    outcome: "" until the chair closes (a postponement is written at once). delayed_by, delayed_since, next_at:
    the register or office that keeps the papers of this case waiting after closing, and when it is asked again.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="cases")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="cases")
    outcome = models.CharField(
        max_length=10,
        choices=[("passed", "passed"), ("not_passed", "not_passed"), ("postponed", "postponed")],
        blank=True,
    )
    words = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    delayed_by = models.CharField(max_length=20, blank=True)
    delayed_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=~Q(outcome="postponed"), name="case_one_standing"
            ),
            models.UniqueConstraint(fields=["sitting", "application"], name="case_once_a_sitting"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(decided_at__isnull=False), name="case_decided_at_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.outcome or 'waiting'}"

    def reasons_against(self) -> list[str]:
        """The codes of the votes against, each once, in the order they were given."""
        votes = self.votes.filter(choice="against").order_by("id")
        return list(dict.fromkeys(code for vote in votes for code in vote.reason_codes))

    def ballots(self) -> list[rules.Ballot]:
        """The votes as the rules count them (prefetched by `on_agenda`)."""
        return [
            rules.Ballot(str(vote.seat_id), rules.Choice(vote.choice), chair=vote.seat.place == "chair")
            for vote in self.votes.all()
        ]


class Vote(models.Model):
    """A member's vote on a case: final once cast. automatic: the recusal of the applicant herself."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="votes")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(
        max_length=7, choices=[("for", "for"), ("against", "against"), ("recuse", "recuse")]
    )
    reason_codes = models.JSONField(default=list)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    automatic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seat"], name="vote_once_a_person")]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.choice}"
