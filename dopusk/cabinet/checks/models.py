"""Findings: what each rule answered about an application, and when."""

from typing import ClassVar

from django.db import models

from dopusk.cabinet.applications.models import Application


class FindingQuerySet(models.QuerySet["Finding"]):
    """Ways of reading findings."""

    def of(self, application: Application) -> "FindingQuerySet":
        """Of one application, in the order of the rules."""
        return self.filter(application=application).order_by("position")


class Finding(models.Model):
    """One rule's answer. unknown: `register` did not answer, `since` when, `next_at` the next attempt.

    evidence: {"code", figures…, "documents": [{"title", "hours", "counted", "code"}]}. remedy: code of what
    to do; fixer: who does it ("applicant", "employer", "portal", "center", "nobody"). norm: words of the act.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=40)
    outcome = models.CharField(
        max_length=7, choices=[("passed", "passed"), ("failed", "failed"), ("unknown", "unknown")]
    )
    evidence = models.JSONField(default=dict)
    norm = models.CharField(max_length=300, blank=True)
    remedy = models.CharField(max_length=40, blank=True)
    fixer = models.CharField(max_length=12, blank=True)
    checked_at = models.DateTimeField()
    register = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    objects: ClassVar[FindingQuerySet] = FindingQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "rule"], name="finding_once_a_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.outcome}"
